package switchboard_test

import (
	"log/slog"
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

// stands makes the guild a desk whose threads have a standing of their own.
func (b *board) stands() {
	list := inboxes(guild)
	for i := range list {
		list[i].Stands = list[i].ID == "guild"
	}
	b.Switchboard = switchboard.New(b.store, b.signals, vault{}, box{}, slog.New(slog.DiscardHandler), list)
}

// TestAThreadThatCannotBeOpenedAgainDoesNotCloseTheTalk has a closed thread read at the very moment in which it is forgotten, because it
// cannot be opened again, as in Flex. Closed is what it was left as, and nobody closed it now.
func TestAThreadThatCannotBeOpenedAgainDoesNotCloseTheTalk(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		b.stands()
		conv := b.take("shop", opening("33", "何時出貨")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.take("guild", reads("c1", 0, kefu.StatusClosed))
		b.take("shop", writing("33", "再問一下")) // opens it again
		link, rev := b.standingAt(conv, "guild")

		b.while(conv, func(tx *store.Tx) error {
			all := tx.Batch()
			all.ForgetThread(link, "c1")
			return b.skip(tx, "guild", all)
		}, b.taking("guild", reads("c1", rev, kefu.StatusClosed)))
		b.view(func(tx *store.Tx) error {
			got, err := tx.Conversation(conv)
			if got.Status != kefu.StatusOpen {
				t.Errorf("the talk is %s", got.Status)
			}
			return err
		})
	})
}

// skip ends all that is queued for an inbox, with what else all has to do.
func (b *board) skip(tx *store.Tx, inbox kefu.InboxID, all *store.Batch) error {
	for {
		claimed, err := tx.Claim(inbox, "test", 100)
		if err != nil || len(claimed) == 0 {
			return err
		}
		for _, d := range claimed {
			all.Finish(d.Delivery, "test", store.Finish{State: kefu.DeliverySkipped})
			all.Promote(d.Line)
		}
		if _, err := all.Run(); err != nil {
			return err
		}
	}
}

// reads is how a thread was found to stand.
func reads(thread string, rev int64, status kefu.Status) connector.Inbound {
	return connector.Inbound{Kind: connector.InStanding, ThreadID: thread, Rev: rev, Sender: connector.Sender{Kind: kefu.AuthorAgent, Name: "Flex"},
		Standing: &connector.Standing{Status: status, Only: []string{connector.HasStatus}}}
}

// standingAt gives a conversation's link in an inbox, and how often its standing has changed.
func (b *board) standingAt(conv kefu.ConversationID, inbox kefu.InboxID) (link kefu.LinkID, rev int64) {
	b.t.Helper()
	b.view(func(tx *store.Tx) error {
		links, err := tx.Links(conv)
		for _, l := range links {
			if l.InboxID == inbox && err == nil {
				link = l.ID
				_, rev, err = tx.Standing(l.ID)
			}
		}
		return err
	})
	return link, rev
}
