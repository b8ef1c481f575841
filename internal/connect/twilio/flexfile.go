package twilio

import (
	"cmp"
	"context"
	"io"
	"net/http"

	"kefu"
	api "kefu/internal/twilio"
)

// maxMedia bounds a file that is sent to Twilio; a larger one goes as a link.
const maxMedia = api.DefaultMaxMedia

// upload gives a file to Twilio. What Twilio does not take, or nobody has any more, goes as words in its place: a link, or its name.
func (c *Connector) upload(ctx context.Context, service string, a kefu.Attachment) (media, words string, err error) {
	if a.SHA256 == "" && a.URL != "" {
		kept, err := c.deps.Files.Keep(ctx, a.URL, a.Name)
		if err != nil {
			return "", c.inWords(a), ctx.Err()
		}
		a = kefu.Attachment{Name: cmp.Or(a.Name, kept.Name), Type: kept.Type, Size: kept.Size, URL: a.URL, SHA256: kept.SHA256}
	}
	if a.Size > maxMedia || a.SHA256 == "" {
		return "", c.inWords(a), nil
	}
	content, err := c.read(ctx, a.SHA256)
	if err != nil || len(content) == 0 || len(content) > maxMedia {
		return "", c.inWords(a), nil //nolint:nilerr // the vault has it no more: its name says that there was one
	}
	m, err := c.api.UploadMedia(ctx, service, api.Upload{Filename: oneLine(a.Name), ContentType: cmp.Or(a.Type, "application/octet-stream"), Content: content})
	switch status := api.Status(err); {
	case err == nil:
		return m.SID, "", nil
	case status == http.StatusRequestEntityTooLarge || status == http.StatusUnsupportedMediaType || status == http.StatusBadRequest:
		return "", c.inWords(a), nil
	}
	return "", "", c.readFailure(err)
}

func (c *Connector) read(ctx context.Context, sum string) ([]byte, error) {
	f, err := c.deps.Files.Open(ctx, sum)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxMedia+1))
}

// inWords is what stands for a file that cannot be shown.
func (c *Connector) inWords(a kefu.Attachment) string {
	name := cmp.Or(oneLine(a.Name), "?")
	if link := cmp.Or(c.deps.Files.Link(a), a.URL); link != "" {
		return "📎 " + name + "\n" + link
	}
	return c.say(wordFileGone, name)
}
