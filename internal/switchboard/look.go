package switchboard

import (
	"context"
	"slices"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// askLook notes that something happened at a thread. It has no key to be known by: a look that is made twice finds nothing the second time.
func (c *change) askLook(inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	whole := !in.Written
	if !whole {
		var err error
		if whole, err = c.otherwise(inbox, in); err != nil {
			return connector.Result{}, err
		}
	}
	c.wake[bus.Looks] = true
	return connector.Result{}, c.AskLook(inbox, store.Look{ThreadID: in.ThreadID, Whole: whole})
}

// otherwise tells whether a thread in which something was written stands otherwise than is known, so that more is to be read than what was
// written: who has it now must be known before what they say.
func (c *change) otherwise(inbox kefu.InboxID, in connector.Inbound) (bool, error) {
	link, found, err := c.Thread(inbox, in.ThreadID)
	if err != nil || found && link.Status == kefu.StatusClosed {
		return true, err
	}
	if !found || in.Standing == nil {
		return false, nil
	}
	base, _, err := baseOf(c.Tx, link.ID)
	return !alike(merged(base, *in.Standing), base), err
}

// Look is a thread that is to be read, as the rules know it. Thread has the ExternalID alone when no link has it.
type Look struct {
	store.Look
	Thread connector.Thread
}

// DueLooks lists at most room threads that are to be read now and are not being read, the longest due first.
func (b *Switchboard) DueLooks(ctx context.Context, inbox kefu.InboxID, busy map[string]bool, room int) (due []Look, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		found, err := tx.DueLooks(inbox, len(busy)+room)
		if err != nil {
			return err
		}
		found = slices.DeleteFunc(found, func(l store.Look) bool { return busy[l.ThreadID] })
		found = found[:min(len(found), room)]
		due = make([]Look, 0, len(found))
		for _, l := range found {
			thread, err := b.threadAt(tx, inbox, l.ThreadID)
			if err != nil {
				return err
			}
			thread.Written = !l.Whole
			due = append(due, Look{Look: l, Thread: thread})
		}
		return nil
	})
	return due, err
}

// threadAt is a thread with what its other side is known to have.
func (b *Switchboard) threadAt(tx *store.Tx, inbox kefu.InboxID, id string) (connector.Thread, error) {
	l, found, err := tx.Thread(inbox, id)
	if err != nil || !found {
		return connector.Thread{ExternalID: id}, err
	}
	t := ThreadOf(l)
	t.Base, t.Rev, err = baseOf(tx, l.ID)
	return t, err
}

// NextLook is when the next look of an inbox is due; zero when none is.
func (b *Switchboard) NextLook(ctx context.Context, inbox kefu.InboxID) (next time.Time, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		next, err = tx.NextLook(inbox)
		return err
	})
	return next, err
}

// AskLooks has threads read that may have changed. Idempotent.
func (b *Switchboard) AskLooks(ctx context.Context, inbox kefu.InboxID, threads []string) error {
	return b.store.Update(ctx, func(tx *store.Tx) error {
		for _, id := range threads {
			if err := tx.AskLook(inbox, store.Look{ThreadID: id, Whole: true, Swept: true}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Looked notes that a thread was read, or is given up. What was said of it since l was listed has it read again.
func (b *Switchboard) Looked(ctx context.Context, inbox kefu.InboxID, l Look) error {
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.Looked(inbox, l.Look) })
}

// PutOffLook has a thread read later, of which l.Tries looks have failed. What is said of it meanwhile does not make it due.
func (b *Switchboard) PutOffLook(ctx context.Context, inbox kefu.InboxID, l Look, wait time.Duration) error {
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.PutOffLook(inbox, l.ThreadID, tx.Now.Add(wait), l.Tries) })
}

// BeginLooks makes due what an earlier process had put off for longer than the longest wait.
func (b *Switchboard) BeginLooks(ctx context.Context, inbox kefu.InboxID, longest time.Duration) error {
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.PullLooks(inbox, tx.Now.Add(longest)) })
}
