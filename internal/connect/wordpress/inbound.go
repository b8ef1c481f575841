package wordpress

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/websig"
)

// The hooks there are.
const (
	pathCreate = "/ticket/create"
	pathUpdate = "/ticket/update"
	pathClose  = "/ticket/close"
)

// accepted is the body of the 200 answer.
type accepted struct {
	Status         string              `json:"status"`
	TicketID       int64               `json:"ticket_id"`
	ConversationID kefu.ConversationID `json:"conversation_id"`
	MessageID      kefu.MessageID      `json:"message_id"`
	Duplicate      bool                `json:"duplicate"`
}

// Receive verifies and parses a hook. Who sent it is settled before anything else is looked at. Pure; errors are *kefu.Error.
func (c *Connector) Receive(_ context.Context, r *connector.Request) (connector.Received, error) {
	if !slices.Contains([]string{pathCreate, pathUpdate, pathClose}, r.Path) {
		return connector.Received{}, kefu.Errorf(kefu.KindNotFound, "there is no such hook; there are %s, %s and %s", pathCreate, pathUpdate, pathClose)
	}
	if r.Method != http.MethodPost {
		return connector.Received{}, kefu.Errorf(kefu.KindNotAllowed, "hooks are sent with POST, not %s", kefu.Excerpt(r.Method, 20))
	}
	if err := c.authenticate(r); err != nil {
		return connector.Received{}, err
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return connector.Received{}, kefu.Errorf(kefu.KindUnsupported, "hooks are JSON: send Content-Type: application/json")
	}
	b, err := parseBody(r.Body)
	if err != nil {
		return connector.Received{}, err
	}
	in, ticket := c.inbound(r.Path, b)
	if err := b.faults.Err("the hook " + r.Path + " cannot be taken"); err != nil {
		return connector.Received{}, err
	}
	in.Key, in.OccurredAt, in.Notes = hookKey(r.Header), r.Now, b.notes
	return connector.Received{Inbound: []connector.Inbound{in}, Respond: respond(ticket)}, nil
}

func respond(ticket int64) func([]connector.Result) any {
	return func(results []connector.Result) any {
		a := accepted{Status: "accepted", TicketID: ticket}
		if len(results) > 0 {
			r := results[0]
			a.ConversationID, a.MessageID, a.Duplicate = r.ConversationID, r.MessageID, r.Duplicate
		}
		return a
	}
}

// authenticate believes a signature that fits, and without one an address that is listed. A signature that does not fit is refused
// wherever it comes from: somebody meant to prove something and failed.
func (c *Connector) authenticate(r *connector.Request) error {
	if c.set.hookSecret != "" && websig.Signed(r.Header) {
		_, err := websig.Verify(c.set.hookSecret.Reveal(), r.Header, r.Body, r.Now, websig.DefaultTolerance)
		return refuseSignature(err)
	}
	if r.Forwarded {
		return unauthorized("came unsigned through a proxy that is not listed in trusted_proxies, so that its address proves nothing: " +
			"sign it with hook_secret, or list the proxy in trusted_proxies and the site's address in allow_unsigned_from")
	}
	client := r.Client.Unmap().WithZone("")
	if slices.ContainsFunc(c.set.unsigned, func(p netip.Prefix) bool { return p.Contains(client) }) {
		return nil
	}
	words := "is unsigned, and its address " + r.Client.String() + " is not listed: sign it with hook_secret, or list the address in allow_unsigned_from"
	if websig.Signed(r.Header) {
		words = "is signed, but this inbox has no hook_secret to check it by, and its address " + r.Client.String() +
			" is not listed: set hook_secret to the site's, or list the address in allow_unsigned_from"
	}
	return unauthorized(words)
}

func unauthorized(words string) error {
	return kefu.Errorf(kefu.KindUnauthorized, "the hook %s", words)
}

func refuseSignature(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, websig.ErrTimestamp):
		return kefu.Wrap(kefu.KindUnauthorized, err, "the hook's signature is expired or from the future: set the clocks of both machines by NTP, and sign each hook when it is sent")
	case errors.Is(err, websig.ErrMissing):
		return kefu.Wrap(kefu.KindUnauthorized, err, "the hook's signature is incomplete: send webhook-id, webhook-timestamp and webhook-signature, or none of them from an address in allow_unsigned_from")
	}
	return kefu.Wrap(kefu.KindUnauthorized, err, "the hook is wrongly signed: sign the raw body with the inbox's hook_secret, or send it unsigned from an address in allow_unsigned_from")
}

// inbound makes the Inbound of a hook; the faults are in b.
func (c *Connector) inbound(hook string, b *hookBody) (connector.Inbound, int64) {
	id, number := b.ticketID()
	in := connector.Inbound{ThreadID: id, ThreadName: b.text("channel_name")}
	switch hook {
	case pathCreate:
		in.Kind, in.Title = connector.InOpen, b.title()
		c.message(&in, b, "ticket_message")
	case pathUpdate:
		in.Kind = connector.InMessage
		c.message(&in, b, "message")
	case pathClose:
		in.Kind, in.Status, in.Force, in.ClosedBy = connector.InStatus, kefu.StatusClosed, b.flag("force_close"), b.text("closed_by")
		in.Sender.Kind = kefu.CloserOf(in.ClosedBy)
	}
	return in, number
}

func (c *Connector) message(in *connector.Inbound, b *hookBody, member string) {
	in.Sender = parseSender(b.text("sender"))
	in.ExternalID = b.messageID()
	text, picture := b.message(member)
	in.Content = content(text, picture)
	c.fingerprint(in)
}

func content(text string, picture []kefu.Attachment) kefu.Content {
	kind := kefu.ContentText
	if strings.TrimSpace(text) == "" && len(picture) > 0 {
		kind = kefu.ContentImage
	}
	return kefu.Content{Type: kind, Text: text, Attachments: picture}
}

func (c *Connector) fingerprint(in *connector.Inbound) {
	image := ""
	if len(in.Content.Attachments) > 0 {
		image = in.Content.Attachments[0].URL
	}
	in.Fingerprint = c.contactFingerprint(in.Sender, in.Content.Text, image)
	in.FingerprintSent = c.sentFingerprint(in.Sender.Raw, in.Content.Text)
}
