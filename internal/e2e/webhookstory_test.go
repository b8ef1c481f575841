package e2e

import (
	"net/http"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/fake/receiver"
)

// data are the members of an event's data in their order, as contracts/webhooks.md has them.
func data() map[string][]string {
	return map[string][]string{
		"webhook.test": {"message", "endpoint_id"},
		"conversation.created": {"conversation_id", "visitor_id", "contact_id", "agent_id", "team_id", "inbox_id", "channel", "subject", "status",
			"priority", "labels", "created_at", "updated_at"},
		"message.received": {"message_id", "conversation_id", "seq", "content", "content_type", "attachments", "sender", "private", "created_at"},
		"message.sent":     {"message_id", "conversation_id", "seq", "content", "content_type", "attachments", "sender", "private", "created_at"},
		"ticket.created": {"ticket_id", "number", "external_id", "conversation_id", "title", "description", "priority", "category", "status",
			"assignee_id", "customer_email", "created_at", "updated_at"},
		"user.created": {"user_id", "role", "name", "email", "phone", "level", "tags", "custom_attributes"},
	}
}

var envelopeForm = regexp.MustCompile(
	`^\{"id":"evt_[0-9a-z]+","event":"[a-z_.]+","timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ","signature":"sha256=[0-9a-f]{64}","data":\{"`)

// inForm wants a request to be as the contract has it. Its signatures were checked by the receiver.
func (r *rig) inForm(req receiver.Request) {
	r.t.Helper()
	if !envelopeForm.Match(req.Body) {
		r.t.Errorf("the envelope is not in its form: %s", req.Body)
	}
	got, err := members(req.Event.Data)
	if diff := cmp.Diff(data()[req.Event.Type], got); diff != "" || err != nil {
		r.t.Errorf("data of %s, %v (-contract +sent):\n%s", req.Event.Type, err, diff)
	}
	for name, want := range map[string]string{"Content-Type": "application/json", "User-Agent": "Kefu/test", "X-Webhook-Event": req.Event.Type,
		"X-Webhook-Attempt": "1", "Authorization": ""} {
		if got := req.Header.Get(name); got != want {
			r.t.Errorf("%s of %s is %q, want %q", name, req.Event.Type, got, want)
		}
	}
}

// TestWebhookStory is the beginning of docs/webhooks.md, by HTTP: create, test, something happens, the receiver breaks, is mended, and what
// failed is sent again. It waits for a whole schedule: 36 s.
func TestWebhookStory(t *testing.T) {
	eachRig(t, options{config: settings{"webhooks": settings{"allow_http": true}}}, func(r *rig) {
		c := r.callbacks()
		addr := freeAddress(r.t)
		e := c.create("http://"+addr+"/", nil)
		s := r.receiverAt(addr, receiver.Options{Secrets: []string{e.Secret}})

		var test sending
		c.do(http.MethodPost, "/webhooks/"+e.ID+"/test", nil, &test)
		if test.State != "delivered" || test.Status != 200 || test.Cause != "test" || len(test.AttemptLog) != 1 || test.AttemptLog[0].Address != addr {
			r.t.Errorf("the test came to %+v", test)
		}

		tk := r.open(1)
		r.say(tk, "您好，請問尺寸？")
		r.got(s, "the ticket and the answer are told", func() bool {
			return !slices.ContainsFunc([]string{"conversation.created", "message.received", "ticket.created", "user.created", "message.sent"},
				func(event string) bool { return len(ofType(s, event)) == 0 })
		})
		for event := range data() {
			r.inForm(ofType(s, event)[0])
		}
		r.quiet()
		for _, req := range s.Requests() {
			if n := len(s.ByID(req.ID)); n != 1 || !req.Taken {
				r.t.Errorf("%s %s came %d times", req.Event.Type, req.ID, n)
			}
		}

		failed := r.breakReceiver(c, e, s)
		r.mendReceiver(c, e, s, failed)
		c.untold()
	})
}

// breakReceiver has the customer write while the receiver fails, and gives what is failed in the log when the schedule has ended.
func (r *rig) breakReceiver(c *callbacks, e endpoint, s *receiver.Server) []sending {
	r.t.Helper()
	const slow = 300 * time.Millisecond // so that the end of an attempt is later than its beginning
	s.Set("", receiver.Fault{Status: http.StatusInternalServerError, Body: "broken", Delay: slow})
	before := s.Count()
	r.write(1, "太小了")
	r.write(1, "可以換嗎？")
	r.got(s, "what happens meets the broken receiver", func() bool { return s.Count() >= before+2 })
	r.until("the alert is raised", func() bool { return len(c.alerts(e.ID)) == 1 })
	r.quiet()

	failed := c.log("endpoint_id=" + e.ID + "&state=failed")
	told := 0
	for _, d := range failed {
		if d.Event == "message.received" {
			told++
		}
		full := c.read(d.ID)
		if full.Attempts != 4 || full.Error != "status" || full.Status != 500 || len(full.AttemptLog) != 4 || full.AttemptLog[3].Answer != "broken" {
			r.t.Errorf("failed, and in the log: %+v", full)
		}
		r.neverEarly(s.ByID(d.EventID), slow)
	}
	if told != 2 {
		r.t.Fatalf("%d of the customer's two messages are failed: %+v", told, failed)
	}
	if now := c.endpoint(e.ID); now.Health.Failures != 4*len(failed) || now.Health.FailingSince == nil {
		r.t.Errorf("health of %d failed ones: %+v", len(failed), now.Health)
	}
	return failed
}

// neverEarly holds the attempts of one delivery against the schedule, by the receiver's clock: each comes no earlier than the pause after
// the answer to the one before, and brings the same bytes.
func (r *rig) neverEarly(all []receiver.Request, answered time.Duration) {
	r.t.Helper()
	pauses := []time.Duration{time.Second, 5 * time.Second, 30 * time.Second}
	if len(all) != len(pauses)+1 {
		r.t.Fatalf("%d attempts, want %d", len(all), len(pauses)+1)
	}
	for i, pause := range pauses {
		gap := all[i+1].At.Sub(all[i].At) - answered
		if gap < pause {
			r.t.Errorf("attempt %d came %s after the answer to the one before, want %s or more", i+2, gap, pause)
		}
		r.t.Logf("attempt %d came %s after the pause of %s", i+2, (gap - pause).Round(time.Microsecond), pause)
	}
	for i, req := range all {
		if req.Attempt != i+1 || req.Hash != all[0].Hash || req.Delivery != all[0].Delivery {
			r.t.Errorf("attempt %d is number %d of %s: %s", i+1, req.Attempt, req.Delivery, req.Body)
		}
	}
}

// mendReceiver sends one of what failed again by a retry, the rest by a replay.
func (r *rig) mendReceiver(c *callbacks, e endpoint, s *receiver.Server, failed []sending) {
	r.t.Helper()
	s.Clear()
	one, rest := failed[0], failed[1:]
	var again sending
	c.do(http.MethodPost, "/webhook-deliveries/"+one.ID+"/retry", nil, &again)
	if again.EventID != one.EventID || again.Cause != "retry" || again.ID == one.ID {
		r.t.Errorf("the retry is %+v", again)
	}
	r.got(s, "the one arrives", func() bool { return s.Took(one.EventID) })
	r.quiet()
	r.until("the alert is cleared", func() bool { return len(c.alerts(e.ID)) == 0 })

	var replay struct {
		ID, State string
		Made      int
	}
	c.do(http.MethodPost, "/webhooks/"+e.ID+"/replay", settings{"status": "failed"}, &replay)
	r.until("the replay is done", func() bool {
		c.do(http.MethodGet, "/webhook-replays/"+replay.ID, nil, &replay)
		pause(r.ctx, 50*time.Millisecond)
		return replay.State == "done"
	})
	if replay.Made != len(rest) {
		r.t.Errorf("the replay made %d of %d", replay.Made, len(rest))
	}
	r.got(s, "the rest arrives", func() bool {
		return !slices.ContainsFunc(rest, func(d sending) bool { return !s.Took(d.EventID) })
	})
	r.quiet()
	for _, d := range failed {
		all := s.ByID(d.EventID)
		last := all[len(all)-1]
		if len(all) != 5 || last.Delivery == d.ID || last.Attempt != 1 || last.Hash != all[0].Hash {
			r.t.Errorf("%s came %d times, the last time as attempt %d of %s", d.EventID, len(all), last.Attempt, last.Delivery)
		}
	}
	if now := c.endpoint(e.ID); now.Health.FailingSince != nil {
		r.t.Errorf("health after what arrived: %+v", now.Health)
	}
}

// alerts lists the kinds of open alerts about something.
func (c *callbacks) alerts(subject string) (kinds []string) {
	c.r.t.Helper()
	var page struct {
		Items []struct {
			Kind, Subject string
			ClearedAt     *time.Time `json:"cleared_at"`
		}
	}
	pause(c.r.ctx, 100*time.Millisecond) // it is asked again and again
	c.do(http.MethodGet, "/alerts?limit=200", nil, &page)
	for _, a := range page.Items {
		if a.Subject == subject && a.ClearedAt == nil {
			kinds = append(kinds, a.Kind)
		}
	}
	return kinds
}
