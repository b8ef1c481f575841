package switchboard_test

import (
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func hook(thread string) connector.Inbound {
	return connector.Inbound{Kind: connector.InLook, ThreadID: thread}
}

// dueLooks lists what is to be read in the guild.
func (b *board) dueLooks() []switchboard.Look {
	b.t.Helper()
	due, err := b.DueLooks(b.t.Context(), "guild", nil, 10)
	if err != nil {
		b.t.Fatal(err)
	}
	return due
}

// TestWhatIsSaidOfAThreadIsReadWhateverALookComesTo has a hook come after a look was begun: neither its end nor its failure, nor that of a
// look of another node whose lease has run out, takes the hook with it.
func TestWhatIsSaidOfAThreadIsReadWhateverALookComesTo(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		b.take("guild", hook("c1"))
		late := b.dueLooks()[0] // of a node that goes on in a while
		b.take("guild", hook("c1"))
		again := b.dueLooks()
		if err := b.Looked(t.Context(), "guild", late); err != nil {
			t.Fatal(err)
		}
		if got := b.dueLooks(); len(got) != 1 || len(again) != 1 {
			t.Fatalf("%d looks are due, and were %d", len(got), len(again))
		}
		if err := b.Looked(t.Context(), "guild", again[0]); err != nil {
			t.Fatal(err)
		}
		if got := b.dueLooks(); len(got) != 0 {
			t.Fatalf("due although it was read: %+v", got)
		}
		b.take("guild", hook("c1")) // counts from 1 again
		if err := b.Looked(t.Context(), "guild", late); err != nil {
			t.Fatal(err)
		}
		if got := b.dueLooks(); len(got) != 1 {
			t.Error("an old look has taken a new hook with it")
		}
	})
}

// TestALookWaitsAsLongAsItWasPutOff has hooks come to a thread that cannot be read, and then arrive what its look waited for.
func TestALookWaitsAsLongAsItWasPutOff(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		b.stands()
		conv := b.take("shop", opening("33", "何時出貨")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.take("guild", hook("c1"))
		l := b.dueLooks()[0]
		l.Tries = 3
		if err := b.PutOffLook(t.Context(), "guild", l, time.Hour); err != nil {
			t.Fatal(err)
		}
		b.take("guild", hook("c1"))
		if got := b.dueLooks(); len(got) != 0 {
			t.Errorf("a hook makes it due: %+v", got)
		}
		b.shown(b.linkIn(conv, "guild"))
		if got := b.dueLooks(); len(got) != 1 || got[0].Tries != 3 || got[0].Thread.LinkID == "" {
			t.Errorf("what it waited for has arrived, and due is %+v", got)
		}
	})
}

// shown has a difference arrive at a link's thread.
func (b *board) shown(l store.Link) {
	b.t.Helper()
	if err := b.store.Update(b.t.Context(), func(tx *store.Tx) error {
		return b.StandingShown(tx, l, switchboard.StandingPayload{To: connector.Standing{Status: kefu.StatusClosed}}, connector.Standing{Status: kefu.StatusClosed})
	}); err != nil {
		b.t.Fatal(err)
	}
}

// TestAThreadThatIsForgottenIsNotRead has a difference come to its end for a thread that is not there any more.
func TestAThreadThatIsForgottenIsNotRead(t *testing.T) {
	each(t, guild, func(t *testing.T, b *board) {
		b.stands()
		conv := b.take("shop", opening("33", "何時出貨")).ConversationID
		b.openDesk(conv, "guild", "c1")
		b.take("guild", connector.Inbound{Kind: connector.InGone, ThreadID: "c1"})
		b.shown(b.linkIn(conv, "guild"))
		if got := b.dueLooks(); len(got) != 0 {
			t.Errorf("due is %+v", got)
		}
	})
}
