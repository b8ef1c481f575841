package switchboard_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

var guild = []kefu.InboxID{"guild"}

func TestATicketGoesToItsDeskAndTheAnswerBack(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "何時出貨"))
		b.take("shop", writing("33", "謝謝"))
		if got := b.queue("guild"); got != "何時出貨 謝謝" {
			t.Errorf("to the desk: %s", got)
		}
		b.openDesk(res.ConversationID, "guild", "c1")
		answer := b.take("guild", staff("c1", "明天"))
		if got := b.queue("shop"); got != "明天" {
			t.Errorf("to the shop: %s", got)
		}
		if got := b.texts(res.ConversationID); got != "contact:何時出貨 contact:謝謝 agent:明天" {
			t.Errorf("stored: %s", got)
		}
		if answer.ConversationID != res.ConversationID {
			t.Errorf("the answer went to %s", answer.ConversationID)
		}
		want := map[string]int{"conversation.created": 1, "ticket.created": 1, "message.received": 2, "message.sent": 1, "ticket.updated": 1,
			"agent.status_changed": 1, "user.created": 2}
		if diff := cmp.Diff(want, b.events()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhatSettlesDuplicates(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		first := b.take("shop", opening("33", "one"))
		for range 4 {
			if again := b.take("shop", opening("33", "one")); !again.Duplicate || again.MessageID != first.MessageID {
				t.Errorf("a create sent again gave %+v", again)
			}
		}
		keyed := writing("33", "two")
		keyed.Key = "wh:7"
		a := b.take("shop", keyed)
		if again := b.take("shop", keyed); !again.Duplicate || again.MessageID != a.MessageID || again.ConversationID != a.ConversationID {
			t.Errorf("a known key gave %+v, first %+v", again, a)
		}
		b.take("shop", writing("33", "ok"))
		second := b.take("shop", writing("33", "ok"))
		if second.Duplicate {
			t.Error("two real ok stay two")
		}
		b.view(func(tx *store.Tx) error {
			m, err := tx.Message(second.MessageID)
			if !m.Meta.PossibleDuplicate {
				t.Error("the second ok within 30 s is not marked")
			}
			return err
		})
		if got := b.texts(first.ConversationID); got != "contact:one contact:two contact:ok contact:ok" {
			t.Error(got)
		}
	})
}

func TestTwoCreatesAtOnceAreOneTicket(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		var all sync.WaitGroup
		results := make([]connector.Result, 20)
		for i := range results {
			all.Go(func() {
				for range 10 { // 503 is an answer to try again
					res, err := b.Receive(t.Context(), "shop", opening("33", "one"))
					if err == nil {
						results[i] = res
						return
					}
				}
			})
		}
		all.Wait()
		fresh := 0
		for _, r := range results {
			if r.ConversationID != results[0].ConversationID || r.MessageID == "" {
				t.Errorf("results differ: %+v and %+v", r, results[0])
			}
			if !r.Duplicate {
				fresh++
			}
		}
		if fresh != 1 || b.texts(results[0].ConversationID) != "contact:one" || b.queue("guild") != "one" {
			t.Errorf("%d were first; stored %s", fresh, b.texts(results[0].ConversationID))
		}
	})
}

func TestOneKeyFromManyConnectionsIsOneMessage(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "first"))
		in := writing("33", "once")
		in.Key = "wh:1"
		var all sync.WaitGroup
		ids := make([]kefu.MessageID, 20)
		for i := range ids {
			all.Go(func() {
				out, err := b.Receive(t.Context(), "shop", in)
				if err != nil {
					t.Error(err)
				}
				ids[i] = out.MessageID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] || id == "" {
				t.Errorf("answered with %q and %q", id, ids[0])
			}
		}
		if got := b.texts(res.ConversationID); got != "contact:first contact:once" {
			t.Error(got)
		}
	})
}

func TestManyWritersLeaveNoGapInSeqOrPositions(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "first"))
		var all sync.WaitGroup
		for w := range 8 {
			all.Go(func() {
				for i := range 10 {
					if _, err := b.Receive(t.Context(), "shop", writing("33", fmt.Sprintf("%d-%d", w, i))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if got := len(strings.Fields(b.texts(res.ConversationID))); got != 81 { // texts checks the seqs
			t.Errorf("%d messages", got)
		}
		if got := b.events()["message.received"]; got != 81 { // events checks the positions
			t.Errorf("%d events", got)
		}
		if got := strings.Fields(b.queue("guild")); len(got) != 81 || got[0] != "first" {
			t.Errorf("%d deliveries, the first is %v", len(got), got[:1])
		}
	})
}

func TestOurOwnMessageComingBackIsKnownByWhatWeSent(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.openDesk(res.ConversationID, "guild", "c1")
		sent := b.take("guild", staff("c1", "answer"))
		echo := writing("33", "whatever the site makes of it")
		echo.FingerprintSent = "sent|Amy|answer"
		if got := b.take("shop", echo); got.Ignored == "" || got.MessageID != sent.MessageID {
			t.Errorf("an echo that is faster than the answer gave %+v", got)
		}
		if got := b.texts(res.ConversationID); got != "contact:one agent:answer" {
			t.Error(got)
		}
	})
}

func TestAClosedConversationIsReopenedOrFollowed(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.take("shop", closing("33", true))
		within := b.take("shop", writing("33", "again"))
		if within.ConversationID != res.ConversationID {
			t.Error("a message within 7 days begins a new conversation")
		}
		if got := b.queue("guild"); got != "one closed reopened again" {
			t.Error(got)
		}
		b.take("shop", closing("33", true))
		err := b.store.Update(t.Context(), func(tx *store.Tx) error {
			return tx.SetStatus(res.ConversationID, kefu.StatusClosed, tx.Now.Add(-8*24*time.Hour), "x")
		})
		if err != nil {
			t.Fatal(err)
		}
		late := b.take("shop", writing("33", "late"))
		if late.ConversationID == res.ConversationID {
			t.Fatal("a message after 8 days reopens the old conversation")
		}
		b.view(func(tx *store.Tx) error {
			conv, err := tx.Conversation(late.ConversationID)
			if conv.PreviousID != res.ConversationID {
				t.Errorf("the new conversation refers to %q", conv.PreviousID)
			}
			return err
		})
		if next := b.take("shop", writing("33", "more")); next.ConversationID != late.ConversationID {
			t.Error("the customer link did not move")
		}
	})
}

func closing(ticket string, force bool) connector.Inbound {
	return connector.Inbound{Kind: connector.InStatus, ThreadID: ticket, ThreadName: "#網站-客-0033", Status: kefu.StatusClosed, ClosedBy: "網站/客戶端", Force: force,
		Sender: connector.Sender{Kind: kefu.AuthorContact}}
}

func TestClosingTwiceIsClosingOnce(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.openDesk(res.ConversationID, "guild", "c1")
		if asked := b.take("shop", closing("33", false)); asked.MessageID == "" {
			t.Error("a close that does not insist asks nobody")
		}
		if got := b.queue("guild"); !strings.Contains(got, "網站/客戶端") {
			t.Errorf("the desk is not asked: %s", got)
		}
		b.take("shop", closing("33", true))
		if again := b.take("shop", closing("33", true)); !again.Duplicate {
			t.Error("the second close counts")
		}
		if got := b.queue("guild") + "|" + b.queue("shop"); got != "closed|" {
			t.Errorf("told %s", got)
		}
		b.take("guild", command("c1", "u1", connector.CmdReopen))
		b.take("guild", command("c1", "u1", connector.CmdClose))
		if got := b.queue("guild") + "|" + b.queue("shop"); got != "reopened closed|closed" {
			t.Errorf("told %s", got)
		}
		b.take("shop", closing("33", true))
		if got := b.events(); got["ticket.closed"] != 2 || got["conversation.closed"] != 2 {
			t.Errorf("events %v", got)
		}
	})
}

func TestFiftyClaimsHaveOneOwner(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.openDesk(res.ConversationID, "guild", "c1")
		var all sync.WaitGroup
		views := make([]*connector.View, 50)
		for i := range views {
			all.Go(func() {
				out, err := b.Receive(t.Context(), "guild", command("c1", fmt.Sprintf("user%d", i), connector.CmdClaim))
				if err != nil {
					t.Error(err)
					return
				}
				views[i] = out.View
			})
		}
		all.Wait()
		owners, told := 0, map[string]int{}
		for _, v := range views {
			if v == nil {
				continue
			}
			if v.Refused == "" {
				owners++
			}
			told[v.Owner]++
		}
		if owners != 1 || len(told) != 1 {
			t.Errorf("%d owners; told %v", owners, told)
		}
	})
}

func TestTheTextOfAnotherDeskIsANote(t *testing.T) {
	each(t, []kefu.InboxID{"guild", "second"}, func(t *testing.T, b *board) {
		res := b.take("shop", opening("33", "one"))
		b.openDesk(res.ConversationID, "guild", "c1")
		b.openDesk(res.ConversationID, "second", "d1")
		b.queue("second")
		b.take("guild", staff("c1", "mine"))
		if out := b.take("second", staff("d1", "also")); !out.Private {
			t.Error("the other desk's text went to the customer")
		}
		if got := b.queue("shop") + "|" + b.queue("second"); got != "mine|mine" {
			t.Error(got)
		}
		b.take("second", command("d1", "u2", connector.CmdTakeOver))
		b.take("second", staff("d1", "now"))
		if got := b.queue("shop"); got != "now" {
			t.Errorf("after taking over: %s", got)
		}
		note := staff("d1", "for us")
		note.Note = true
		b.take("second", note)
		if got := b.queue("shop") + "|" + b.queue("guild"); got != "|one also now for us" {
			t.Errorf("notes: %s", got)
		}
	})
}
