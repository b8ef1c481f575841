package twilio

import (
	"context"
	"errors"
	"io"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/safehttp"
	api "kefu/internal/twilio"
)

// mostMedia bounds the files of one message.
const mostMedia = 10

// keepMedia copies the files of a message into the vault. What cannot be had is said in a note; what may be had later is an error, and the
// message is read again.
func (c *Connector) keepMedia(ctx context.Context, service string, list []api.MediaBrief) (files []kefu.Attachment, notes []string, err error) {
	for _, brief := range list[:min(len(list), mostMedia)] {
		kept, err := c.keepOne(ctx, service, brief)
		switch {
		case err == nil:
			files = append(files, kept)
		case lostForGood(err):
			c.deps.Log.WarnContext(ctx, "twilio: a file cannot be kept", "media", brief.SID, "err", err)
			notes = append(notes, "file lost: "+kefu.Excerpt(brief.Filename, 60)+" could not be fetched from Twilio")
		default:
			return nil, nil, c.failure(err)
		}
	}
	return files, notes, nil
}

func (c *Connector) keepOne(ctx context.Context, service string, brief api.MediaBrief) (kefu.Attachment, error) {
	_, link, err := c.api.MediaLink(ctx, service, brief.SID)
	if err != nil {
		return kefu.Attachment{}, err
	}
	name := brief.Filename
	if name == "" {
		name = brief.SID
	}
	kept, err := c.deps.Files.Keep(ctx, link, name)
	kept.URL = "" // it is signed, and dead within minutes
	if err != nil {
		return kept, quiet{err}
	}
	return kept, nil
}

// quiet is an error that does not say of which address: that of a medium lets in whoever has it.
type quiet struct{ error }

// Error says that there was one.
func (quiet) Error() string { return "the file cannot be fetched from where Twilio keeps it" }

// Unwrap gives the cause, for its kind.
func (q quiet) Unwrap() error { return q.error }

// lostForGood tells whether a file cannot be had by trying again.
func lostForGood(err error) bool {
	switch kefu.KindOf(err) {
	case kefu.KindTooLarge, kefu.KindNotFound, kefu.KindInvalid, kefu.KindForbidden, kefu.KindUnsupported:
		return true
	}
	return safehttp.IsBlocked(err) || api.Status(err) == 404
}

// giveFile gives Twilio a file of the vault. Its content is at most what the address takes.
func (c *Connector) giveFile(ctx context.Context, service string, a kefu.Attachment) (string, error) {
	body, err := c.deps.Files.Open(ctx, a.SHA256)
	if err != nil {
		return "", &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: "the attachment " + kefu.Excerpt(a.Name, 60) + " is not kept any more", Err: err}
	}
	content, err := io.ReadAll(io.LimitReader(body, api.DefaultMaxMedia+1))
	if err = errors.Join(err, body.Close()); err != nil {
		return "", &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "the attachment cannot be read", Err: err}
	}
	m, err := c.api.UploadMedia(ctx, service, api.Upload{Filename: a.Name, ContentType: a.Type, Content: content})
	return m.SID, c.notYet(err) // a file that no message takes is seen by nobody
}
