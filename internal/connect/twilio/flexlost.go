package twilio

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// openTime is how long an opening may take: until then a conversation whose link does not know it yet is no lost one.
const openTime = 2 * time.Minute

// listPages bounds the pages of conversations that are listed to find lost ones, 100 each.
const listPages = 50

// lookLost makes the link of a desk conversation of ours anew from what we noted there, and fills it with what was said. One that is closed,
// or belongs to another inbox, is left alone; one that is being opened is read when that is done.
func (c *Connector) lookLost(ctx context.Context, n api.Conversation, m mark, emit connector.Emit) error {
	if m.Inbox != c.set.inbox || n.State == api.Closed {
		return nil
	}
	if c.deps.Now().Sub(n.Created) < openTime {
		return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "the conversation is being opened"}
	}
	res, err := emit(ctx, connector.Inbound{Kind: connector.InRestore, ThreadID: n.SID, Restore: &m.Origin, OccurredAt: n.Created})
	if err != nil || res.Ignored != "" {
		return err
	}
	r := room{thread: connector.Thread{ExternalID: n.SID, Role: kefu.RoleDesk}, about: noteOf(n, m), emit: emit}
	if r.people, err = c.peopleOf(ctx, n.SID, m.Identity); err != nil {
		return c.readFailure(err)
	}
	said, _, err := c.messagesAfter(ctx, r.thread)
	if err != nil {
		return c.readFailure(err)
	}
	for _, one := range said {
		if err := c.emitHistory(ctx, r, one); err != nil {
			return err
		}
	}
	return nil
}

// emitHistory takes in what was said before the link was made anew, by whom it was said.
func (c *Connector) emitHistory(ctx context.Context, r room, m api.Message) error {
	sent, ours := sentMarkOf(m)
	if ours && sent.Card {
		return nil
	}
	files, notes, err := c.keepMedia(ctx, c.service(r.about), m.Media)
	if err != nil {
		return c.readFailure(err)
	}
	in := connector.Inbound{Kind: connector.InMessage, History: true, Key: messageKey(m.SID), ThreadID: r.thread.ExternalID, ExternalID: m.SID,
		Content: kefu.Content{Text: staffText(m), Attachments: files}, Notes: notes, Cursor: strconv.Itoa(m.Index), OccurredAt: m.Created}
	switch {
	case ours:
		in.Sender = connector.Sender{Kind: sent.From.Kind, Name: sent.From.Name, Via: sent.From.Via}
		in.Note = sent.Note
		head := c.speaker(kefu.Message{Author: sent.From, Private: sent.Note})
		in.Content.Text = strings.TrimPrefix(in.Content.Text, head+"\n")
	case m.Author == r.about.Identity:
		in.Sender.Kind = kefu.AuthorContact
	default:
		in.Sender = r.people.sender(m.Author)
	}
	if in.Content.Empty() {
		return nil
	}
	_, err = r.emit(ctx, in)
	return err
}

// lost names the desk conversations that no link of ours has: of a store that was lost. It is asked once, of an empty store.
func (c *Connector) lost(ctx context.Context, known []string) ([]string, error) {
	var names []string
	after := ""
	for range listPages {
		var page []api.Conversation
		var err error
		if page, after, err = c.api.Conversations(ctx, api.Active, time.Time{}, after); err != nil {
			return names, c.readFailure(err)
		}
		for _, n := range page {
			if m, ok := markOf(n); ok && m.Inbox == c.set.inbox && !slices.Contains(known, n.SID) {
				names = append(names, n.SID)
			}
		}
		if after == "" {
			break
		}
	}
	return names, nil
}
