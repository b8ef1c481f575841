package chatwoot

import (
	"strconv"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
)

// TestAFloodIsNotLost sends more into one conversation than Chatwoot takes within a minute, as after a long outage: the rest waits.
func TestAFloodIsNotLost(t *testing.T) {
	r := newRig(t, nil)
	th := r.desk("a")
	for i := range 250 {
		out := outbound(th, strconv.Itoa(i), kefu.AuthorContact, kefu.Content{Text: strconv.Itoa(i)})
		_, err := r.c.Send(t.Context(), out)
		if err == nil {
			continue
		}
		if e := connector.Failure(err); e.Class != connector.Retryable || e.Scope != connector.ScopeThread || e.RetryAfter <= 0 {
			t.Fatalf("message %d: %v (%s)", i, err, e.Class)
		}
		r.ahead(time.Minute + time.Second)
		r.send(out)
	}
	if got := r.public(th); len(got) != 250 || got[249] != "incoming: 249" {
		t.Errorf("%d messages arrived", len(got))
	}
}
