package switchboard

import (
	"context"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
)

// EditMessage changes a message's text. The old one is kept for audit.
func (b *Switchboard) EditMessage(ctx context.Context, ask kefu.Ask, id kefu.MessageID, ch MessageChange) (Message, error) {
	return do(ctx, b, ask, func(c *change) (Message, error) {
		m, err := c.takeMessage(ask, id)
		if err != nil {
			return Message{}, err
		}
		if !ch.Content.Given || ch.Content.Value == m.Content.Text {
			return c.withWays(ask.Caller, m)
		}
		content := m.Content
		content.Text = ch.Content.Value
		var f kefu.Faults
		if len(content.Text) > kefu.MaxText {
			f.Add("content", "must have at most %d bytes", kefu.MaxText)
		}
		if content.Empty() {
			f.Add("content", "is needed: DELETE recalls a message")
		}
		if err := f.Err("the message cannot be changed so"); err != nil {
			return Message{}, err
		}
		m.Meta.Edited = true
		return c.rewrite(ask, m, content)
	})
}

// RecallMessage empties a message. The old text is kept for audit. Idempotent.
func (b *Switchboard) RecallMessage(ctx context.Context, ask kefu.Ask, id kefu.MessageID) (Message, error) {
	return do(ctx, b, ask, func(c *change) (Message, error) {
		m, err := c.takeMessage(ask, id)
		if err != nil {
			return Message{}, err
		}
		if m.Meta.Deleted {
			return c.withWays(ask.Caller, m)
		}
		m.Meta.Deleted = true
		return c.rewrite(ask, m, kefu.Content{Type: m.Content.Type})
	})
}

// rewrite stores another content and carries it to where the message went.
func (c *change) rewrite(ask kefu.Ask, m store.Message, content kefu.Content) (Message, error) {
	if err := c.ReplaceContent(m.ID, content, m.Meta); err != nil {
		return Message{}, err
	}
	m.Content = content
	if err := c.carryChange(m.SourceLinkID, m.Message, m.Meta.Deleted, ask.Caller.Author()); err != nil {
		return Message{}, err
	}
	word := map[bool]string{true: "message.recalled", false: "message.edited"}[m.Meta.Deleted]
	if err := c.Audit(ask.Caller, word, string(m.ID), map[string]string{"conversation_id": string(m.ConversationID)}); err != nil {
		return Message{}, err
	}
	return c.withWays(ask.Caller, m)
}

// takeMessage reads a message that the caller may change, and holds its conversation's row.
func (c *change) takeMessage(ask kefu.Ask, id kefu.MessageID) (store.Message, error) {
	m, err := c.Message(id)
	if err != nil {
		return m, found(err, "message")
	}
	if _, err := c.takeSeen(ask.Caller, m.ConversationID); err != nil || m.Private && ask.Caller.Kind == kefu.CallerContact {
		return m, noMessage(err)
	}
	if m, err = c.Message(id); err != nil { // as it is under the lock
		return m, found(err, "message")
	}
	if m.Content.Type == kefu.ContentEvent {
		return m, kefu.Errorf(kefu.KindForbidden, "a line of the history cannot be changed")
	}
	if !mayChange(ask.Caller, m.Author) {
		return m, kefu.Errorf(kefu.KindForbidden, "only who wrote a message, a supervisor, an admin or a program may change it, and nobody what a contact wrote")
	}
	if m.Meta.Deleted && ask.IfMatch == "" {
		return m, nil
	}
	shown, err := c.withWays(ask.Caller, m)
	if err != nil {
		return m, err
	}
	return m, ask.Match(shown)
}

// noMessage gives what may not be seen the words for what is not there.
func noMessage(err error) error {
	if err == nil || kefu.KindOf(err) == kefu.KindNotFound {
		return kefu.Errorf(kefu.KindNotFound, "no message with this id")
	}
	return err
}

func mayChange(by kefu.Caller, author kefu.Author) bool {
	if author.Kind == kefu.AuthorContact {
		// A program passes on what a contact wrote, and so what they take back.
		return by.Kind == kefu.CallerClient || by.Kind == kefu.CallerContact && author.ID == by.ID
	}
	switch by.Kind {
	case kefu.CallerAgent:
		return author.ID == by.ID || by.Role == kefu.RoleAdmin || by.Role == kefu.RoleSupervisor
	case kefu.CallerClient, kefu.CallerSystem:
		return true
	case kefu.CallerContact:
	}
	return false
}

func (c *change) withWays(by kefu.Caller, m store.Message) (Message, error) {
	ways, err := c.Ways(m.ID)
	return c.b.showMessage(by, m.Message, ways[m.ID]), err
}

// RetryMessage sends a message again wherever it failed or is uncertain, at the end of the line and marked late.
func (b *Switchboard) RetryMessage(ctx context.Context, ask kefu.Ask, id kefu.MessageID) (Message, error) {
	if err := forStaff(ask.Caller); err != nil {
		return Message{}, err
	}
	return do(ctx, b, ask, func(c *change) (Message, error) {
		m, err := c.Message(id)
		if err != nil {
			return Message{}, found(err, "message")
		}
		if _, err := c.takeSeen(ask.Caller, m.ConversationID); err != nil {
			return Message{}, noMessage(err)
		}
		ways, err := c.Ways(id)
		if err != nil {
			return Message{}, err
		}
		if err := c.retryAll(m, ways[id]); err != nil {
			return Message{}, err
		}
		if err := c.Audit(ask.Caller, "message.retried", string(id), nil); err != nil {
			return Message{}, err
		}
		return c.withWays(ask.Caller, m)
	})
}

func (c *change) retryAll(m store.Message, ways []store.Way) error {
	retried := false
	for _, w := range ways {
		if w.State != kefu.DeliveryFailed && w.State != kefu.DeliveryUncertain {
			continue
		}
		place, err := c.NextPlace(m.ConversationID, false)
		if err != nil {
			return err
		}
		again, err := c.Requeue(w.ID, place.Ord)
		if err != nil {
			return err
		}
		retried = retried || again
	}
	if !retried {
		return kefu.Errorf(kefu.KindConflict, "nothing to send again: no delivery of this message has failed or is uncertain")
	}
	c.wake[bus.Deliveries] = true
	return c.WakeMark(m.ID, c.Now.Add(waitingMark))
}
