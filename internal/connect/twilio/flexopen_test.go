package twilio

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/twilio"
	api "kefu/internal/twilio"
)

func TestOpenMakesEverythingOnce(t *testing.T) {
	r := newRig(t, nil)
	o := opening()
	o.Late, o.Again = true, true
	o.History = []kefu.Message{
		{ID: "msg_1", Author: customer(), Content: kefu.Content{Text: "我的訂單呢?"}},
		{ID: "msg_2", Author: kefu.Author{Kind: kefu.AuthorBot, Name: "小幫手"}, Content: kefu.Content{Text: "訂單 5 號已出貨。"}},
	}
	th, err := r.c.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	n := r.conversation(th)
	if n.UniqueName != "lnk_1" || len(n.Participants) != 1 || n.Participants[0].Identity != "ctc_7" {
		t.Errorf("made %+v", n)
	}
	if want := []string{"http://127.0.0.1:1/hooks/flex/forward-to-discord"}; !cmp.Equal(n.Hooks, want) {
		t.Errorf("hooks %q, want %q", n.Hooks, want)
	}
	if len(n.Messages) != 1 || !strings.Contains(n.Messages[0].Body, "💬 王小明: 我的訂單呢?\n🤖 小幫手: 訂單 5 號已出貨。") {
		t.Errorf("history %+v", n.Messages)
	}
	asked := r.Interactions()
	if len(asked) != 1 || asked[0].Type != "web" || asked[0].Conversation != n.SID {
		t.Fatalf("asked %+v", asked)
	}
	var told map[string]any
	if err := json.Unmarshal([]byte(asked[0].Attributes), &told); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"customerName": "王小明", "channel": "shop", "ticket": 33.0, "subject": "訂單 5 號", "botTried": "訂單 5 號已出貨。"} {
		if told[name] != want {
			t.Errorf("the agent is told %s %v, want %v", name, told[name], want)
		}
	}
	var kept struct {
		Kefu mark `json:"kefu"`
	}
	if err := json.Unmarshal([]byte(n.Attributes), &kept); err != nil || kept.Kefu.Interaction != asked[0].SID || kept.Kefu.Origin != o.Origin {
		t.Errorf("noted %s, %v", n.Attributes, err)
	}
	if th.Base.Status != kefu.StatusOpen || !cmp.Equal(th.Base.Only, shown()) || !strings.Contains(string(th.Meta), asked[0].SID) {
		t.Errorf("thread %+v, meta %s", th, th.Meta)
	}
}

// TestOpenAfterEachLoss loses the answer to each call that changes something, one after the other.
func TestOpenAfterEachLoss(t *testing.T) {
	for name, path := range map[string]string{
		"conversation": `^/v1/Conversations$`, "participant": `/Participants$`, "hook": `/Webhooks$`, "history": `/Messages$`,
		"interaction": `^/v1/Interactions$`, "mark": `^/v1/Conversations/CH[^/]*$`,
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			o := opening()
			o.Again, o.History = true, []kefu.Message{{ID: "msg_1", Author: customer(), Content: kefu.Content{Text: "hello"}}}
			r.Inject(fake.Fault{Kind: fake.FaultCut, Method: http.MethodPost, Path: regexp.MustCompile(path), Count: 1})
			th, err := r.c.Open(t.Context(), o)
			for tries := 0; err != nil && tries < 3; tries++ {
				if se := connector.Failure(err); se.Class == connector.Permanent || se.Class == connector.Gone {
					t.Fatalf("given up: %v", err)
				}
				o.Unsure = true
				th, err = r.c.Open(t.Context(), o)
			}
			if err != nil {
				t.Fatal(err)
			}
			n := r.conversation(th)
			if all := r.Conversations(); len(all) != 1 || len(n.Participants) != 1 || len(n.Hooks) != 1 || len(n.Messages) != 1 || len(r.Interactions()) != 1 {
				t.Errorf("%d conversations, %d participants, %d hooks, %d messages, %d interactions; want one of each", len(all), len(n.Participants), len(n.Hooks),
					len(n.Messages), len(r.Interactions()))
			}
			asked := 0
			for _, q := range r.Requests() {
				if q.Method == http.MethodPost && q.Path == "/v1/Interactions" {
					asked++
				}
			}
			if asked != 1 { // whether Flex would notice the second time is not known
				t.Errorf("Flex was asked %d times", asked)
			}
			if !strings.Contains(string(th.Meta), r.Interactions()[0].SID) {
				t.Errorf("meta %s does not name the interaction", th.Meta)
			}
		})
	}
}

// TestWhoIsAskedAlreadyIsNotAskedAgain has Flex say that it looks for somebody already, which nobody had noted.
func TestWhoIsAskedAlreadyIsNotAskedAgain(t *testing.T) {
	r := newRig(t, nil)
	th := r.opened()
	n := must[api.Conversation](t)(r.c.api.Conversation(t.Context(), th.ExternalID))
	m, _ := markOf(n)
	m.Interaction, m.Channel = "", ""
	got, err := r.c.ask(t.Context(), opening(), n, m)
	if asked := r.Interactions(); err != nil || len(asked) != 1 || got.Interaction != asked[0].SID || got.Channel != asked[0].Channel {
		t.Errorf("%+v, %v; %+v", got, err, asked)
	}
}

func TestOpenAgainAfterTheEnd(t *testing.T) {
	r := newRig(t, nil)
	first := r.opened()
	if err := r.AgentCloses(first.ExternalID); err != nil {
		t.Fatal(err)
	}
	o := opening()
	o.Opened, o.Again, o.Unsure = 1, true, true
	second, err := r.c.Open(t.Context(), o)
	if err != nil || second.ExternalID == first.ExternalID {
		t.Fatalf("%+v, %v", second, err)
	}
	if n := r.conversation(second); n.UniqueName != "lnk_1-1" {
		t.Errorf("called %q", n.UniqueName)
	}
	if err := r.AgentCloses(second.ExternalID); err != nil { // before anybody knew of it
		t.Fatal(err)
	}
	third, err := r.c.Open(t.Context(), o)
	if err != nil || r.conversation(third).UniqueName != "lnk_1-1.1" {
		t.Errorf("%+v, %v", third, err)
	}
}

func TestOpenNamesWhatIsWrong(t *testing.T) {
	r := newRig(t, map[string]any{"workflow_sid": "WW" + strings.Repeat("9", 32)})
	_, err := r.c.Open(t.Context(), opening())
	if se := connector.Failure(err); se.Class != connector.Retryable || se.Scope != connector.ScopeInbox || !strings.Contains(se.Reason, "workflow_sid") {
		t.Errorf("an unknown workflow: %v", err)
	}
	r = newRig(t, map[string]any{"workspace_sid": "", "workflow_sid": ""})
	if _, err := r.c.Open(t.Context(), opening()); connector.Failure(err).Class != connector.Permanent {
		t.Errorf("an inbox that is no desk: %v", err)
	}
}

func TestStudioIsAskedInPlaceOfFlex(t *testing.T) {
	flow := "FW" + strings.Repeat("7", 32)
	r := newRig(t, map[string]any{"routing": "studio", "flow_sid": flow})
	th := r.opened()
	if n := r.conversation(th); len(n.Hooks) != 2 || n.Hooks[1] != flow || len(r.Interactions()) != 0 {
		t.Errorf("hooks %q, interactions %+v", n.Hooks, r.Interactions())
	}
}
