package switchboard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

func TestLabelOnceAndIfMatch(t *testing.T) {
	each(t, nil, func(t *testing.T, b *board) {
		ask := kefu.Ask{Caller: kefu.SystemCaller("test"), Key: "k1", Fingerprint: "f1"}
		ch := switchboard.LabelChange{Name: kefu.Some("退貨")}
		first, err := b.CreateLabel(t.Context(), ask, ch)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.CreateLabel(t.Context(), ask, ch)
		if err != nil || again != first {
			t.Errorf("the same key: %+v, %v; want %+v", again, err, first)
		}
		ask.Fingerprint = "f2"
		if _, err = b.CreateLabel(t.Context(), ask, ch); kefu.KindOf(err) != kefu.KindConflict {
			t.Errorf("the same key for another request: %v", err)
		}
		ask.Key = ""
		if _, err = b.CreateLabel(t.Context(), ask, ch); kefu.KindOf(err) != kefu.KindConflict {
			t.Errorf("a name that is taken: %v", err)
		}
		ask.IfMatch = kefu.ETag(first)
		changed, err := b.UpdateLabel(t.Context(), ask, first.ID, switchboard.LabelChange{Color: kefu.Some("#ff0000")})
		if err != nil || changed.Color != "#ff0000" || changed.Name != "退貨" {
			t.Errorf("%+v, %v", changed, err)
		}
		if _, err = b.UpdateLabel(t.Context(), ask, first.ID, switchboard.LabelChange{Color: kefu.Some("#00ff00")}); kefu.KindOf(err) != kefu.KindPrecondition {
			t.Errorf("a lost race: %v", err)
		}
	})
}

// TestWhatIsAskedDryIsNotDone: not in the database, nor for its key, and nobody is woken.
func TestWhatIsAskedDryIsNotDone(t *testing.T) {
	each(t, []kefu.InboxID{"guild"}, func(t *testing.T, b *board) {
		conv := b.begin(switchboard.NewConversation{})
		woken, cancel := b.signals.Subscribe(bus.Deliveries)
		defer cancel()
		before := storetest.Dump(t, b.store.DB())
		dry := kefu.Ask{Caller: kefu.SystemCaller("test"), Key: "k1", Fingerprint: "f1", Dry: true}
		say := switchboard.NewMessage{ConversationID: conv.ID, Content: "hello"}
		_, said := b.Send(t.Context(), dry, say)
		_, exported := b.ExportContact(t.Context(), dry, conv.ContactID)
		_, erased := b.EraseContact(t.Context(), dry, conv.ContactID)
		_, kept := b.Upload(t.Context(), dry, strings.NewReader("x"), "x.txt")
		for name, err := range map[string]error{"message": said, "export": exported, "erasure": erased, "upload": kept} {
			if !errors.Is(err, store.ErrDry) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := b.Send(t.Context(), dry, switchboard.NewMessage{}); kefu.KindOf(err) != kefu.KindInvalid {
			t.Errorf("with faults: %v", err)
		}
		if diff := cmp.Diff(before, storetest.Dump(t, b.store.DB())); diff != "" {
			t.Error(diff)
		}
		select {
		case <-woken:
			t.Error("somebody was woken")
		default:
		}
		dry.Dry = false
		b.say(dry, say)
		select {
		case <-woken:
		default:
			t.Error("nobody was woken by what was done")
		}
	})
}
