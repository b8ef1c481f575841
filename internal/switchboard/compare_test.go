package switchboard_test

import (
	"fmt"
	"sync"
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

func (b *board) compare(snap *connector.Snapshot) int {
	b.t.Helper()
	due, _, err := b.DueSyncs(b.t.Context(), "shop", 10)
	if err != nil || len(due) != 1 {
		b.t.Fatalf("due: %v, error %v", due, err)
	}
	found, err := b.Compare(b.t.Context(), due[0].Thread.LinkID, snap)
	if err != nil {
		b.t.Fatal(err)
	}
	return found.Recovered
}

func (b *board) syncNow() {
	b.t.Helper()
	if err := b.SyncAll(b.t.Context(), "shop"); err != nil {
		b.t.Fatal(err)
	}
}

func snapshot(texts ...string) *connector.Snapshot {
	s := &connector.Snapshot{Title: "關於訂單"}
	for _, text := range texts {
		s.Messages = append(s.Messages, writing("33", text))
	}
	return s
}

func TestAMessageWhoseHookWasLostArrives(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.take("shop", writing("33", "three"))
		b.syncNow()
		if n := b.compare(snapshot("one", "two", "three", "three")); n != 2 {
			t.Errorf("%d recovered", n)
		}
		b.syncNow()
		if n := b.compare(snapshot("one", "two", "three", "three")); n != 0 {
			t.Errorf("%d recovered by the second comparison", n)
		}
		if late := b.take("shop", writing("33", "two")); !late.Duplicate {
			t.Error("the late hook of a recovered message doubles it")
		}
		signed := writing("33", "three")
		signed.Key = "wh:9"
		if late := b.take("shop", signed); !late.Duplicate {
			t.Error("the late signed hook of a recovered message doubles it")
		}
		if got := b.texts(res.ConversationID); got != "contact:one contact:three contact:two contact:three" {
			t.Error(got)
		}
		if got := b.queue("guild"); got != "one three two three" {
			t.Error(got)
		}
	})
}

func TestOurOwnAnswersAreCountedOff(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.openDesk(res.ConversationID, "guild", "c1")
		b.take("guild", staff("c1", "answer"))
		snap := snapshot("one")
		ours := writing("33", "answer")
		ours.FingerprintSent = "sent|Amy|answer"
		snap.Messages = append(snap.Messages, ours)
		b.syncNow()
		if n := b.compare(snap); n != 0 {
			t.Errorf("%d of our own answers were taken for the customer's", n)
		}
	})
}

func TestAnUnknownTicketIsRestoredBeforeItsMessage(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", writing("33", "three"))
		if res.MessageID == "" || res.ConversationID == "" {
			t.Fatalf("answered with %+v", res)
		}
		second := b.take("shop", writing("33", "four"))
		if n := b.compare(snapshot("one", "two", "three")); n != 2 {
			t.Errorf("%d recovered", n)
		}
		if got := b.texts(res.ConversationID); got != "contact:one contact:two contact:three contact:four" {
			t.Error(got)
		}
		m := b.messages(res.ConversationID)
		if m[2].ID != res.MessageID || m[3].ID != second.MessageID {
			t.Error("the ids that were answered are not those that were stored")
		}
		if next := b.take("shop", writing("33", "five")); next.ConversationID != res.ConversationID {
			t.Error("the ticket is still being restored")
		}
	})
}

func TestAnUnknownTicketDoesNotWaitForASiteThatIsDown(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", writing("33", "two"))
		b.take("shop", closing("33", true))
		b.compare(nil)
		if got := b.texts(res.ConversationID); got != "contact:two [contact:closed by 網站/客戶端]" {
			t.Error(got)
		}
		if got := b.queue("guild"); got != "two closed" {
			t.Error(got)
		}
		late := b.take("shop", opening("33", "one"))
		if late.Duplicate || late.ConversationID != res.ConversationID {
			t.Errorf("a create that came last gave %+v", late)
		}
	})
}

func TestTheSiteSettlesDoubts(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.take("shop", writing("33", "ok"))
		b.take("shop", writing("33", "ok"))
		b.syncNow()
		b.compare(snapshot("one", "ok", "ok"))
		if m := b.messages(res.ConversationID)[2]; m.Meta.PossibleDuplicate || m.Meta.Duplicate {
			t.Errorf("two real ok: %+v", m.Meta)
		}
	})
}

func TestALostCloseIsFound(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		b.take("shop", opening("33", "one"))
		b.queue("guild")
		b.syncNow()
		snap := snapshot("one")
		snap.Status = kefu.StatusClosed
		b.compare(snap)
		if got := b.queue("guild") + "|" + b.queue("shop"); got != "closed|" {
			t.Error(got)
		}
	})
}

// TestAnEndThatIsKnownIsNoLostClose opens a talk again whose site goes on showing that it has ended: only an end after that would be news.
func TestAnEndThatIsKnownIsNoLostClose(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		ended, going := snapshot("one"), snapshot("one")
		ended.Status, going.Status = kefu.StatusClosed, kefu.StatusOpen
		status := func(want kefu.Status, snap *connector.Snapshot) {
			t.Helper()
			if snap != nil {
				b.syncNow()
				b.compare(snap)
			}
			if got := b.talk(res.ConversationID).Status; got != want {
				t.Errorf("it is %s, want %s", got, want)
			}
		}
		b.take("shop", connector.Inbound{Kind: connector.InStatus, ThreadID: "33", Status: kefu.StatusClosed, ClosedBy: "網站/客戶端", Force: true})
		status(kefu.StatusClosed, nil)
		b.openDesk(res.ConversationID, "guild", "c1")
		b.take("guild", command("c1", "u1", connector.CmdReopen))
		status(kefu.StatusOpen, ended)
		b.take("guild", command("c1", "u1", connector.CmdClose))
		status(kefu.StatusClosed, nil)
		b.take("guild", command("c1", "u1", connector.CmdReopen))
		status(kefu.StatusOpen, ended)
		status(kefu.StatusOpen, going)
		status(kefu.StatusClosed, ended)
	})
}

func TestAnUnknownStatusWordIsKeptAndChangesNothing(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.syncNow()
		snap := snapshot("one")
		snap.StatusWord, snap.Name = "等待中", "#改名"
		b.compare(snap)
		b.view(func(tx *store.Tx) error {
			link, _, err := tx.Thread("shop", "33")
			if string(link.Meta) != `{"status_word":"等待中"}` || link.Name != "#改名" || link.Status != kefu.StatusOpen {
				t.Errorf("meta %s, name %s, status %s", link.Meta, link.Name, link.Status)
			}
			return err
		})
		if got := b.texts(res.ConversationID); got != "contact:one" {
			t.Error(got)
		}
	})
}

// TestASweepAndALateHookAreOneMessage lets the comparison and the repeated hook of the same message race: it is one message, whoever wins.
func TestASweepAndALateHookAreOneMessage(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		want := "contact:one"
		snap := snapshot("one")
		for i := range 20 {
			text := fmt.Sprintf("m%d", i)
			want += " contact:" + text
			in := writing("33", text)
			snap.Messages = append(snap.Messages, in)
			in.Key = "wh:" + text
			b.syncNow()
			due, _, err := b.DueSyncs(t.Context(), "shop", 1)
			if err != nil {
				t.Fatal(err)
			}
			var both sync.WaitGroup
			both.Go(func() {
				if _, err := b.Compare(t.Context(), due[0].Thread.LinkID, snap); err != nil {
					t.Error(err)
				}
			})
			both.Go(func() { b.take("shop", in) })
			both.Wait()
		}
		if got := b.texts(res.ConversationID); got != want {
			t.Error(got)
		}
	})
}
