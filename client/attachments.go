package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
)

// Attachment is an uploaded file. A message refers to it by ID.
type Attachment struct {
	ID   string `json:"id"`
	URL  string `json:"url"` // signed: whoever has it can read the file
	Name string `json:"name"`
	Type string `json:"type"` // as its content says
	Size int64  `json:"size"` // bytes
}

// Ref is what a message says of the file.
func (a Attachment) Ref() AttachmentRef { return AttachmentRef{ID: a.ID, Name: a.Name} }

// Attachments are files for messages.
type Attachments struct{ c *Client }

// Upload stores a file. It is read into memory first, so that it can be sent again after a cut.
func (s Attachments) Upload(ctx context.Context, name string, file io.Reader) (*Attachment, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = io.Copy(part, file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("kefu: the file cannot be read: %w", err)
	}
	kind := mime.FormatMediaType("multipart/form-data", map[string]string{"boundary": form.Boundary()})
	a, err := s.c.do(ctx, request{method: http.MethodPost, path: apiPath + "/attachments", body: body.Bytes(), contentType: kind})
	if err != nil {
		return nil, err
	}
	return decode[Attachment](a)
}

// Open reads a file of a message or an upload by its link. The link holds what is needed; no credential is shown. Close it.
func (s Attachments) Open(ctx context.Context, link string) (io.ReadCloser, error) {
	u, err := s.c.base.Parse(link)
	if err != nil {
		return nil, fmt.Errorf("kefu: the link cannot be read: %w", err)
	}
	return s.c.open(ctx, u)
}

func (c *Client) open(ctx context.Context, u *url.URL) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("kefu: %w", err)
	}
	req.Header.Set("User-Agent", c.userAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("kefu: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil, fmt.Errorf("kefu: the answer broke off: %w", err)
	}
	return nil, refusal(resp.StatusCode, resp.Header, body)
}
