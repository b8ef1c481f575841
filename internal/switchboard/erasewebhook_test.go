package switchboard_test

import (
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// TestAnErasedPersonIsNotInTheLogOfWebhooks: neither what was sent, nor what was answered, nor what is still to be sent has a word of them.
func TestAnErasedPersonIsNotInTheLogOfWebhooks(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		b.alter(func(tx *store.Tx) error {
			if err := tx.InsertEndpoint(kefu.Endpoint{ID: "whe_1", Name: "shop", URL: "https://hooks.example.com/", Enabled: true}); err != nil {
				return err
			}
			return tx.Subscribe("whe_1", []string{"message.received", "ticket.created", "user.created"})
		})
		lost := b.said("1", "Wang", "long ago")
		b.sent(lost, kefu.DeliveryQueued)
		b.alter(func(tx *store.Tx) error {
			_, err := tx.PruneEvents(tx.Now.Add(time.Hour), 1000)
			return err
		})
		waits := b.said("1", "Wang", "我的地址")
		b.sent(waits, kefu.DeliveryQueued)
		done := b.said("1", "Wang", "我的電話")
		b.sent(done, kefu.DeliveryDelivered)
		other := b.said("2", "Lee", "somebody else")
		b.sent(other, kefu.DeliveryQueued)

		if _, err := b.EraseContact(t.Context(), operator(), b.whoSaid("1")); err != nil {
			t.Fatal(err)
		}
		for table, text := range storetest.Dump(t, b.store.DB()) {
			for _, word := range []string{"long ago", "我的地址", "我的電話", "Wang"} {
				if strings.Contains(text, word) {
					t.Errorf("%s still has %q: %.300s", table, word, text)
				}
			}
		}
		b.view(func(tx *store.Tx) error {
			for _, old := range append(waits, other...) {
				d, err := tx.WebhookDelivery(old.N)
				if err != nil {
					return err
				}
				attempts, err := tx.WebhookAttempts(d.N)
				if err != nil {
					return err
				}
				mine := d.N < other[0].N
				if d.State != kefu.DeliveryQueued || (d.Body == "") != mine || len(attempts) != 1 || (attempts[0].Answer == "") != mine {
					t.Errorf("%s: %+v, %+v", d.EventType, d, attempts)
				}
				if e, err := tx.EventByN(d.EventN); err != nil || mine && strings.Contains(string(e.Data), "我的地址") {
					t.Errorf("it would be written anew from %s, %v", e.Data, err)
				}
			}
			return nil
		})
	})
}

// said has a customer write and returns the deliveries that are made of it.
func (b *board) said(ticket, name, text string) (made []kefu.WebhookDelivery) {
	b.t.Helper()
	last := int64(0)
	b.view(func(tx *store.Tx) (err error) { last, err = tx.LastWebhook(); return err })
	in := writing(ticket, text)
	if last == 0 || name != "Wang" {
		in = opening(ticket, text)
	}
	in.Sender = connector.Sender{Kind: kefu.AuthorContact, ID: "v" + ticket, Name: name}
	b.take("shop", in)
	b.alter(func(tx *store.Tx) (err error) { _, _, err = tx.PlaceEvents(1000); return err })
	b.view(func(tx *store.Tx) (err error) { made, err = tx.WebhooksAfter(last, 100); return err })
	if len(made) == 0 {
		b.t.Fatal("nothing is delivered")
	}
	return made
}

// sent records a first attempt of each: what was sent, and an answer that repeats it.
func (b *board) sent(all []kefu.WebhookDelivery, state kefu.DeliveryState) {
	b.t.Helper()
	b.alter(func(tx *store.Tx) error {
		batch := tx.Batch()
		for _, d := range all {
			e, err := tx.EventByN(d.EventN)
			if err != nil {
				return err
			}
			d.State, d.Attempts, d.Body = state, 1, string(e.Data)
			batch.InsertWebhookAttempt(kefu.WebhookAttempt{DeliveryN: d.N, No: 1, StartedAt: tx.Now, Answer: d.Body})
			if state.Final() {
				d.Body = ""
			}
			batch.FinishWebhook(d, time.Second, string(e.Data))
		}
		_, err := batch.Run()
		return err
	})
}

// whoSaid finds who wrote a ticket.
func (b *board) whoSaid(ticket string) (id kefu.ContactID) {
	b.t.Helper()
	in := writing(ticket, "one more")
	in.Sender = connector.Sender{Kind: kefu.AuthorContact, ID: "v" + ticket, Name: "Wang"}
	return kefu.ContactID(b.messages(b.take("shop", in).ConversationID)[0].Author.ID)
}
