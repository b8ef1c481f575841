package app

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path"
	"time"

	"kefu"
	"kefu/internal/safehttp"
	"kefu/internal/vault"
)

// transcripts is the vault as the rules see it.
type transcripts struct {
	vault *vault.Vault
	now   func() time.Time
}

// Keep stores a file.
func (t transcripts) Keep(ctx context.Context, r io.Reader, name string) (kefu.Attachment, error) {
	return put(ctx, t.vault, r, name)
}

// Link is a signed address that never expires.
func (t transcripts) Link(a kefu.Attachment) string { return link(t.vault, a) }

// ShortLink is a signed address that ends with the day after today, UTC.
func (t transcripts) ShortLink(a kefu.Attachment) string {
	if a.SHA256 == "" {
		return ""
	}
	const day = 24 * time.Hour
	return t.vault.Link(vault.File{SHA256: a.SHA256, Size: a.Size, Type: a.Type, Name: a.Name}, 2*day, t.now().Truncate(day))
}

// Uploaded is the file of an upload's id.
func (t transcripts) Uploaded(id string) (kefu.Attachment, bool) {
	file, ok := t.vault.FileOf(id)
	return kefu.Attachment{Name: file.Name, Type: file.Type, Size: file.Size, SHA256: file.SHA256}, ok
}

// UploadID is the id that Uploaded reads.
func (t transcripts) UploadID(a kefu.Attachment) string {
	return t.vault.Token(vault.File{SHA256: a.SHA256, Size: a.Size, Type: a.Type, Name: a.Name})
}

// Delete removes a file for good.
func (t transcripts) Delete(sha256 string) error { return t.vault.Delete(sha256) }

// files is the vault as connectors see it.
type files struct {
	vault  *vault.Vault
	client *http.Client // guarded
}

// Keep copies what is behind a user-given address into the vault.
func (f files) Keep(ctx context.Context, url, name string) (kefu.Attachment, error) {
	body, _, err := safehttp.Fetch(ctx, f.client, url, vault.DefaultMax)
	if err != nil {
		return kefu.Attachment{}, err
	}
	if name == "" {
		name = path.Base(url)
	}
	kept, err := put(ctx, f.vault, bytes.NewReader(body), name)
	kept.URL = url
	return kept, err
}

// Link is a signed address that never expires: customers open it from old messages.
func (f files) Link(a kefu.Attachment) string { return link(f.vault, a) }

func put(ctx context.Context, v *vault.Vault, r io.Reader, name string) (kefu.Attachment, error) {
	file, err := v.Put(ctx, r, name)
	return kefu.Attachment{Name: file.Name, Type: file.Type, Size: file.Size, SHA256: file.SHA256}, err
}

func link(v *vault.Vault, a kefu.Attachment) string {
	if a.SHA256 == "" {
		return ""
	}
	return v.Link(vault.File{SHA256: a.SHA256, Size: a.Size, Type: a.Type, Name: a.Name}, 0, time.Time{})
}

// Open reads a kept file.
func (f files) Open(_ context.Context, sha256 string) (io.ReadCloser, error) {
	return f.vault.Open(sha256)
}
