package chatwoot_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/chatwoot"
)

// begin makes a customer's conversation in the API inbox.
func (r *rig) begin() int64 {
	r.t.Helper()
	id, err := r.StartConversation(r.AddContact("Lin", ""), chatwoot.APIInbox)
	r.must(err)
	return id
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestPeopleDoThings(t *testing.T) {
	r := start(t, chatwoot.Options{})
	id := r.begin()
	until := time.Unix(2_000_000_000, 0).UTC()
	_, err := r.Say(id, chatwoot.Agent2, "hello", chatwoot.File{Name: "a.txt", Body: []byte("file")})
	r.must(err)
	_, err = r.Note(id, chatwoot.Agent, "between us")
	r.must(err)
	r.must(r.Assign(id, chatwoot.Agent, chatwoot.Agent2))
	r.must(r.Label(id, chatwoot.Agent, "VIP", "refund"))
	r.must(r.Unlabel(id, chatwoot.Agent, "refund"))
	r.must(r.Priority(id, chatwoot.Agent, "high"))
	r.must(r.Snooze(id, chatwoot.Agent, until))
	talk, _ := r.Talk(id)
	if talk.Status != "snoozed" || !talk.SnoozedUntil.Equal(until) || talk.Priority != "high" || talk.Assignee != chatwoot.Agent2 || !slices.Equal(talk.Labels, []string{"VIP"}) {
		t.Errorf("the talk: %+v", talk)
	}
	var kinds []string
	for _, m := range talk.Messages {
		kinds = append(kinds, m.Kind)
	}
	if got := strings.Join(kinds, " "); got != "outgoing outgoing activity activity activity activity activity" {
		t.Errorf("messages: %s", got)
	}
	if m := talk.Messages[0]; m.Sender != "Hao" || m.Private || string(m.Files[0].Body) != "file" || m.Files[0].Name != "a.txt" {
		t.Errorf("what was said: %+v", m)
	}
	r.must(r.Resolve(id, chatwoot.Agent))
	if _, err := r.CustomerWrites(id, "one more thing"); err != nil {
		t.Fatal(err)
	}
	if talk, _ = r.Talk(id); talk.Status != "open" {
		t.Errorf("a customer wrote and it is %s", talk.Status)
	}
}

// TestListsByActivity moves an old conversation to the front by a message, and not by a label.
func TestListsByActivity(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	r := start(t, chatwoot.Options{Quiet: true, Now: func() time.Time { return now }})
	for range 3 {
		now = now.Add(time.Minute)
		r.begin()
	}
	now = now.Add(time.Hour)
	_, err := r.CustomerWrites(2, "hi")
	r.must(err)
	r.must(r.Label(1, chatwoot.Agent, "vip"))
	ids := func(path string) []int64 {
		_, body, _ := r.ask(user, "GET", account+path, "")
		var out struct {
			Data struct {
				Payload []struct{ ID int64 }
			}
		}
		r.must(json.Unmarshal([]byte(body), &out))
		var list []int64
		for _, c := range out.Data.Payload {
			list = append(list, c.ID)
		}
		return list
	}
	if got := ids("/conversations"); !slices.Equal(got, []int64{2, 3, 1}) {
		t.Errorf("by activity: %v", got)
	}
	now = now.Add(time.Second)
	if got := ids("/conversations?updated_within=60"); !slices.Equal(got, []int64{2, 1}) {
		t.Errorf("updated within a minute: %v", got)
	}
}

func TestFilterNeedsADefinition(t *testing.T) {
	r := start(t, chatwoot.Options{})
	id := r.begin()
	r.must(r.SetAttribute(id, "kefu_conversation", "c-1"))
	filter := `{"payload":[{"attribute_key":"kefu_conversation","filter_operator":"equal_to","values":["c-1"]}]}`
	if status, body, _ := r.ask(user, "POST", account+"/conversations/filter", filter); status != 422 {
		t.Errorf("not defined: %d %s", status, body)
	}
	r.DefineAttribute("conversation_attribute", "kefu_conversation")
	if status, body, _ := r.ask(user, "POST", account+"/conversations/filter", filter); status != 200 || !strings.Contains(body, `"all_count":1`) {
		t.Errorf("defined: %d %s", status, body)
	}
}

func TestRights(t *testing.T) {
	r := start(t, chatwoot.Options{})
	r.begin()
	for _, c := range []struct {
		token, path string
		want        int
	}{
		{user, account + "/webhooks", 200}, {"agent-token", account + "/webhooks", 401}, {"bot-token", account + "/webhooks", 401},
		{"agent-token", account + "/conversations/1/messages", 200}, {"bot-token", account + "/conversations/1/messages", 401},
		{"bot-token", account + "/conversations/1", 200}, {"bot-token", "/api/v1/profile", 401}, {"", "/api", 200},
	} {
		if got, body, _ := r.ask(c.token, "GET", c.path, ""); got != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.token, c.path, got, body, c.want)
		}
	}
}

// TestReinstall finds other things under the old ids.
func TestReinstall(t *testing.T) {
	r := start(t, chatwoot.Options{})
	old := r.begin()
	if _, err := r.CustomerWrites(old, "before"); err != nil {
		t.Fatal(err)
	}
	r.Reinstall()
	if status, body, _ := r.ask(user, "GET", account+"/conversations/1", ""); status != 404 {
		t.Errorf("the old conversation: %d %s", status, body)
	}
	if id := r.begin(); id != old {
		t.Errorf("ids go on at %d", id)
	}
	if talk, _ := r.Talk(old); len(talk.Messages) != 0 {
		t.Errorf("messages of before: %+v", talk.Messages)
	}
}

func TestFormsAndDeletions(t *testing.T) {
	r, e := start(t, chatwoot.Options{}), listen(t)
	r.subscribe(e)
	id := r.begin()
	form, err := r.SendForm(id, chatwoot.Agent, "Which one?", "input_select", map[string]any{"title": "Red", "value": "r"})
	r.must(err)
	r.must(r.CustomerPicks(id, form, "r"))
	r.must(r.DeleteMessage(id, form))
	r.WaitHooks()
	if got := len(e.got); got != 3 {
		t.Fatalf("%d hooks", got)
	}
	if body := string(e.got[1].body); !strings.Contains(body, `"event":"message_updated"`) || !strings.Contains(body, `"submitted_values":[{"title":"Red","value":"r"}]`) {
		t.Errorf("the choice: %s", body)
	}
	if body := string(e.got[2].body); !strings.Contains(body, `"deleted":true`) {
		t.Errorf("the deletion: %s", body)
	}
	if err := r.CustomerPicks(id, 9, "r"); err == nil {
		t.Error("a message that is not there was answered")
	}
}

// TestDeadBot opens the conversation of a bot that does not answer, after three tries.
func TestDeadBot(t *testing.T) {
	r := start(t, chatwoot.Options{})
	r.AddBot("http://127.0.0.1:1/bot", chatwoot.APIInbox)
	id := r.begin()
	if talk, _ := r.Talk(id); talk.Status != "pending" {
		t.Fatalf("with a bot it begins %s", talk.Status)
	}
	_, err := r.CustomerWrites(id, "hi")
	r.must(err)
	r.WaitHooks()
	if talk, _ := r.Talk(id); talk.Status != "open" {
		t.Errorf("the bot is dead and it is %s", talk.Status)
	}
}

func TestSomebodyBetween(t *testing.T) {
	r := start(t, chatwoot.Options{})
	id := r.begin()
	r.Inject(chatwoot.Fault{Kind: chatwoot.FaultAfter, Method: "POST", Count: 1, Do: func() { r.must(r.Label(id, chatwoot.Agent2, "theirs")) }})
	if _, body, _ := r.ask(user, "POST", account+"/conversations/1/labels", `{"labels":["ours"]}`); body != `{"payload":["ours"]}` {
		t.Errorf("who wrote between is not lost: %s", body)
	}
}

func TestHeldHooks(t *testing.T) {
	r, e := start(t, chatwoot.Options{}), listen(t)
	r.subscribe(e)
	id := r.begin()
	r.InjectHook(chatwoot.HookFault{Hold: true, Count: 2})
	for _, words := range []string{"1", "2"} {
		_, err := r.CustomerWrites(id, words)
		r.must(err)
	}
	r.WaitHooks()
	if got := e.words(); got != "" {
		t.Errorf("held, and heard %q", got)
	}
	r.ReleaseHooks()
	r.WaitHooks()
	if got := e.words(); got != "2 1" {
		t.Errorf("released: %q", got)
	}
}
