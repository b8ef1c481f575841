package switchboard

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// Sync is a thread that is due for comparison. Restoring says that it is a ticket never seen, for which something is parked.
type Sync struct {
	Thread    connector.Thread
	Ticket    string
	Restoring bool
}

// DueSyncs lists threads of an inbox whose comparison with the source of truth is due, those that are being restored first, and when the
// next one is due (zero: none).
func (b *Switchboard) DueSyncs(ctx context.Context, inbox kefu.InboxID, limit int) (due []Sync, next time.Time, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		links, err := tx.DueSyncs(inbox, limit)
		if err != nil {
			return err
		}
		due = make([]Sync, 0, len(links))
		for _, l := range links {
			due = append(due, Sync{Thread: ThreadOf(l), Ticket: l.TicketName, Restoring: l.Opened == 0})
		}
		next, err = tx.NextSync(inbox)
		return err
	})
	return due, next, err
}

// SyncAll makes every open thread of an inbox due for comparison: what was missed while the program was down.
func (b *Switchboard) SyncAll(ctx context.Context, inbox kefu.InboxID) error {
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.SyncInbox(inbox, tx.Now) })
}

// Postpone puts a comparison off.
func (b *Switchboard) Postpone(ctx context.Context, id kefu.LinkID, wait time.Duration) error {
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.ScheduleSync(id, tx.Now.Add(wait)) })
}

// Compared is what a comparison found.
type Compared struct {
	Recovered int // messages whose hook was lost
	Settled   int // marks "possible duplicate" that were settled
	Closed    bool
}

// Compare holds a thread against what its source of truth says: messages whose hook was lost arrive, marks are settled, a lost close
// closes, and what was parked for a ticket never seen is let in after its history. snap is nil when the source could not be asked: then
// only what is parked is let in, so that a new ticket does not wait for a site that is down. Idempotent.
func (b *Switchboard) Compare(ctx context.Context, id kefu.LinkID, snap *connector.Snapshot) (Compared, error) {
	var out Compared
	err := b.update(ctx, func(c *change) error {
		out = Compared{}
		l, err := c.Link(id)
		if err != nil {
			return err
		}
		// The lock comes before everything that is counted.
		if _, err := c.LockConversation(l.ConversationID); err != nil {
			return err
		}
		link, found, err := c.Thread(l.InboxID, l.ExternalID)
		if err != nil || !found || link.ID != id {
			return err
		}
		parked, err := c.parkedOf(link)
		if err != nil {
			return err
		}
		if snap != nil {
			if err := c.takeSnapshot(link, *snap, parked, &out); err != nil {
				return err
			}
		}
		return c.release(link, parked, snap != nil)
	})
	if err == nil && out.Recovered > 0 {
		b.log.InfoContext(ctx, "messages recovered", "link_id", id, "recovered", out.Recovered)
	}
	return out, err
}

// waiting is what is parked on a link: taken marks those that the history contained.
type waiting struct {
	id    kefu.MessageID
	in    connector.Inbound
	taken bool
}

func (c *change) parkedOf(link store.Link) ([]*waiting, error) {
	rows, err := c.ParkedOf(link.ID)
	parked := make([]*waiting, 0, len(rows))
	for _, p := range rows {
		w := &waiting{id: p.MessageID}
		if err := json.Unmarshal([]byte(p.Inbound), &w.in); err != nil {
			return nil, err
		}
		parked = append(parked, w)
	}
	return parked, err
}

// takeSnapshot inserts what is missing here, in the source's order, by counting equal messages.
func (c *change) takeSnapshot(link store.Link, snap connector.Snapshot, parked []*waiting, out *Compared) error {
	have, err := c.counted(link)
	if err != nil {
		return err
	}
	if err := c.describe(link, snap); err != nil {
		return err
	}
	for _, in := range snap.Messages {
		if have.takes(in) {
			continue
		}
		if ours, err := c.echo(link, in); err != nil || ours != "" {
			if err != nil {
				return err
			}
			continue // on its way, or uncertain: whoever sends it counts for itself
		}
		id := newMessageID()
		if w := match(parked, in); w != nil {
			w.taken, id = true, w.id
			in.Kind, in.Title, in.Content = w.in.Kind, w.in.Title, w.in.Content
		} else {
			in.Recovered = true
			out.Recovered++
		}
		in.Key, in.ThreadID = "", link.ExternalID
		if err := c.restore(link, in, id); err != nil {
			return err
		}
	}
	if out.Settled, err = c.settle(have); err != nil {
		return err
	}
	return c.closeAsSite(link, snap, out)
}

// restore inserts a message of the source without doubting it: it has been counted.
func (c *change) restore(link store.Link, in connector.Inbound, id kefu.MessageID) error {
	conv, err := c.Conversation(link.ConversationID)
	if err != nil {
		return err
	}
	m := store.Message{Fingerprint: in.Fingerprint, Message: kefu.Message{ID: id, ConversationID: link.ConversationID, Author: contactAuthor(conv, in),
		Content: typed(in.Content), SourceLinkID: link.ID, ExternalID: in.ExternalID,
		Meta: kefu.Meta{Notes: in.Notes, Recovered: in.Recovered, Sender: in.Sender.Raw, Label: in.Sender.Label}}}
	to := kefu.RoleDesk
	if link.Opened == 0 && string(link.Meta) == rebuilt {
		to = nobody
	}
	if err := c.post(link, &m, to); err != nil {
		return err
	}
	return c.afterOpen(conv, in, m)
}

func match(parked []*waiting, in connector.Inbound) *waiting {
	for _, w := range parked {
		if !w.taken && w.in.Fingerprint != "" && w.in.Fingerprint == in.Fingerprint {
			return w
		}
	}
	return nil
}

// release lets in what is parked and was not part of the history, in the order in which it came, and ends the restoring.
func (c *change) release(link store.Link, parked []*waiting, asked bool) error {
	for _, w := range parked {
		if err := c.Unpark(w.id); err != nil {
			return err
		}
		if w.taken {
			continue
		}
		fresh, _, err := c.Thread(link.InboxID, link.ExternalID)
		if err != nil {
			return err
		}
		w.in.Key = "" // kept when it was parked
		if _, err := c.receiveOn(fresh, w.in, w.id); err != nil {
			return err
		}
	}
	if link.Opened == 0 {
		if err := c.OpenLink(link.ID, link.ExternalID, link.Name, link.Meta, ""); err != nil {
			return err
		}
	}
	if !asked {
		return nil
	}
	fresh, err := c.Link(link.ID)
	if err != nil || fresh.Role != kefu.RoleCustomer {
		return err
	}
	return c.ScheduleSync(link.ID, c.nextSweep(link.InboxID, link.ID))
}

// describe keeps what the source says about the thread besides its messages.
func (c *change) describe(link store.Link, snap connector.Snapshot) error {
	if snap.Name != "" && snap.Name != link.Name {
		if err := c.NameLink(link.ID, snap.Name); err != nil {
			return err
		}
	}
	if err := c.keepWord(link, snap.StatusWord); err != nil {
		return err
	}
	if link.Opened > 0 || snap.Title == "" {
		return nil
	}
	return c.titleRestored(link, snap.Title)
}

// keepWord keeps a status word that nobody here knows, and logs it once. It changes nothing.
func (c *change) keepWord(link store.Link, word string) error {
	if word == "" {
		return nil
	}
	meta, err := json.Marshal(map[string]string{"status_word": word})
	if err != nil || bytes.Equal(meta, link.Meta) {
		return err
	}
	c.say("the site uses a status word that is not known; it is kept and changes nothing", link.ConversationID, link.TicketName, "word", word)
	return c.SetLinkMeta(link.ID, meta)
}

func (c *change) titleRestored(link store.Link, title string) error {
	conv, err := c.Conversation(link.ConversationID)
	if err != nil {
		return err
	}
	return c.retitle(conv, conv.InitialMessageID, title, kefu.System())
}

// closeAsSite closes what the site has closed: the hook of the close was lost. An end that is known already is no news: the talk may have
// been opened again since, here or by what the customer wrote, which the site need not show.
func (c *change) closeAsSite(link store.Link, snap connector.Snapshot, out *Compared) error {
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil {
		return err
	}
	known, _, err := baseOf(c.Tx, link.ID)
	switch {
	case err != nil:
		return err
	case known.Status == kefu.StatusClosed && snap.Status == kefu.StatusOpen:
		return saveBase(c.Tx, link.ID, connector.Standing{Status: kefu.StatusOpen})
	case known.Status == kefu.StatusClosed, snap.Status != kefu.StatusClosed, conv.Status == kefu.StatusClosed:
		return nil
	}
	out.Closed = true
	return c.close(conv, link, closing{by: kefu.Author{Kind: kefu.AuthorSystem, Name: c.b.inboxes[link.InboxID].Name}, id: newMessageID(), fromCustomer: true,
		reason: "the site has it closed"})
}

// endKnown notes, for the comparison, that the end of a conversation is known: its source has told it, or is told it now.
func (c *change) endKnown(id kefu.ConversationID) error {
	links, err := c.Links(id)
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Role == kefu.RoleCustomer && c.b.inboxes[l.InboxID].SweepEvery > 0 {
			if err := saveBase(c.Tx, l.ID, connector.Standing{Status: kefu.StatusClosed}); err != nil {
				return err
			}
		}
	}
	return nil
}
