package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// errNothing says that a delivery has nothing to do any more: it is skipped.
var errNothing = errors.New("nothing to do")

// orderPatience is how long an opening card waits for the orders; it is sent without them rather than late.
const orderPatience = 1500 * time.Millisecond

// carryOut makes one attempt and hands its result to the loop. It always hands in exactly one.
func (d *Dispatcher) carryOut(ctx context.Context, j *job) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	started := time.Now()
	var receipt connector.Receipt
	err := j.load(ctx, d.Store)
	if err != nil {
		err = &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "the database could not be read", Err: err}
	} else {
		receipt, err = d.attempt(ctx, j)
	}
	d.results <- d.judge(j, receipt, err, started)
}

func (d *Dispatcher) attempt(ctx context.Context, j *job) (connector.Receipt, error) {
	if j.link.Role != kefu.RoleCustomer && j.link.ExternalID == "" {
		if err := d.openThread(ctx, j); err != nil {
			return connector.Receipt{}, err
		}
	}
	if j.link.Role == kefu.RoleCustomer {
		j.message = d.Switchboard.AsShown(j.InboxID, j.message)
	}
	switch j.Kind {
	case kefu.DeliverMessage:
		return d.sendMessage(ctx, j)
	case kefu.DeliverStatus:
		return connector.Receipt{}, d.sendStatus(ctx, j)
	case kefu.DeliverMark:
		return connector.Receipt{}, d.sendMark(ctx, j)
	case kefu.DeliverStanding:
		return connector.Receipt{}, d.sendStanding(ctx, j)
	case kefu.DeliverChange:
		return connector.Receipt{}, d.sendChange(ctx, j)
	case kefu.DeliverOpen:
		return connector.Receipt{}, nil
	}
	return connector.Receipt{}, permanent(fmt.Sprintf("deliveries of kind %q are not known", j.Kind))
}

func permanent(words string) error {
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: words}
}

// openThread opens a desk's thread, or finds the one that an interrupted attempt has opened, and stores it before anything is sent there.
func (d *Dispatcher) openThread(ctx context.Context, j *job) error {
	if j.Kind != kefu.DeliverMessage && j.Kind != kefu.DeliverOpen {
		return errNothing // a thread that does not exist needs no word of what happened
	}
	if j.lane.Can.Opener == nil {
		return permanent("this desk cannot open threads")
	}
	o := connector.Opening{LinkID: j.LinkID, ConversationID: j.ConversationID, Ticket: j.ticket, Customer: j.customer, Subject: j.subject,
		Unsure: j.Unsure || j.Attempts > 0, Again: j.link.Opened > 0 || late(j), Late: late(j), Meta: j.link.Meta, Role: j.link.Role, Name: j.link.Name,
		Opened: j.link.Opened}
	var err error
	if j.link.Role == kefu.RoleDesk {
		if err = d.describe(ctx, j, &o); err != nil {
			return err
		}
	}
	var card kefu.MessageID
	if o.Again && j.link.Role == kefu.RoleDesk {
		if o.History, err = j.history(ctx, d.Store); err != nil {
			return err
		}
	} else {
		card = j.MessageID
	}
	thread, err := j.lane.Can.Opener.Open(ctx, o)
	if err != nil {
		return err
	}
	j.link.ExternalID, j.link.Name, j.link.Meta, j.link.Cursor = thread.ExternalID, thread.Name, thread.Meta, thread.Cursor
	if card != "" {
		j.link.CardMessageID = card
	}
	j.link.Opened++
	err = d.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if err := tx.OpenLink(j.LinkID, thread.ExternalID, thread.Name, thread.Meta, j.link.CardMessageID); err != nil {
			return err
		}
		if err := tx.SetCursor(j.InboxID, thread.ExternalID, thread.Cursor); err != nil {
			return err
		}
		return d.Switchboard.ThreadOpened(tx, j.link, thread.Base)
	})
	if err == nil {
		d.Bus.Signal(bus.Looks)
		d.Log.InfoContext(ctx, "thread opened", "ticket_id", j.link.TicketName, "conversation_id", j.ConversationID, "inbox", j.InboxID,
			"thread", thread.ExternalID, "name", thread.Name, "again", o.Again)
		if thread.Found {
			d.readFound(ctx, j, thread)
		}
	}
	return err
}

// readFound reads a thread that an interrupted attempt had opened: what was written there while nobody knew whose it was came to nobody.
// What cannot be read now is read when the connection begins anew.
func (d *Dispatcher) readFound(ctx context.Context, j *job, t connector.Thread) {
	if j.lane.Can.Backfiller == nil {
		return
	}
	err := j.lane.Can.Backfiller.Backfill(ctx, t, func(ctx context.Context, in connector.Inbound) (connector.Result, error) {
		return d.Switchboard.Receive(ctx, j.InboxID, in)
	})
	if err != nil {
		d.Log.WarnContext(ctx, "a thread that was found again could not be read", "ticket_id", j.link.TicketName, "conversation_id", j.ConversationID,
			"inbox", j.InboxID, "error", err)
	}
}

// late tells whether a desk is given a talk that has begun without it: its thread is opened for itself and not for a first message, so it has
// to show what was said before.
func late(j *job) bool {
	return j.Kind == kefu.DeliverOpen && j.link.Opened == 0 && j.link.Role == kefu.RoleDesk
}

// describe adds what a desk's new thread is named, shows, and notes of where it belongs.
func (d *Dispatcher) describe(ctx context.Context, j *job, o *connector.Opening) error {
	return d.Store.View(ctx, func(tx *store.Tx) error {
		links, err := tx.Links(j.ConversationID)
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.Role == kefu.RoleCustomer {
				o.Name = l.Name
				o.Origin = connector.Restore{ConversationID: j.ConversationID, ContactID: j.customer.ID, ContactName: j.customer.Name, Inbox: l.InboxID,
					Thread: l.ExternalID, ThreadName: l.Name, Subject: j.subject}
			}
		}
		o.Standing, err = d.Switchboard.StandingOf(tx, j.ConversationID, j.InboxID)
		return err
	})
}

func (d *Dispatcher) sendMessage(ctx context.Context, j *job) (connector.Receipt, error) {
	out := connector.Outbound{DeliveryID: j.ID, Thread: j.thread(), Message: j.message, Customer: j.customer, Known: j.parts, Unsure: j.Unsure,
		UnsureSince: j.UnsureSince, Late: j.Late, SentBefore: func(fingerprint string) (n int, err error) {
			err = d.Store.View(ctx, func(tx *store.Tx) error {
				count, err := tx.CountSent(j.LinkID, fingerprint, j.ID)
				n = int(count)
				return err
			})
			return n, err
		}}
	if j.message.Meta.Deleted && !j.Unsure && len(j.parts) == 0 {
		return connector.Receipt{}, errNothing
	}
	if j.link.CardMessageID == j.MessageID {
		out.Card = d.card(ctx, j)
	}
	return j.lane.Connector.Send(ctx, out)
}

// card asks for the orders for as long as an opening card may wait for them.
func (d *Dispatcher) card(ctx context.Context, j *job) *connector.Card {
	ctx, cancel := context.WithTimeout(ctx, orderPatience)
	defer cancel()
	card := &connector.Card{Ticket: j.ticket, Subject: j.subject}
	card.Orders, card.OrderErr = d.Switchboard.Orders(ctx, j.ConversationID)
	return card
}

func (d *Dispatcher) sendStatus(ctx context.Context, j *job) error {
	if j.lane.Can.StatusSender == nil {
		return errNothing
	}
	var change connector.StatusChange
	if err := json.Unmarshal(j.Payload, &change); err != nil {
		return permanent("the stored change of status cannot be read")
	}
	change.DeliveryID, change.Ticket, change.Customer, change.Unsure = j.ID, j.ticket, j.customer, j.Unsure || j.Attempts > 0
	if change.Kind == connector.StatusBoard {
		change.To = j.first
	}
	if change.Kind == connector.StatusClosed && j.link.Role == kefu.RoleDesk {
		files, err := d.Switchboard.Transcript(ctx, j.ConversationID)
		if err != nil {
			return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "the transcript could not be kept", Err: err}
		}
		change.Transcript = files
	}
	return j.lane.Can.StatusSender.SendStatus(ctx, j.thread(), change)
}

// sendStanding carries a difference of a conversation's standing. It may be carried twice: what is there already is no difference.
func (d *Dispatcher) sendStanding(ctx context.Context, j *job) error {
	if j.lane.Can.StandingSender == nil {
		return errNothing
	}
	if err := json.Unmarshal(j.Payload, &j.asked); err != nil {
		return permanent("the stored standing cannot be read")
	}
	has, err := j.lane.Can.StandingSender.SendStanding(ctx, j.thread(), j.asked.To, j.asked.From)
	j.has = has
	if e := connector.Failure(err); err != nil && e.Class == connector.Uncertain {
		e.Class = connector.Retryable
		return e
	}
	return err
}

func (d *Dispatcher) sendChange(ctx context.Context, j *job) error {
	if j.lane.Can.Changer == nil {
		return errNothing
	}
	var change switchboard.ChangePayload
	if err := json.Unmarshal(j.Payload, &change); err != nil {
		return permanent("the stored change cannot be read")
	}
	err := d.Store.View(ctx, func(tx *store.Tx) error { return j.loadParts(tx, switchboard.DeliveryID(j.MessageID, j.link.Slot)) })
	if err != nil {
		return err
	}
	return j.lane.Can.Changer.SendChange(ctx, j.thread(), connector.Change{DeliveryID: j.ID, Parts: j.parts, Message: j.message, Deleted: change.Deleted})
}
