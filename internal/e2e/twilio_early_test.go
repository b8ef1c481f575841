package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/twilio"
)

// TestFlexAnswersBeforeTwilioDoes has every webhook come before the answer of the call that caused it, and agents write while Twilio still owes
// us the answer by which we learn that they are there, or what the customer's words are called.
func TestFlexAnswersBeforeTwilioDoes(t *testing.T) {
	eachFlex(t, func(f *flex) {
		f.twilio.Inject(twilio.Fault{Kind: twilio.HookBeforeAnswer})
		slow := func(path string) {
			f.twilio.Inject(twilio.Fault{Kind: twilio.FaultHold, Method: http.MethodPost, Path: regexp.MustCompile(path), Delay: time.Second, Count: 1})
		}
		slow(`^/v1/Interactions$`)
		f.create(1)
		f.until("an agent is asked", func() bool { return len(f.twilio.Interactions()) == 1 })
		sid := f.talk(1, 1)
		f.says(sid, "搶先回答")
		f.until("the customer has the early answer", f.answered(1, "搶先回答"))
		slow(`/Messages$`)
		f.write(1, "真快")
		f.until("Flex has the praise", f.shown(sid, "真快"))
		f.says(sid, "再搶先一次")
		f.until("the customer has the second one", f.answered(1, "再搶先一次"))
		f.site.Closes(f.ctx, 1, "王小明", true)
		f.until("the conversation is closed", func() bool {
			n, _ := f.twilio.Conversation(sid)
			return n.State == "closed"
		})
		f.until("nothing waits", func() bool { return f.waiting() == 0 && f.twilio.Idle() })
		for _, text := range []string{"搶先回答", "再搶先一次"} {
			if n := f.count(1, text); n != 1 {
				f.t.Errorf("the customer has %q %d times", text, n)
			}
		}
		n, _ := f.twilio.Conversation(sid)
		seen := 0
		for _, m := range n.Messages {
			seen += strings.Count(m.Body, "真快")
		}
		if seen != 1 || len(f.talks(1)) != 1 || len(f.twilio.Interactions()) != 1 {
			f.t.Errorf("the praise is there %d times, in %d conversations, and agents were asked %d times", seen, len(f.talks(1)), len(f.twilio.Interactions()))
		}
		for _, h := range f.twilio.SentHooks() {
			if h.Status != http.StatusOK {
				f.t.Errorf("%s was answered %d: %s", h.Event, h.Status, h.Error)
			}
		}
	})
}
