package switchboard_test

import (
	"testing"

	"kefu"
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
