package dispatch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

func TestMessagesArriveInOrderWhateverFails(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.guild.fail(class(connector.Retryable, connector.ScopeThread), nil, class(connector.Uncertain, connector.ScopeThread))
		r.start("n1")
		r.open("a")
		var want []string
		for i := range 10 {
			r.write(fmt.Sprint(i))
			want = append(want, fmt.Sprint(i))
		}
		r.guild.has(t, "c1", "a "+strings.Join(want, " "))
		if len(r.guild.opened) != 1 || r.guild.opened[0].Name != "#客-33" {
			t.Errorf("opened %+v", r.guild.opened)
		}
	})
}

func TestAnAnswerIsMarkedAndAFailureSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.start("n1")
		r.open("a")
		r.guild.has(t, "c1", "a")
		r.answer("c1", "x")
		r.guild.wait(t, "mark of x", func() bool { return slices.Contains(r.guild.marks, "m-x:delivered") })
		r.shop.fail(class(connector.Permanent, connector.ScopeThread))
		failed := r.answer("c1", "y")
		r.guild.wait(t, "mark of y", func() bool { return slices.Contains(r.guild.marks, "m-y:failed") })
		d := r.delivery(failed.MessageID, "shop")
		if d.State != kefu.DeliveryFailed || d.Reason != "scripted" {
			t.Errorf("%+v", d)
		}
		r.answer("c1", "z")
		r.shop.has(t, "33", "x z")
		retry := connector.Inbound{Kind: connector.InCommand, ThreadID: "c1", Sender: connector.Sender{Kind: kefu.AuthorAgent, ID: "u", Name: "Amy"},
			Command: &connector.Command{Name: connector.CmdRetry, Args: map[string]string{"delivery": string(d.ID)}}}
		if out := r.take("guild", retry); out.View.Refused != "" {
			t.Errorf("retry refused: %s", out.View.Refused)
		}
		r.shop.has(t, "33", "x z y")
		r.guild.wait(t, "second mark of y", func() bool { return slices.Contains(r.guild.marks, "m-y:delivered") })
		if out := r.take("guild", retry); out.View.Refused != connector.RefusedFinal {
			t.Errorf("a delivered message can be retried: %q", out.View.Refused)
		}
	})
}

// TestTheMarkOfAReplyFromAFormWaitsForTheReply: such a reply is not in the channel until it is delivered there too.
func TestTheMarkOfAReplyFromAFormWaitsForTheReply(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.start("n1")
		r.open("a")
		r.guild.has(t, "c1", "a")
		r.guild.fail(class(connector.Retryable, connector.ScopeThread)) // the copy comes a second after the site has the reply
		res := r.take("guild", connector.Inbound{Kind: connector.InCommand, ThreadID: "c1", Content: kefu.Content{Text: "x"},
			Sender: connector.Sender{Kind: kefu.AuthorAgent, ID: "u", Name: "Amy"}, Command: &connector.Command{Name: connector.CmdReply}})
		r.shop.has(t, "33", "x")
		r.guild.has(t, "c1", "a x")
		want := string(r.delivery(res.MessageID, "guild").ID) + ":delivered"
		r.guild.wait(t, want, func() bool { return slices.Contains(r.guild.marks, want) })
		for _, m := range r.guild.marks {
			if strings.HasPrefix(m, ":") {
				t.Errorf("marked nothing: %v", r.guild.marks)
			}
		}
	})
}

func TestALongWaitIsMarked(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		hold := make(chan struct{})
		r.shop.hold = hold
		r.start("n1")
		r.open("a")
		r.guild.has(t, "c1", "a")
		r.answer("c1", "x")
		r.guild.wait(t, "waiting mark", func() bool { return slices.Equal(r.guild.marks, []string{"m-x:waiting"}) })
		close(hold)
		r.guild.wait(t, "delivered mark", func() bool { return slices.Equal(r.guild.marks, []string{"m-x:waiting", "m-x:delivered"}) })
	})
}

// TestAMarkThatIsWokenWhileItIsShownLooksAgain edits a message while its mark is on its way: what is shown last must be true.
func TestAMarkThatIsWokenWhileItIsShownLooksAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.start("n1")
		r.open("a")
		r.guild.has(t, "c1", "a")
		marking, edited := make(chan struct{}), make(chan struct{})
		r.guild.beforeMark = func() {
			r.guild.beforeMark = nil
			close(marking)
			<-edited
		}
		r.answer("c1", "x")
		<-marking
		r.take("guild", connector.Inbound{Kind: connector.InEdit, ThreadID: "c1", ExternalID: "x", Content: kefu.Content{Text: "y"}})
		close(edited)
		r.guild.wait(t, "the mark of an edit", func() bool { return slices.Contains(r.guild.marks, "m-x:edited") })
	})
}

func TestAVanishedThreadIsMadeAgainWithItsHistory(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.start("n1")
		r.open("a")
		r.write("b")
		r.guild.has(t, "c1", "a b")
		r.guild.mu.Lock()
		delete(r.guild.threads, "c1")
		r.guild.mu.Unlock()
		r.write("c")
		r.guild.has(t, "c2", "a b c")
		gone := connector.Inbound{Kind: connector.InGone, ThreadID: "c2", Reopen: true}
		r.take("guild", gone)
		r.guild.has(t, "c3", "a b c")
		r.until("c3 is stored", func() bool {
			_, known, err := r.Thread(t.Context(), "guild", "c3")
			return known && err == nil
		})
		gone.ThreadID, gone.Reopen = "c3", false
		r.take("guild", gone)
		r.write("d")
		r.guild.has(t, "c4", "a b c d")
	})
}

func TestAWaitThatTheRemoteAskedForIsNotATry(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.guild.fail(&connector.SendError{Class: connector.Retryable, Scope: connector.ScopeRoute, RetryAfter: 30 * time.Millisecond, Reason: "429"})
		r.start("n1")
		res := r.open("a")
		r.guild.has(t, "c1", "a")
		r.until("delivered", func() bool { return r.delivery(res.MessageID, "guild").State == kefu.DeliveryDelivered })
		if d := r.delivery(res.MessageID, "guild"); d.Attempts != 1 {
			t.Errorf("%d tries", d.Attempts)
		}
		err := r.store.View(t.Context(), func(tx *store.Tx) error {
			attempts, err := tx.Attempts(r.delivery(res.MessageID, "guild").ID)
			if len(attempts) != 2 || attempts[0].Outcome != kefu.OutcomeWaiting || attempts[1].Outcome != kefu.OutcomeDelivered {
				t.Errorf("%+v", attempts)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestWhatWasBeingSentWhenTheProcessDiedIsLookedFor leaves a claim behind as kill -9 does, with the message at the remote already.
func TestWhatWasBeingSentWhenTheProcessDiedIsLookedFor(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		stop := r.start("n1")
		res := r.open("a")
		r.guild.has(t, "c1", "a")
		r.until("delivered", func() bool { return r.delivery(res.MessageID, "guild").State == kefu.DeliveryDelivered })
		stop()
		r.write("b")
		r.write("c")
		err := r.store.Update(t.Context(), func(tx *store.Tx) error {
			claimed, err := tx.Claim("guild", "dead", 10)
			if len(claimed) != 1 {
				t.Errorf("%d claimed: only the head of a line may be", len(claimed))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r.guild.mu.Lock()
		r.guild.threads["c1"] = append(r.guild.threads["c1"], "b") // the effect is done, the record is lost
		r.guild.mu.Unlock()
		began := time.Now()
		r.start("n2")
		r.guild.has(t, "c1", "a b c")
		t.Logf("first new delivery %s after the start", time.Since(began))
		if r.guild.unsure != 1 {
			t.Errorf("%d were looked for", r.guild.unsure)
		}
	})
}

func TestWithoutALookUncertainIsFinalAndShown(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.looks = false
		r.start("n1")
		r.open("a")
		r.guild.has(t, "c1", "a")
		r.shop.fail(class(connector.Uncertain, connector.ScopeThread))
		res := r.answer("c1", "x")
		r.guild.wait(t, "uncertain mark", func() bool { return slices.Contains(r.guild.marks, "m-x:uncertain") })
		r.answer("c1", "y")
		r.shop.has(t, "33", "y")
		if d := r.delivery(res.MessageID, "shop"); d.State != kefu.DeliveryUncertain {
			t.Errorf("state %s", d.State)
		}
	})
}

func TestADeadInboxHoldsUpNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.start("n1")
		r.open("a")
		r.guild.has(t, "c1", "a")
		for range 8 {
			r.shop.fail(class(connector.Retryable, connector.ScopeInbox))
		}
		r.answer("c1", "x")
		r.write("b")
		r.guild.has(t, "c1", "a b")
		r.shop.wait(t, "tries", func() bool { return r.shop.sends >= 2 })
	})
}

func TestClosingTellsTheDeskWithATranscript(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.start("n1")
		r.open("a")
		r.take("shop", connector.Inbound{Kind: connector.InStatus, ThreadID: "33", Status: kefu.StatusClosed, ClosedBy: "網站/客戶端", Force: true})
		r.guild.wait(t, "close", func() bool { return slices.Equal(r.guild.status, []string{"c1 closed 2"}) })
	})
}

// TestAClockSetBackHoldsUpNothing leaves due times behind that a clock an hour ahead has written.
func TestAClockSetBackHoldsUpNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.open("a")
		err := r.store.Update(t.Context(), func(tx *store.Tx) error {
			claimed, err := tx.Claim("guild", "n0", 1)
			if err != nil {
				return err
			}
			all := tx.Batch()
			all.Finish(claimed[0].Delivery, "n0", store.Finish{State: kefu.DeliveryQueued, DueIn: time.Hour})
			_, err = all.Run()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r.start("n1")
		r.guild.has(t, "c1", "a")
	})
}
