package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"kefu/internal/fake/twilio"
	"kefu/internal/fake/wordpress"
)

// flex is a shop whose tickets are answered in Flex.
type flex struct {
	*rig
	twilio *twilio.Server
}

const flexAgent = "amy_40shop_2Eexample"

// eachFlex runs a test on both engines, with a Twilio of its own.
func eachFlex(t *testing.T, fn func(f *flex)) {
	t.Helper()
	each(t, func(t *testing.T, url string) {
		s := twilio.New(twilio.Options{})
		if err := s.Start("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		o := s.Options()
		f := &flex{twilio: s, rig: newRig(t, url, options{unbalanced: true,
			inboxes: []settings{{"id": "flex", "channel": "twilio", "settings": settings{"account_sid": o.Account, "auth_token": o.AuthToken, "workspace_sid": o.Workspace,
				"workflow_sid": o.Workflow, "base_urls": settings{"conversations": s.URL(), "flex": s.URL(), "taskrouter": s.URL(), "api": s.URL(), "mcs": s.URL()}}}},
			config: settings{"routes": []settings{{"from": "shop", "to": []string{"flex"}}}}})}
		t.Cleanup(func() { // before the program has ended, which still calls
			for _, v := range s.Violations() {
				t.Errorf("violation: %s", v)
			}
		})
		fn(f)
		f.halt()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// talks are the conversations of a ticket in Twilio, oldest first.
func (f *flex) talks(id int64) []twilio.Conversation {
	var list []twilio.Conversation
	for _, n := range f.twilio.Conversations() {
		if strings.Contains(n.Attributes, `"thread":"`+strconv.FormatInt(id, 10)+`"`) {
			list = append(list, n)
		}
	}
	return list
}

// talk waits for the n-th conversation of a ticket.
func (f *flex) talk(id int64, n int) string {
	f.t.Helper()
	f.until("Flex has the ticket", func() bool { return len(f.talks(id)) == n })
	return f.talks(id)[n-1].SID
}

// shown tells whether a conversation has a text of an author's.
func (f *flex) shown(sid, text string) func() bool {
	return func() bool {
		n, _ := f.twilio.Conversation(sid)
		return slices.ContainsFunc(n.Messages, func(m twilio.Message) bool { return strings.Contains(m.Body, text) })
	}
}

// answered tells whether the customer's ticket shows a reply.
func (f *flex) answered(id int64, text string) func() bool {
	return func() bool {
		return slices.ContainsFunc(f.site.Replies(id), func(m wordpress.Message) bool { return strings.Contains(m.Text, text) })
	}
}

// count is how often the customer's ticket shows a reply.
func (f *flex) count(id int64, text string) (n int) {
	for _, m := range f.site.Replies(id) {
		n += strings.Count(m.Text, text)
	}
	return n
}

// closed tells whether the site shows the ticket as closed.
func (f *flex) closed(id int64) bool {
	tk, _ := f.site.Ticket(id)
	return tk.Status == "closed"
}

func (f *flex) says(sid, text string) string {
	f.t.Helper()
	id, err := f.twilio.AgentSays(sid, flexAgent, text)
	if err != nil {
		f.t.Fatal(err)
	}
	return id
}

// TestFlexAnswersTheShop goes both ways, over a restart, and ends from either side.
func TestFlexAnswersTheShop(t *testing.T) {
	eachFlex(t, func(f *flex) {
		f.create(1)
		sid := f.talk(1, 1)
		f.until("the card is there", f.shown(sid, "🎫"))
		f.until("an agent is asked", func() bool { return len(f.twilio.Interactions()) == 1 })
		f.says(sid, "您好，我看一下")
		f.until("the customer has the answer", f.answered(1, "您好，我看一下"))
		f.write(1, "謝謝")
		f.until("Flex has the thanks", f.shown(sid, "謝謝"))
		f.restart()
		f.says(sid, "已出貨")
		f.until("the answer after the restart is there", f.answered(1, "已出貨"))
		if err := f.twilio.AgentCloses(sid); err != nil {
			f.t.Fatal(err)
		}
		f.until("the ticket is closed", func() bool { return f.closed(1) })
		f.write(1, "還有一個問題")
		again := f.talk(1, 2)
		f.until("what was said before is there", f.shown(again, "已出貨"))
		f.until("the new question is there", f.shown(again, "還有一個問題"))
		f.says(again, "請說")
		f.until("the second talk goes on", f.answered(1, "請說"))
		if n := len(f.twilio.Interactions()); n != 2 {
			f.t.Errorf("agents were asked %d times, want 2", n)
		}
		for _, text := range []string{"您好，我看一下", "已出貨", "請說"} {
			if n := f.count(1, text); n != 1 {
				f.t.Errorf("the customer has %q %d times", text, n)
			}
		}
	})
}

// TestFlexEndsWithTheShop closes on the site: the agent's task ends.
func TestFlexEndsWithTheShop(t *testing.T) {
	eachFlex(t, func(f *flex) {
		f.create(1)
		sid := f.talk(1, 1)
		f.says(sid, "您好")
		f.until("the customer has the answer", f.answered(1, "您好"))
		f.site.Closes(f.ctx, 1, "王小明", true)
		f.until("the conversation is closed", func() bool {
			n, _ := f.twilio.Conversation(sid)
			return n.State == "closed" && f.twilio.Interactions()[0].Status == "closed"
		})
	})
}
