package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kefu"
	"kefu/internal/switchboard"
)

// maxUpload is the largest body of an upload, in bytes: a file of the vault's largest size in a form. The vault counts the file itself.
const maxUpload = 26 << 20

func (s *server) attachmentRoutes() []operation {
	return under("Attachments",
		post("/attachments", "attachments:write", "createAttachment", "Upload a file", s.createAttachment).
			about("As a form with the member file, or as the body itself with ?name=. At most 25 MiB. The type is found in the bytes, whatever was "+
				"said. Messages refer to the file by the id of the answer; what no message refers to is seen by nobody.").
			uploads(maxUpload, describeUpload),
	)
}

func describeUpload(op *huma.Operation) {
	file := &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "The file."}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data":      {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": file}}},
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
}

type attachmentCreate struct {
	Name string `query:"name" maxLength:"255" doc:"File name, when the body is the file itself."`
}

func (s *server) createAttachment(ctx context.Context, in *attachmentCreate) (switchboard.Upload, error) {
	r := request(ctx)
	body, name, err := uploaded(r, in.Name)
	if err != nil {
		return switchboard.Upload{}, uploadError(err)
	}
	out, err := s.Board.Upload(ctx, ask(ctx), body, name)
	return out, uploadError(err)
}

// uploaded finds the file in a request without reading it.
func uploaded(r *http.Request, name string) (io.Reader, string, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, "", kefu.Errorf(kefu.KindUnsupported, "send Content-Type: multipart/form-data, or the type of the file that the body is")
	}
	if kind != "multipart/form-data" {
		return r.Body, name, nil
	}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, "", kefu.Wrap(kefu.KindMalformed, err, "the form cannot be read")
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, "", kefu.Faults{{Field: "file", Msg: "is needed: the member of the form that is the file"}}.Err("there is no file in the form")
		}
		if err != nil {
			return nil, "", kefu.Wrap(kefu.KindMalformed, err, "the form cannot be read")
		}
		if part.FormName() == "file" {
			return part, part.FileName(), nil
		}
	}
}

// uploadError says of a body that ended too early, or is too large, what it is: the vault only knows that it could not be read.
func uploadError(err error) error {
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return kefu.Wrap(kefu.KindTooLarge, err, "an attachment may have at most 25 MiB")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return kefu.Wrap(kefu.KindMalformed, err, "the body ended before the file did")
	}
	return err
}
