package webhook_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/webhook"
)

// catalogue is the list of the contract (webhooks, "Events"), and the two events of alerts.
const catalogue = `conversation.created conversation.updated conversation.assigned conversation.closed message.received message.sent message.failed
ticket.created ticket.updated ticket.resolved ticket.closed user.created user.updated agent.status_changed webhook.test alert.raised alert.cleared`

func TestCatalogueIsTheContracts(t *testing.T) {
	var got []string
	for _, one := range webhook.EventTypes() {
		got = append(got, one.Event)
		if one.Description == "" || !strings.HasSuffix(one.Description, ".") || strings.Contains(one.Description, "\n") {
			t.Errorf("%s is described %q, want one line of sentences", one.Event, one.Description)
		}
	}
	if diff := cmp.Diff(strings.Fields(catalogue), got); diff != "" {
		t.Errorf("the catalogue differs from the contract (-want +got):\n%s", diff)
	}
}

func TestExpand(t *testing.T) {
	all := strings.Fields(catalogue)[:14]
	for _, test := range []struct {
		words []string
		want  []string
	}{
		{[]string{"*"}, all},
		{[]string{"*", "message.sent", "*"}, all},
		{[]string{"*", "alert.*"}, append(all[:14:14], "alert.raised", "alert.cleared")},
		{[]string{"message.*"}, []string{"message.received", "message.sent", "message.failed"}},
		{[]string{"ticket.closed", "message.sent"}, []string{"message.sent", "ticket.closed"}}, // the order is the catalogue's
		{[]string{"alert.raised"}, []string{"alert.raised"}},
		{[]string{"webhook.test", "webhook.*", "*.created", "message*", "m*", ".*", "**", "", "Message.Sent", "message.", "nothing.*"}, []string{}},
		{nil, []string{}},
	} {
		if diff := cmp.Diff(test.want, webhook.Expand(test.words)); diff != "" {
			t.Errorf("Expand(%q) (-want +got):\n%s", test.words, diff)
		}
	}
}

func TestCheckEvents(t *testing.T) {
	for _, test := range []struct {
		words []string
		want  string // in the one fault; "" is none
	}{
		{[]string{"*"}, ""},
		{[]string{"message.*", "user.created", "alert.cleared", "alert.*"}, ""},
		{nil, "1 to 50"},
		{make([]string, 51), "1 to 50"},
		{[]string{"webhook.test"}, "tests the endpoint"},
		{[]string{"webhook.*"}, `"webhook.*"`},
		{[]string{"message.recieved"}, "did you mean message.received?"},
		{[]string{"messages.sent"}, "did you mean message.sent?"},
		{[]string{"ticket.create"}, "did you mean ticket.created?"},
		{[]string{"agent.status"}, "unknown"},
		{[]string{"tickets.*"}, "did you mean ticket.*?"},
		{[]string{"Message.Sent"}, "did you mean message.sent?"},
		{[]string{""}, `unknown event type: ""`},
		{[]string{strings.Repeat("客", 10_000)}, "…"},
	} {
		var f kefu.Faults
		webhook.CheckEvents(&f, test.words)
		switch {
		case test.want == "" && len(f) > 0:
			t.Errorf("CheckEvents(%.60q) = %v, want no fault", test.words, f)
		case test.want != "" && (len(f) != 1 || f[0].Field != "events" || !strings.Contains(f[0].Msg, test.want) || len(f[0].Msg) > 500):
			t.Errorf("CheckEvents(%.60q) = %v, want one fault that says %q", test.words, f, test.want)
		}
	}
}
