package switchboard

import (
	"context"
	"io"

	"kefu"
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
// refers to is seen by nobody.
func (b *Switchboard) Upload(ctx context.Context, by kefu.Caller, r io.Reader, name string) (Upload, error) {
	if by.Kind == "" {
		return Upload{}, kefu.Errorf(kefu.KindUnauthorized, "send credentials")
	}
	kept, err := b.vault.Keep(ctx, r, name)
	if err != nil {
		return Upload{}, err
	}
	return Upload{ID: b.vault.UploadID(kept), URL: b.vault.ShortLink(kept), Name: kept.Name, Type: kept.Type, Size: kept.Size}, nil
}
