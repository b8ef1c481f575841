package chatwoot

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	fake "kefu/internal/fake/chatwoot"
)

// TestChangedInALongTime has so much change that one answer cannot hold it: it is read page by page.
func TestChangedInALongTime(t *testing.T) {
	r := newRig(t, nil)
	var want []string
	for range 60 {
		th, _ := r.channel(fake.APIInbox)
		want = append([]string{th.ExternalID}, want...)
	}
	r.s.Inject(fake.Fault{Kind: fake.FaultHuge, Method: http.MethodGet, Path: regexp.MustCompile(`/conversations$`), Count: 1})
	same(t, "changed", must[[]string](t)(r.c.Changed(t.Context(), time.Now().Add(-time.Hour))), want)
}

// TestFirstStartAtAnOldServer does not read every conversation that was ever resolved.
func TestFirstStartAtAnOldServer(t *testing.T) {
	r := newRig(t, nil)
	for range mostResolved + 100 {
		_, id := r.channel(fake.APIInbox)
		if err := r.s.Resolve(id, fake.Agent); err != nil {
			t.Fatal(err)
		}
	}
	open, _ := r.channel(fake.APIInbox)
	var got []string
	asked := r.asked(func() { got = must[[]string](t)(r.c.Changed(t.Context(), time.Time{})) })
	same(t, "named", got, []string{open.ExternalID})
	if most := mostResolved/25 + 6; len(asked) > most {
		t.Errorf("%d requests, want at most %d", len(asked), most)
	}
}
