package twilio

import (
	"context"
	"slices"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// ourAuthor writes what the customer did not: notes, other desks, the bot, the card.
	ourAuthor = "Kefu"
	// clockSlack is how far our clock and Twilio's may differ when messages since a time are looked for.
	clockSlack = 10 * time.Minute
	// lookPages bounds the reading of one conversation at once, 100 messages each.
	lookPages = 30
)

// sendDesk writes a message into the conversation of a desk, cut into parts where it is long, its files each as a part of its own. It
// blocks until Twilio has answered for every part. Unsure, it looks first.
func (c *Connector) sendDesk(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	there := map[int]connector.Part{}
	for _, p := range out.Known {
		there[p.N] = p
	}
	about, err := c.noted(ctx, out.Thread)
	if err != nil {
		return receipt(there, false), c.readFailure(err)
	}
	pieces := c.pieces(out, about)
	found := false
	if out.Unsure {
		if err := c.findSent(ctx, out, there); err != nil {
			return receipt(there, false), c.readFailure(err)
		}
		found = len(there) == len(pieces)
	}
	for i, p := range pieces {
		if _, ok := there[i]; ok {
			continue
		}
		sid, err := c.deliver(ctx, out, about, p, i)
		if err != nil {
			return receipt(there, false), c.sendFailure(ctx, out.Thread.ExternalID, err)
		}
		there[i] = connector.Part{N: i, ExternalID: sid}
	}
	return receipt(there, found), nil
}

func receipt(there map[int]connector.Part, found bool) connector.Receipt {
	parts := make([]connector.Part, 0, len(there))
	for _, p := range there {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b connector.Part) int { return a.N - b.N })
	return connector.Receipt{Parts: parts, Found: found}
}

// deliver writes one part.
func (c *Connector) deliver(ctx context.Context, out connector.Outbound, about note, p piece, n int) (string, error) {
	m := api.MessageCreate{Author: p.author, Body: p.body, TellHooks: true}
	var err error
	if p.file != nil {
		if m.MediaSID, m.Body, err = c.upload(ctx, c.service(about), *p.file); err != nil {
			return "", err
		}
	}
	mark := sentMark{Delivery: out.DeliveryID, Message: out.Message.ID, Part: n, From: out.Message.Author, Note: out.Message.Private, Card: p.card}
	if m.Attributes, err = mark.attributes(); err != nil {
		return "", err
	}
	made, err := c.api.CreateMessage(ctx, out.Thread.ExternalID, m)
	return made.SID, err
}

// findSent adds the parts that an earlier attempt wrote without learning of it. It reads back to when that began.
func (c *Connector) findSent(ctx context.Context, out connector.Outbound, there map[int]connector.Part) error {
	complete, err := c.walk(ctx, out.Thread.ExternalID, func(m api.Message) bool {
		if mark, ok := sentMarkOf(m); ok && mark.Delivery == out.DeliveryID {
			there[mark.Part] = connector.Part{N: mark.Part, ExternalID: m.SID}
		}
		return out.UnsureSince.IsZero() || m.Created.After(out.UnsureSince.Add(-clockSlack))
	})
	if err == nil && !complete {
		return &connector.SendError{Class: connector.Uncertain, Scope: connector.ScopeThread, Reason: "the conversation is too long to look for the message"}
	}
	return err
}

// walk reads a conversation backwards until fn says that it is enough. complete says that fn said so, or that the beginning was reached.
func (c *Connector) walk(ctx context.Context, conversation string, fn func(api.Message) bool) (complete bool, err error) {
	after := ""
	for range lookPages {
		var page []api.Message
		if page, after, err = c.api.Messages(ctx, conversation, api.NewestFirst, after); err != nil {
			return false, err
		}
		for _, m := range page {
			if !fn(m) {
				return true, nil
			}
		}
		if after == "" {
			return true, nil
		}
	}
	return false, nil
}

// sendFailure is failure for a message: what is refused because the conversation was closed goes into a new one.
func (c *Connector) sendFailure(ctx context.Context, conversation string, err error) error {
	e := connector.Failure(c.failure(err))
	if !refused(err) {
		return e
	}
	over, asked := c.closed(ctx, conversation)
	switch {
	case asked != nil:
		return asked
	case !over:
		return e
	}
	return &connector.SendError{Class: connector.Gone, Scope: connector.ScopeThread, Reason: "the conversation is closed in Twilio", Err: err}
}

// readFailure is failure for what changed nothing: it is simply done again.
func (c *Connector) readFailure(err error) error {
	e := connector.Failure(c.failure(err))
	if e.Class == connector.Uncertain && api.MayHaveHappened(err) {
		e.Class = connector.Retryable
	}
	return e
}

// piece is one message of Twilio's to be: words, or a file.
type piece struct {
	author string
	body   string
	file   *kefu.Attachment
	card   bool
}
