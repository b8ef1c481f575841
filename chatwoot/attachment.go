package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path"
	"strconv"
	"strings"
	"time"
)

// MaxFile is how many bytes one uploaded file can have: Chatwoot's own limit.
const MaxFile = 40 << 20

// Attachment is a file of a message.
type Attachment struct {
	ID       int64  `json:"id"`
	FileType string `json:"file_type"` // image, audio, video, file, location, …
	DataURL  string `json:"data_url"`  // for Download
	ThumbURL string `json:"thumb_url"`
	FileSize int64  `json:"file_size"`
}

// File is a file to be sent. The body is read once and not closed.
type File struct {
	Name        string // "file" when empty
	ContentType string // application/octet-stream when empty
	Body        io.Reader
}

// SendFiles sends a message with files; its Content may be empty. The files are streamed, and the request breaks off with ErrTooLarge when
// one is over MaxFile.
func (c *Client) SendFiles(ctx context.Context, conversationID int64, m Message, files ...File) (*Message, error) {
	d, err := m.draft()
	if err == nil && len(files) == 0 {
		err = &InvalidError{[]Fault{{"attachments[]", "need at least one"}}}
	}
	if err != nil {
		return nil, err
	}
	body, contentType, err := multipartBody(d, files)
	if err != nil {
		return nil, err
	}
	r := request{method: http.MethodPost, path: c.account + at("/conversations", conversationID, "messages"), body: body, contentType: contentType}
	return sent(decode[Message](c.send(ctx, r)))
}

// multipartBody puts the parts' heads, which are in memory, and the files, which are not, behind each other.
func multipartBody(d draft, files []File) (io.Reader, string, error) {
	var head bytes.Buffer
	w := multipart.NewWriter(&head)
	members := [][2]string{{"content", d.Content}, {"message_type", string(d.Type)}, {"private", strconv.FormatBool(d.Private)}, {"echo_id", d.EchoID}, {"source_id", d.SourceID}}
	if len(d.ContentAttributes) > 0 {
		text, err := json.Marshal(d.ContentAttributes)
		if err != nil {
			return nil, "", fmt.Errorf("chatwoot: %w", err)
		}
		members = append(members, [2]string{"content_attributes", string(text)}) // a text: Chatwoot reads it as JSON
	}
	for _, m := range members {
		if m[1] == "" {
			continue
		}
		if err := w.WriteField(m[0], m[1]); err != nil {
			return nil, "", err
		}
	}
	var parts []io.Reader
	for _, f := range files {
		if _, err := w.CreatePart(fileHead(f)); err != nil {
			return nil, "", err
		}
		parts = append(parts, bytes.NewReader(bytes.Clone(head.Bytes())), &capped{f.Body, MaxFile, fmt.Sprintf("the file %q", f.Name)})
		head.Reset()
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return io.MultiReader(append(parts, &head)...), w.FormDataContentType(), nil
}

func fileHead(f File) textproto.MIMEHeader {
	name := strings.NewReplacer("\\", "_", `"`, "_", "\r", "_", "\n", "_").Replace(path.Base(f.Name))
	if name == "." || name == ".." || name == "/" {
		name = "file"
	}
	kind := f.ContentType
	if _, _, err := mime.ParseMediaType(kind); err != nil {
		kind = "application/octet-stream"
	}
	return textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="attachments[]"; filename="` + name + `"`},
		"Content-Type":        {kind},
	}
}

// capped fails when more than left bytes come.
type capped struct {
	r    io.Reader
	left int64
	what string
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(int64(len(p)), c.left+1)])
	if c.left -= int64(n); c.left < 0 {
		return 0, fmt.Errorf("%w: %s", ErrTooLarge, c.what)
	}
	return n, err
}

// Download is a file on its way. Close its Body.
type Download struct {
	ContentType string
	Size        int64 // -1 when the server does not say
	Body        io.ReadCloser
}

type cappedBody struct {
	capped
	io.Closer
}

// Download opens an attachment's address; reading more than limit bytes fails with ErrTooLarge. The token is not sent: the address may
// belong to a store of files. Addresses come from outside: give New a client whose transport refuses addresses of your own network if
// the server is not yours.
func (c *Client) Download(ctx context.Context, address string, limit int64) (*Download, error) {
	if !isWeb(address) {
		return nil, &InvalidError{[]Fault{{"data_url", "must be an http or https address"}}}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("chatwoot: %w", err)
	}
	req.Header.Set("User-Agent", c.userAgent)
	resp, err := c.files.Do(req)
	if err != nil {
		return nil, fmt.Errorf("chatwoot: %w", err)
	}
	if resp.StatusCode == http.StatusOK && resp.ContentLength <= limit {
		body := cappedBody{capped{resp.Body, limit, "the attachment"}, resp.Body}
		return &Download{ContentType: resp.Header.Get("Content-Type"), Size: resp.ContentLength, Body: &body}, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, &Error{Status: resp.StatusCode, Code: codeOf(resp.StatusCode), Words: "the file cannot be had", RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	}
	return nil, fmt.Errorf("%w: the attachment has %d bytes", ErrTooLarge, resp.ContentLength)
}
