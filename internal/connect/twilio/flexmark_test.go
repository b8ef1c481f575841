package twilio

import (
	"strings"
	"testing"

	"kefu/internal/connector"
)

// TestAgentsAreToldOfWhatDidNotArrive tells each failure once, and nothing of what arrived.
func TestAgentsAreToldOfWhatDidNotArrive(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	mark := connector.Mark{DeliveryID: "dlv_1_m", Thread: th, State: connector.MarkDelivered}
	for _, step := range []struct {
		state, before connector.MarkState
		want          int
	}{
		{connector.MarkWaiting, "", 0}, {connector.MarkDelivered, "", 0}, {connector.MarkFailed, connector.MarkWaiting, 1},
		{connector.MarkFailed, connector.MarkWaiting, 1}, {connector.MarkDelivered, connector.MarkFailed, 1}, {connector.MarkNote, "", 2},
	} {
		mark.State, mark.Previous, mark.Reason = step.state, step.before, "the customer has sent STOP"
		if err := r.c.Mark(t.Context(), mark); err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, m := range r.conversation(th).Messages {
			if strings.HasPrefix(m.Body, "⚠️") && strings.Contains(m.Body, "STOP") || strings.HasPrefix(m.Body, "📝") {
				told++
			}
		}
		if told != step.want {
			t.Errorf("%s after %q: told %d times, want %d", step.state, step.before, told, step.want)
		}
	}
	th.Role = "customer"
	mark.Thread, mark.State, mark.Previous = th, connector.MarkUncertain, ""
	if err := r.c.Mark(t.Context(), mark); err != nil {
		t.Fatal(err)
	}
}
