package switchboard_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// board is a switchboard on a real database with two inboxes: a shop whose threads can be compared, and a guild that is its desk.
type board struct {
	*switchboard.Switchboard
	t       *testing.T
	store   *store.Store
	clock   *clock
	signals *bus.Bus
}

// clock is the time of the SQLite runs, so that days can pass; PostgreSQL has its own.
type clock struct{ ahead time.Duration }

func (c *clock) now() time.Time { return time.Now().Add(c.ahead) }

type vault struct{}

func (vault) Keep(_ context.Context, r io.Reader, name string) (kefu.Attachment, error) {
	b, err := io.ReadAll(r)
	return kefu.Attachment{Name: name, SHA256: "sha", Size: int64(len(b))}, err
}
func (vault) Uploaded(id string) (kefu.Attachment, bool) {
	return kefu.Attachment{Name: id, Type: "image/png", Size: 3, SHA256: "sha"}, strings.HasPrefix(id, "att_")
}
func (vault) UploadID(a kefu.Attachment) string  { return "att_" + a.Name }
func (vault) Delete(string) error                { return nil }
func (vault) Link(a kefu.Attachment) string      { return "https://kefu.example/files/" + a.Name }
func (vault) ShortLink(a kefu.Attachment) string { return "https://kefu.example/files/" + a.Name }

func each(t *testing.T, desks []kefu.InboxID, fn func(t *testing.T, b *board)) {
	storetest.Each(t, func(t *testing.T, url string) {
		c := &clock{}
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{Clock: c.now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		s := store.New(db)
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		signals := bus.New()
		fn(t, &board{switchboard.New(s, signals, vault{}, box{}, slog.New(slog.DiscardHandler), inboxes(desks)), t, s, c, signals})
	})
}

// taiwanese reads orders as a shop in Taiwan means them.
func taiwanese(raw []byte) ([]kefu.Order, error) {
	return kefu.ParseOrders(raw, time.FixedZone("CST", 8*60*60), "TWD")
}

// inboxes are those of a board; rich shows forms of up to five fields.
func inboxes(desks []kefu.InboxID) []switchboard.Inbox {
	return []switchboard.Inbox{
		{ID: "shop", Channel: "wordpress", Name: "Shop", Desks: desks, SweepEvery: time.Hour, Fingerprint: sentPrint, ReadOrders: taiwanese},
		{ID: "rich", Channel: "chat", Name: "Rich", Desks: desks, Forms: 5},
		{ID: "api", Channel: "api", Name: "API", Desks: desks},
		{ID: "guild", Channel: "discord", Name: "Guild", Marks: true, Desk: true},
		{ID: "second", Channel: "discord", Name: "Second", Marks: true, Desk: true},
	}
}

// restart begins anew on the same store, as another process does.
func (b *board) restart(desks []kefu.InboxID) {
	b.Switchboard = switchboard.New(b.store, b.signals, vault{}, box{}, slog.New(slog.DiscardHandler), inboxes(desks))
}

func sentPrint(m kefu.Message) string { return "sent|" + m.Author.Name + "|" + m.Content.Text }

func opening(ticket, text string) connector.Inbound {
	in := writing(ticket, text)
	in.Kind, in.Title = connector.InOpen, "關於訂單"
	return in
}

func writing(ticket, text string) connector.Inbound {
	return connector.Inbound{Kind: connector.InMessage, ThreadID: ticket, ThreadName: "#網站-客-00" + ticket, Fingerprint: "demo|" + text,
		FingerprintSent: "sent|Demo|" + text, Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorContact, Name: "Demo", Email: "demo@example.com"}}
}

func staff(channel, text string) connector.Inbound {
	return connector.Inbound{Kind: connector.InMessage, ThreadID: channel, ExternalID: text, Key: "m:" + text, Cursor: text, Content: kefu.Content{Text: text},
		Sender: connector.Sender{Kind: kefu.AuthorAgent, ID: "u1", Name: "Amy", Via: "Discord"}}
}

func command(channel, user, name string) connector.Inbound {
	return connector.Inbound{Kind: connector.InCommand, ThreadID: channel, Sender: connector.Sender{Kind: kefu.AuthorAgent, ID: user, Name: user},
		Command: &connector.Command{Name: name, Args: map[string]string{}}}
}

func (b *board) take(inbox kefu.InboxID, in connector.Inbound) connector.Result {
	b.t.Helper()
	res, err := b.Receive(b.t.Context(), inbox, in)
	if err != nil {
		b.t.Fatalf("receive %s %q: %v", in.Kind, in.Content.Text, err)
	}
	return res
}

// openDesk gives the conversation's desk link a thread, as the dispatcher does.
func (b *board) openDesk(conv kefu.ConversationID, inbox kefu.InboxID, channel string) {
	b.t.Helper()
	err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		links, err := tx.Links(conv)
		for _, l := range links {
			if l.InboxID == inbox {
				return tx.OpenLink(l.ID, channel, channel, nil, "")
			}
		}
		return cmp.Or(err, fmt.Errorf("no link to %s", inbox))
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// texts lists a conversation's messages as "author:text", notes in brackets.
func (b *board) texts(conv kefu.ConversationID) string {
	b.t.Helper()
	var out []string
	b.view(func(tx *store.Tx) error {
		messages, err := tx.Messages(conv, 0, 1000)
		for i, m := range messages {
			if m.Seq != int64(i+1) {
				b.t.Errorf("message %d has seq %d", i, m.Seq)
			}
			s := string(m.Author.Kind) + ":" + m.Content.Text
			if m.Private {
				s = "[" + s + "]"
			}
			out = append(out, s)
		}
		return err
	})
	return strings.Join(out, " ")
}

func (b *board) messages(conv kefu.ConversationID) (messages []store.Message) {
	b.t.Helper()
	b.view(func(tx *store.Tx) (err error) {
		messages, err = tx.Messages(conv, 0, 1000)
		return err
	})
	return messages
}

// queue claims everything due for an inbox, line by line, and lists what it carries, in order.
func (b *board) queue(inbox kefu.InboxID) string {
	b.t.Helper()
	var out []string
	for {
		var claimed []store.Delivery
		err := b.store.Update(b.t.Context(), func(tx *store.Tx) (err error) {
			if claimed, err = tx.Claim(inbox, "test", 100); err != nil {
				return err
			}
			all := tx.Batch()
			for _, d := range claimed {
				all.Finish(d.Delivery, "test", store.Finish{State: kefu.DeliveryDelivered})
				all.Promote(d.Line)
			}
			_, err = all.Run()
			return err
		})
		if err != nil {
			b.t.Fatal(err)
		}
		if len(claimed) == 0 {
			return strings.Join(out, " ")
		}
		for _, d := range claimed {
			out = append(out, b.describe(d))
		}
	}
}

func (b *board) describe(d store.Delivery) string {
	what := string(d.Kind)
	if d.Kind == kefu.DeliverMessage {
		b.view(func(tx *store.Tx) error {
			m, err := tx.Message(d.MessageID)
			what = m.Content.Text
			return err
		})
	} else if len(d.Payload) > 0 && d.Kind == kefu.DeliverStatus {
		what = strings.Split(strings.TrimPrefix(string(d.Payload), `{"kind":"`), `"`)[0]
	}
	return what
}

func (b *board) events() map[string]int {
	b.t.Helper()
	found := map[string]int{}
	err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		if _, _, err := tx.PlaceEvents(10000); err != nil {
			return err
		}
		events, err := tx.EventsSince(0, 10000)
		for i, e := range events {
			if e.Pos != int64(i+1) {
				b.t.Errorf("event %d has position %d", i, e.Pos)
			}
			found[e.Type]++
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

func (b *board) view(fn func(tx *store.Tx) error) {
	b.t.Helper()
	if err := b.store.View(b.t.Context(), fn); err != nil {
		b.t.Fatal(err)
	}
}

// box seals nothing: what is sealed is the box's own test.
type box struct{}

func (box) Seal(plain, _ string) (string, error)  { return plain, nil }
func (box) Open(sealed, _ string) (string, error) { return sealed, nil }
