package switchboard

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

const (
	// defaultPatience is how long a desk has to answer where the inbox does not say.
	defaultPatience = 5 * time.Minute
	// lookAfterAll is how often one of whom everybody was told is looked after.
	lookAfterAll = time.Minute
	waitingBatch = 100
)

// await notes that a customer waits for a person, tells them where they stand, and calls the first desk. In inboxes that do not receive by
// themselves nobody is told: a site's tickets have always waited in their channel.
func (c *change) await(conv store.Conversation, previous kefu.AgentID, word connector.StatusChange) error {
	in := c.b.inboxes[conv.InboxID]
	if !in.Reception.Tells {
		return nil
	}
	desks, err := c.deskLinks(conv)
	if err != nil {
		return err
	}
	w := store.Waiting{ConversationID: conv.ID, InboxID: conv.InboxID, Since: c.Now, Step: min(1, len(desks)), DueAt: c.patience(in, c.Now)}
	if opens, ok := in.Hours.NextOpening(c.Now); ok && opens.After(c.Now) {
		word.OpensAt = opens
		if w.Step > 0 {
			w.Step, w.DueAt = 0, opens // nobody is called before they are there
		}
	}
	if err := c.Await(w); err != nil {
		return err
	}
	c.wake[bus.Waiting] = true
	word.Kind, word.Since = connector.StatusHanded, w.Since
	if word.Position, err = c.Position(w); err != nil {
		return err
	}
	if previous != "" {
		a, err := c.Tx.Agent(previous)
		if err != nil {
			return err
		}
		word.Left = a.Name
	}
	word.Reason = "" // it is for staff
	if err := c.tellLinks(conv.ID, newMessageID(), word, customers); err != nil {
		return err
	}
	if w.Step == 0 {
		return nil // the console has it, or it is called when they open
	}
	return c.call(conv.ID, w, desks, word.By)
}

// deskLinks lists the desks in the order in which they are told; the one that the talk was given to is the first.
func (c *change) deskLinks(conv store.Conversation) ([]store.Link, error) {
	links, err := c.Links(conv.ID)
	links = slices.DeleteFunc(links, func(l store.Link) bool { return l.Role != kefu.RoleDesk })
	slices.SortStableFunc(links, func(a, b store.Link) int {
		if a.ID == conv.OwnerLinkID {
			return -1
		}
		if b.ID == conv.OwnerLinkID {
			return 1
		}
		return 0
	})
	return links, err
}

// patience is until when a desk has time to answer. While the inbox is closed nobody is expected to.
func (c *change) patience(in Inbox, from time.Time) time.Time {
	if opens, ok := in.Hours.NextOpening(from); ok && opens.After(from) {
		from = opens
	}
	return from.Add(cmp.Or(in.Reception.Patience, defaultPatience))
}

// call calls the people of the desk whose turn it is; of all desks when each had its turn. The first desk is told once more with all.
func (c *change) call(id kefu.ConversationID, w store.Waiting, desks []store.Link, by kefu.Author) error {
	word := connector.StatusChange{Kind: connector.StatusWaiting, By: by, Since: w.Since, Step: w.Step - 1, All: w.Step > len(desks), At: c.Now}
	return c.tellLinks(id, newMessageID(), word, func(l store.Link) bool {
		return l.Role == kefu.RoleDesk && (word.All || l.ID == desks[w.Step-1].ID)
	})
}

// customers picks the links of customers' sides that are told how things stand.
func customers(l store.Link) bool { return l.Role == kefu.RoleCustomer }

// tellLinks queues a change of status for some of the links. id is any id that is given out once.
func (c *change) tellLinks(conv kefu.ConversationID, id kefu.MessageID, change connector.StatusChange, which func(store.Link) bool) error {
	links, err := c.Links(conv)
	if err != nil {
		return err
	}
	place, err := c.NextPlace(conv, false)
	if err != nil {
		return err
	}
	return c.queueStatus(links, place, id, change, which)
}

func (c *change) queueStatus(links []store.Link, place store.Place, id kefu.MessageID, change connector.StatusChange, which func(store.Link) bool) error {
	payload, err := json.Marshal(change)
	if err != nil {
		return err
	}
	for _, l := range links {
		if !which(l) {
			continue
		}
		d := kefu.Delivery{ID: DeliveryID(id, l.Slot), Kind: kefu.DeliverStatus, ConversationID: l.ConversationID,
			LinkID: l.ID, InboxID: l.InboxID, Line: string(l.ID), Ord: place.Ord, Payload: payload}
		if err := c.Queue(d); err != nil {
			return err
		}
	}
	c.wake[bus.Deliveries] = true
	return nil
}

// CallWaiting calls the next desk, or everybody, for each customer who has waited long enough, and looks after those of whom everybody was
// told. It reports how many it looked at. Idempotent: each is looked at under its lock.
func (b *Switchboard) CallWaiting(ctx context.Context) (looked int, err error) {
	var due []kefu.ConversationID
	err = b.store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueWaiting(waitingBatch)
		return err
	})
	for _, id := range due {
		if err == nil {
			err = b.update(ctx, func(c *change) error { return c.callNext(id) })
		}
	}
	return len(due), err
}

func (c *change) callNext(id kefu.ConversationID) error {
	conv, err := c.LockConversation(id)
	if err != nil {
		return err
	}
	w, waits, err := c.Waits(id)
	if err != nil || !waits || w.DueAt.After(c.Now) {
		return err
	}
	if conv.Handler != kefu.HandlerQueue || conv.Status != kefu.StatusOpen {
		return c.attended(id)
	}
	in := c.b.inboxes[conv.InboxID]
	desks, err := c.deskLinks(conv)
	if err != nil {
		return err
	}
	if opens, ok := in.Hours.NextOpening(c.Now); ok && opens.After(c.Now) { // it has closed meanwhile
		if w.Step > 0 || len(desks) == 0 {
			opens = c.patience(in, opens)
		}
		return c.CallAgain(id, w.Step, opens)
	}
	if w.Step > len(desks) { // everybody was told
		return c.CallAgain(id, w.Step, c.Now.Add(lookAfterAll))
	}
	w.Step++
	if err := c.call(id, w, desks, kefu.System()); err != nil {
		return err
	}
	if w.Step <= len(desks) {
		c.say("nobody has answered: the next desk is told", id, conv.TicketName, "step", w.Step)
		return c.CallAgain(id, w.Step, c.patience(in, c.Now))
	}
	c.say("nobody has answered: everybody is told", id, conv.TicketName)
	if err := c.unanswered(conv, w); err != nil {
		return err
	}
	return c.CallAgain(id, w.Step, c.Now.Add(lookAfterAll))
}

func (c *change) unanswered(conv store.Conversation, w store.Waiting) error {
	t, err := c.TicketOf(conv.ID)
	if err != nil {
		return err
	}
	detail, err := json.Marshal(map[string]any{"conversation_id": conv.ID, "number": t.Number, "inbox_id": conv.InboxID, "since": w.Since.UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	_, err = c.RaiseAlert(kefu.Alert{Kind: kefu.AlertUnanswered, Subject: string(conv.ID), Severity: kefu.SeverityWarning, Detail: detail,
		Summary: fmt.Sprintf("the customer of ticket #%d waits for a person since %s, and every desk was told", t.Number, w.Since.UTC().Format(time.RFC3339))})
	return err
}

// attended ends the wait of a customer whom somebody answers, or who needs nobody any more: the alert on it is over.
func (c *change) attended(id kefu.ConversationID) error {
	cleared, err := c.ClearAlert(kefu.AlertUnanswered, string(id))
	if err != nil {
		return err
	}
	if cleared {
		c.wake[bus.Events] = true
	}
	return c.StopWaiting(id)
}
