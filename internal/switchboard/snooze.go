package switchboard

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/store"
)

// snoozedBatch is how many conversations OpenSnoozed looks at in one go.
const snoozedBatch = 100

// OpenSnoozed opens conversations whose time has come, and tells when the next one is due (zero: none). Safe on several nodes at once.
func (b *Switchboard) OpenSnoozed(ctx context.Context) (opened int, next time.Time, err error) {
	for {
		var due []kefu.ConversationID
		next, due = time.Time{}, nil
		err = b.store.View(ctx, func(tx *store.Tx) error {
			all, err := tx.NextSnoozed(snoozedBatch)
			for _, z := range all {
				if z.Until.After(tx.Now) {
					next = z.Until
					break
				}
				due = append(due, z.ID)
			}
			return err
		})
		if err != nil || len(due) == 0 {
			return opened, next, err
		}
		for _, id := range due {
			err = b.update(ctx, func(c *change) error { return c.openDue(id) })
			if err != nil {
				return opened, next, err
			}
			opened++
		}
	}
}

func (c *change) openDue(id kefu.ConversationID) error {
	conv, err := c.LockConversation(id)
	if err != nil || conv.SnoozedUntil.IsZero() || conv.SnoozedUntil.After(c.Now) {
		return err
	}
	return c.reawaken(conv, kefu.System())
}

// wakeWaiting opens a conversation that waited for its customer, who has written now. What a bot has stays with the bot.
func (c *change) wakeWaiting(conv store.Conversation, by kefu.Author) error {
	if conv.Status == kefu.StatusSnoozed || conv.Status == kefu.StatusPending && conv.Handler != kefu.HandlerBot {
		return c.reawaken(conv, by)
	}
	return nil
}

func (c *change) reawaken(conv store.Conversation, by kefu.Author) error {
	if conv.Status == kefu.StatusSnoozed || conv.Status == kefu.StatusPending {
		conv.Status = kefu.StatusOpen
	}
	conv.SnoozedUntil = time.Time{}
	if err := c.UpdateConversation(conv); err != nil {
		return err
	}
	return c.conversationEvent("conversation.updated", conv, by, nil)
}

// Read notes how far the caller has read; it never goes back.
func (b *Switchboard) Read(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, seq int64) (ReadState, error) {
	return do(ctx, b, ask, func(c *change) (ReadState, error) {
		conv, err := c.Conversation(id)
		if err != nil {
			return ReadState{}, found(err, "conversation")
		}
		if err := mustSee(c.Tx, ask.Caller, seenOf(conv)); err != nil {
			return ReadState{}, err
		}
		if seq < 0 || seq > conv.LastSeq {
			var f kefu.Faults
			f.Add("seq", "must be from 0 to %d, the place of the newest message", conv.LastSeq)
			return ReadState{}, f.Err("this cannot have been read")
		}
		r, err := c.SaveRead(id, ask.Caller, seq)
		return ReadState{ConversationID: id, Seq: r.Seq, ReadAt: r.ReadAt}, err
	})
}
