package switchboard

import (
	"context"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// Threads lists the threads of an inbox whose conversations are not closed.
func (b *Switchboard) Threads(ctx context.Context, inbox kefu.InboxID) ([]connector.Thread, error) {
	var threads []connector.Thread
	err := b.store.View(ctx, func(tx *store.Tx) error {
		links, err := tx.Threads(inbox)
		threads = make([]connector.Thread, 0, len(links))
		for _, l := range links {
			threads = append(threads, ThreadOf(l))
		}
		return err
	})
	return threads, err
}

// Thread finds a thread of an inbox by its external id; false when no conversation has it.
func (b *Switchboard) Thread(ctx context.Context, inbox kefu.InboxID, externalID string) (connector.Thread, bool, error) {
	var thread connector.Thread
	var found bool
	err := b.store.View(ctx, func(tx *store.Tx) error {
		var l store.Link
		var err error
		l, found, err = tx.Thread(inbox, externalID)
		thread = ThreadOf(l)
		return err
	})
	return thread, found, err
}

// ThreadOf is a link as connectors see it.
func ThreadOf(l store.Link) connector.Thread {
	return connector.Thread{LinkID: l.ID, ConversationID: l.ConversationID, TicketNumber: l.Number, Role: l.Role, ExternalID: l.ExternalID,
		Cursor: l.Cursor, Name: l.Name, Meta: l.Meta, Closed: l.Status == kefu.StatusClosed}
}

// Orders asks the customer's side for a conversation's orders. What went wrong is said in words: a ticket opens without them.
func (b *Switchboard) Orders(ctx context.Context, id kefu.ConversationID) (orders []kefu.Order, words string) {
	var customer store.Link
	err := b.store.View(ctx, func(tx *store.Tx) error {
		links, err := tx.Links(id)
		for _, l := range links {
			if l.Role == kefu.RoleCustomer {
				customer = l
			}
		}
		return err
	})
	if err != nil {
		return nil, err.Error()
	}
	ask := b.inboxes[customer.InboxID].Orders
	if ask == nil {
		return nil, ""
	}
	orders, err = ask(ctx, ThreadOf(customer))
	if err != nil {
		return nil, connector.Failure(err).Reason
	}
	return orders, ""
}

// State keeps a connector's small values (connector.State).
type State struct {
	Store *store.Store
	Inbox kefu.InboxID
}

// Load reads a value; an unknown key is "".
func (s State) Load(ctx context.Context, key string) (value string, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		value, err = tx.LoadState(s.Inbox, key)
		return err
	})
	return value, err
}

// Save keeps a value and returns after the commit.
func (s State) Save(ctx context.Context, key, value string) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return tx.SaveState(s.Inbox, key, value) })
}

// Directory tells a connector which threads of its inbox are in use (connector.Directory).
type Directory struct {
	Switchboard *Switchboard
	Inbox       kefu.InboxID
}

// Threads lists the threads of conversations that are not closed.
func (d Directory) Threads(ctx context.Context) ([]connector.Thread, error) {
	return d.Switchboard.Threads(ctx, d.Inbox)
}

// Thread finds one by its external id.
func (d Directory) Thread(ctx context.Context, externalID string) (connector.Thread, bool, error) {
	return d.Switchboard.Thread(ctx, d.Inbox, externalID)
}
