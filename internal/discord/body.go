package discord

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
)

// body is a request's body, of known length so that files can be streamed without being held in memory.
type body struct {
	reader      io.Reader
	contentType string
	length      int64
}

func newBody(k call) (body, error) {
	if k.body == nil {
		return body{}, nil
	}
	payload, err := json.Marshal(k.body)
	if err != nil {
		return body{}, fmt.Errorf("encode %s: %w", k.route, err)
	}
	if len(k.files) > 0 {
		return multipartBody(payload, k.files)
	}
	return body{bytes.NewReader(payload), "application/json", int64(len(payload))}, nil
}

// multipartBody strings the payload and the files together: what stands between the files is rendered, the files are read on the way.
func multipartBody(payload []byte, files []File) (body, error) {
	var (
		between bytes.Buffer
		parts   []io.Reader
		length  int64
	)
	w := multipart.NewWriter(&between)
	flush := func() {
		b := bytes.Clone(between.Bytes())
		between.Reset()
		parts, length = append(parts, bytes.NewReader(b)), length+int64(len(b))
	}
	if err := writePart(w, `form-data; name="payload_json"`, "application/json", payload); err != nil {
		return body{}, err
	}
	for i, f := range files {
		field := fmt.Sprintf("files[%d]", i)
		if err := writePart(w, multipart.FileContentDisposition(field, f.Name), f.contentType(), nil); err != nil {
			return body{}, err
		}
		flush()
		parts, length = append(parts, io.LimitReader(f.Body, f.Size)), length+f.Size
	}
	if err := w.Close(); err != nil {
		return body{}, err
	}
	flush()
	return body{io.MultiReader(parts...), w.FormDataContentType(), length}, nil
}

func writePart(w *multipart.Writer, disposition, contentType string, content []byte) error {
	p, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {disposition},
		"Content-Type":        {contentType},
	})
	if err != nil {
		return err
	}
	_, err = p.Write(content)
	return err
}

func (f File) contentType() string {
	return cmp.Or(f.ContentType, "application/octet-stream")
}

// attachmentRef tells Discord about files[id] of the same request.
type attachmentRef struct {
	ID          int    `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

func attachmentRefs(files []File) []attachmentRef {
	var refs []attachmentRef
	for i, f := range files {
		refs = append(refs, attachmentRef{i, f.Name, f.Description})
	}
	return refs
}

// MarshalJSON adds the list of files that are uploaded along.
func (m MessageSend) MarshalJSON() ([]byte, error) {
	type plain MessageSend
	return json.Marshal(struct {
		plain
		Attachments []attachmentRef `json:"attachments,omitempty"`
	}{plain(m), attachmentRefs(m.Files)})
}

// MarshalJSON adds the list of files that are uploaded along.
func (e MessageEdit) MarshalJSON() ([]byte, error) {
	type plain MessageEdit
	return json.Marshal(struct {
		plain
		Attachments []attachmentRef `json:"attachments,omitempty"`
	}{plain(e), attachmentRefs(e.Files)})
}
