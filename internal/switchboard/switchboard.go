package switchboard

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// ReopenWithin is how long after its end a customer's message reopens a conversation instead of beginning a new one.
const ReopenWithin = 7 * 24 * time.Hour

// waitingMark is how long a message from a desk may wait before it is marked as waiting.
const waitingMark = 2 * time.Second

// ProgramInbox is the inbox of conversations that the organisation's own program begins without naming one. It is always there.
const ProgramInbox kefu.InboxID = "api"

// ProgramChannel is the channel of inboxes that have nothing outside: customers write through a program that reads what is stored.
const ProgramChannel = "api"

// Inbox is what the rules know of an inbox.
type Inbox struct {
	ID      kefu.InboxID
	Channel string
	Name    string
	// Desks are the inboxes that a conversation of this inbox is mirrored to.
	Desks []kefu.InboxID
	// Marks says that it can show what became of a message; Changes that it can carry edits and deletions.
	Marks, Changes bool
	// Reticent says that its marks show nothing of what went well.
	Reticent bool
	// Desk says that it can open threads for agents, so that conversations can be given to it.
	Desk bool
	// Announces says that it has a place for announcements.
	Announces bool
	// Reception is how it receives customers who write to it by themselves; the zero Reception is: by the connector's own rules.
	Reception connector.Reception
	// Hours are its business hours; the zero Hours are: always open.
	Hours kefu.Hours
	// Stands says that its threads have a standing of their own, which follows the conversation's and is followed.
	Stands bool
	// Directs says that a program at this desk decides who answers: it has the talk from the beginning, and the bot waits to be asked there.
	Directs bool
	// Forms is how many fields of a form it shows at once; 0 is none: it is asked field by field.
	Forms int
	// SweepEvery is how often open threads are compared with their source of truth; 0 when there is none.
	SweepEvery time.Duration
	// Fingerprint tells what the inbox will know a message of ours by, before it is sent; nil when it does not say.
	Fingerprint func(kefu.Message) string
	// Orders asks for the orders of a customer's thread; nil when the inbox has none.
	Orders func(context.Context, connector.Thread) ([]kefu.Order, error)
	// ReadOrders reads an order that a program sends, in the inbox's currency and time zone; nil is kefu.ParseOrders in UTC.
	ReadOrders func(raw []byte) ([]kefu.Order, error)
}

// Vault keeps transcripts.
type Vault interface {
	// Keep stores a file; the same bytes again are the same file.
	Keep(ctx context.Context, r io.Reader, name string) (kefu.Attachment, error)
	// Link is a signed address that does not expire; "" when the file is not in the vault.
	Link(a kefu.Attachment) string
	// ShortLink is a signed address that is good for a day at least and two at most; the same for a whole day, so that what shows it does
	// not change with each look.
	ShortLink(a kefu.Attachment) string
	// Uploaded is the file of an upload's id (att_…); false when the id was not given by us or the file is no longer kept.
	Uploaded(id string) (kefu.Attachment, bool)
	// UploadID is the id that Uploaded reads.
	UploadID(a kefu.Attachment) string
	// Delete removes a file for good; one that is not kept is no error.
	Delete(sha256 string) error
}

// Switchboard applies the rules. Make it with New.
type Switchboard struct {
	store   *store.Store
	bus     *bus.Bus
	vault   Vault
	box     store.Sealer
	log     *slog.Logger
	inboxes map[kefu.InboxID]Inbox
	stands  bool // some inbox does
	// Given by Offer.
	channels Channels
	changed  func()
}

// New builds a switchboard for the configured inboxes. box seals what is kept of answers that repeat.
func New(s *store.Store, b *bus.Bus, v Vault, box store.Sealer, log *slog.Logger, inboxes []Inbox) *Switchboard {
	byID := make(map[kefu.InboxID]Inbox, len(inboxes))
	stands := false
	for _, in := range inboxes {
		byID[in.ID] = in
		stands = stands || in.Stands
	}
	return &Switchboard{store: s, bus: b, vault: v, box: box, log: log, inboxes: byID, stands: stands}
}

// Inbox tells what the rules know of an inbox; false when it is not configured.
func (b *Switchboard) Inbox(id kefu.InboxID) (Inbox, bool) {
	in, ok := b.inboxes[id]
	return in, ok
}

// change is one transaction of a verb with what it must signal and log when it is committed.
type change struct {
	*store.Tx
	b     *Switchboard
	wake  map[string]bool
	lines []logLine
	// touched are the conversations whose standing may have changed.
	touched []kefu.ConversationID
}

// inside is a change in a transaction of somebody else, who signals for it.
func (b *Switchboard) inside(tx *store.Tx) *change {
	return &change{Tx: tx, b: b, wake: make(map[string]bool, 2)}
}

type logLine struct {
	msg  string
	args []any
}

// update runs a verb in one transaction, and signals and logs after its commit.
func (b *Switchboard) update(ctx context.Context, fn func(*change) error) error {
	var done *change
	err := b.store.Update(ctx, func(tx *store.Tx) error {
		done = b.inside(tx)
		if err := fn(done); err != nil {
			return err
		}
		return done.mirror()
	})
	if err != nil {
		return notStored(err)
	}
	for topic := range done.wake {
		b.bus.Signal(topic)
	}
	for _, l := range done.lines {
		b.log.InfoContext(ctx, l.msg, l.args...) //nolint:sloglint // every caller of say gives a constant
	}
	return nil
}

// notStored gives an error of the store its public words: nothing was kept, and trying again is right.
func notStored(err error) error {
	if kefu.KindOf(err) != kefu.KindInternal {
		return err
	}
	return kefu.Wrap(kefu.KindUnavailable, err, "this cannot be stored now; nothing was kept; send it again")
}

// say logs one line of a ticket's story after the commit. ticket_id is the number of the outside system, so that one grep tells it all.
func (c *change) say(msg string, conv kefu.ConversationID, ticket string, args ...any) {
	about := []any{"conversation_id", conv}
	if ticket != "" {
		about = []any{"ticket_id", ticket, "conversation_id", conv}
	}
	c.lines = append(c.lines, logLine{msg, append(about, args...)})
}

func newMessageID() kefu.MessageID { return kefu.MessageID(ident.New("msg")) }

// DeliveryID is the id of the delivery of a message (or line of history) to the link in a slot: the same whoever makes it.
func DeliveryID(id kefu.MessageID, slot int64) kefu.DeliveryID {
	return kefu.DeliveryID("dlv_" + string(id[len("msg_"):]) + "_" + strconv.FormatInt(slot, 10))
}
