package twilio

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"kefu/internal/connector"
)

// TestWhatStaffWroteCostsOneRequest reads the last messages alone where a hook told of nothing else, and everything where that does not do.
func TestWhatStaffWroteCostsOneRequest(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	if err := r.AgentJoins(th.ExternalID, amy); err != nil {
		t.Fatal(err)
	}
	must[string](t)(r.AgentSays(th.ExternalID, amy, "one"))
	r.finds("whole: the first", th, "message flex:"+amy+" amy one 0", "standing  flex:"+amy+" 0")
	th.Cursor, th.Base.Assignee, th.Written = "0", agentPrefix+amy, true
	must[string](t)(r.AgentSays(th.ExternalID, amy, "two"))
	before := len(r.Requests())
	r.finds("written", th, "message flex:"+amy+" amy two 1")
	if n := len(r.Requests()) - before; n != 1 {
		t.Errorf("%d requests", n)
	}
	th.Cursor = "1"
	var many []string
	for i := range fewMessages + 1 { // one more than is read at first
		text := "m" + strconv.Itoa(i)
		must[string](t)(r.AgentSays(th.ExternalID, amy, text))
		many = append(many, "message flex:"+amy+" amy "+text+" "+strconv.Itoa(i+2))
	}
	last := strconv.Itoa(fewMessages + 2)
	r.finds("more than few", th, append(many, "standing  flex:"+amy+" "+last)...)
	th.Cursor = last
	const bob = "bob_40shop_2Eexample"
	must[string](t)(r.AgentSays(th.ExternalID, bob, "and I"))
	got := r.look(th)
	if len(got) != 2 || got[1].Standing == nil {
		t.Errorf("somebody who was not there: %v", brief(got))
	}
}

// TestHooksThatComeAfterTheLook tells of messages that a look at an earlier one has handed in: nothing is to be looked at.
func TestHooksThatComeAfterTheLook(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	if err := r.AgentJoins(th.ExternalID, amy); err != nil {
		t.Fatal(err)
	}
	said := must[string](t)(r.AgentSays(th.ExternalID, amy, "one"))
	told := func(event, message string) bool {
		t.Helper()
		form := url.Values{"ConversationSid": {th.ExternalID}, "EventType": {event}, "MessageSid": {message}}
		got, err := r.c.receiveEvent(form, &connector.Request{Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return len(got.Inbound) == 1
	}
	if !told("onMessageAdded", said) {
		t.Error("what was not read is not looked at")
	}
	r.look(th)
	if told("onMessageAdded", said) {
		t.Error("it is looked at again")
	}
	if !told("onMessageUpdated", said) || !told("onMessageAdded", "IM"+strings.Repeat("9", 32)) {
		t.Error("an edit, or another message, is not looked at")
	}
}
