package switchboard

import (
	"context"
	"io"

	"kefu"
	"kefu/internal/store"
)

// Upload is a file that was uploaded, as the API shows it.
type Upload struct {
	ID   string `json:"id" doc:"What messages refer to it by: att_…. Who has it may send the file."`
	URL  string `json:"url" doc:"Signed link to the file."`
	Name string `json:"name" doc:"Its file name, cleaned."`
	Type string `json:"type" doc:"Its media type, found in its bytes."`
	Size int64  `json:"size" doc:"Its size in bytes."`
}

// Upload keeps a file in the vault. The same bytes again are the same file. It is no change of anybody's data: a file that no message
// refers to is seen by nobody. An Idempotency-Key is held against the file itself, which is known when it has come.
func (b *Switchboard) Upload(ctx context.Context, ask kefu.Ask, r io.Reader, name string) (Upload, error) {
	if ask.Caller.Kind == "" {
		return Upload{}, kefu.Errorf(kefu.KindUnauthorized, "send credentials")
	}
	if ask.Dry {
		return Upload{}, store.ErrDry
	}
	kept, err := b.vault.Keep(ctx, r, name)
	if err != nil {
		return Upload{}, err
	}
	out := Upload{ID: b.vault.UploadID(kept), URL: b.vault.ShortLink(kept), Name: kept.Name, Type: kept.Type, Size: kept.Size}
	if ask.Key == "" {
		return out, nil
	}
	ask.Fingerprint = "upload " + kept.SHA256 + " " + kept.Name
	return do(ctx, b, ask, func(*change) (Upload, error) { return out, nil })
}
