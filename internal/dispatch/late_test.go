package dispatch_test

import (
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/switchboard"
)

// TestADeskThatJoinsLateIsShownWhatWasSaid holds that a desk which is given a talk has its thread opened at once, with the whole history and
// nothing twice, and that a desk which was there from the beginning has its first message as the card.
func TestADeskThatJoinsLateIsShownWhatWasSaid(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.second.fail(class(connector.Retryable, connector.ScopeThread))
		r.start("n1")
		conv := r.open("a").ConversationID
		r.write("b")
		r.guild.has(t, "c1", "a b")
		boss := kefu.Ask{Caller: kefu.SystemCaller("test")}
		if _, err := r.Transfer(t.Context(), boss, conv, switchboard.TransferRequest{Desk: "second"}); err != nil {
			t.Fatal(err)
		}
		r.second.wait(t, "the history", func() bool {
			has := r.second.threads["c1"]
			return len(r.second.opened) == 1 && len(has) >= 2 && has[0] == "a" && has[1] == "b"
		})
		r.write("c")
		r.second.wait(t, "the next message", func() bool {
			has := r.second.threads["c1"]
			return has[len(has)-1] == "c"
		})
		r.guild.has(t, "c1", "a b c")
		if o := r.second.opened[0]; !o.Again || !o.Late || len(r.second.opened) != 1 {
			t.Errorf("opened %d times, %+v", len(r.second.opened), o)
		}
		if o := r.guild.opened[0]; o.Again || o.Late || len(o.History) != 0 {
			t.Errorf("the first desk was opened with %+v", o)
		}
	})
}
