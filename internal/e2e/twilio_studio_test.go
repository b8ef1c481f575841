package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"kefu/internal/fake/twilio"
)

// stepped is what a flow is answered.
type stepped struct{ Answered, Handoff, Pending bool }

// step has a flow ask for the bot's answer, again while it is pending.
func (v *village) step(flex *twilio.Server, at, conversation, text string, asJSON bool) (got stepped) {
	v.t.Helper()
	v.until("the bot is done with "+text, func() bool {
		var status int
		var raw []byte
		var err error
		if asJSON {
			body, _ := json.Marshal(settings{"message": text, "conversation": conversation}) // two texts are JSON
			status, raw, err = flex.PostJSON(v.ctx, v.base()+at, body)
		} else {
			status, raw, err = flex.PostForm(v.ctx, v.base()+at, url.Values{"Body": {text}, "ConversationSid": {conversation}})
		}
		if err != nil || status != http.StatusOK {
			v.t.Fatalf("the flow is answered %d %s %v", status, raw, err)
		}
		got = stepped{}
		if err := json.Unmarshal(raw, &got); err != nil {
			v.t.Fatal(err)
		}
		return !got.Pending // on a busy machine it may take longer than a flow waits
	})
	return got
}

// TestAFlowOfStudioDecidesWhoAnswers is source 002: what a member writes goes to Twilio at once, a flow there asks Kefu's bot, and sends to Flex.
func TestAFlowOfStudioDecidesWhoAnswers(t *testing.T) {
	each(t, func(t *testing.T, db string) {
		flex := twilio.New(twilio.Options{AuthToken: "token-of-flex"})
		if err := flex.Start("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			for _, v := range flex.Violations() {
				t.Error(v)
			}
			_ = flex.Close()
		})
		o := flex.Options()
		v := newVillage(t, db, plan{idle: true})
		var c settings
		if err := json.Unmarshal(v.configuration(), &c); err != nil {
			t.Fatal(err)
		}
		set := (&account{Server: flex}).settings()
		set["routing"], set["flow_sid"], set["default"], set["workspace_sid"], set["workflow_sid"] = "studio", o.Flow, true, o.Workspace, o.Workflow
		v.o.config["inboxes"] = append(c["inboxes"].([]any), settings{"id": "flex", "channel": "twilio", "settings": set})
		v.o.config["routes"] = []settings{{"from": "guild", "to": []string{"flex"}}}
		v.start()
		v.moveIn()
		v.article("en", returnsTitle, returnsBody)

		dm := v.dm(v.ann)
		v.does(v.hall, v.ann, "helpme", map[string]any{"question": "How do I return an item?"})
		talk := twilio.Conversation{}
		inTwilio := func(text string) {
			v.t.Helper()
			v.until("it is in Twilio: "+text, func() bool {
				for _, talk = range flex.Conversations() {
					if slices.ContainsFunc(talk.Messages, func(m twilio.Message) bool { return m.Body == text }) {
						return true
					}
				}
				return false
			})
		}
		inTwilio("How do I return an item?")
		if !slices.Contains(talk.Hooks, o.Flow) {
			t.Errorf("no flow listens: %v", talk.Hooks)
		}
		for _, m := range v.bot(dm) {
			if shows(m, returnsTitle) {
				t.Error("the bot spoke without being asked")
			}
		}
		if got := v.step(flex, "/hooks/flex/chatbot-to-discord", talk.SID, "How do I return an item?", false); got != (stepped{Answered: true}) {
			t.Errorf("%+v", got)
		}
		v.posted(dm, returnsTitle)
		if got := v.step(flex, "/chatbot-to-discord", talk.SID, "How do I return an item?", true); got != (stepped{Answered: true}) {
			t.Errorf("asked again: %+v", got)
		}
		v.writes(dm, v.ann, "a real person please")
		inTwilio("a real person please")
		if got := v.step(flex, "/chatbot-to-discord", talk.SID, "a real person please", true); got != (stepped{Handoff: true}) {
			t.Errorf("%+v", got)
		}
		v.posted(dm, "#1")
		if n := len(flex.Interactions()); n != 0 {
			t.Errorf("Kefu asked for %d agents, the flow does that", n)
		}
		if _, err := flex.AgentSays(talk.SID, "bob", "Here I am"); err != nil {
			t.Fatal(err)
		}
		v.posted(dm, "Here I am")
		status, raw, err := flex.PostForm(v.ctx, v.base()+"/forward-to-discord", url.Values{"EventType": {"onMessageAdded"}, "ConversationSid": {talk.SID}})
		if err != nil || status != http.StatusOK {
			t.Errorf("/forward-to-discord at the root answers %d %s %v", status, raw, err)
		}
		v.writes(dm, v.ann, "Thank you")
		inTwilio("Thank you")
		if got := v.step(flex, "/chatbot-to-discord", talk.SID, "Thank you", false); got != (stepped{Handoff: true}) {
			t.Errorf("a person has it: %+v", got)
		}
		n, said := 0, map[string]int{}
		for _, m := range v.bot(dm) {
			if shows(m, returnsTitle) {
				n++
			}
		}
		for _, m := range flex.Conversations()[0].Messages {
			said[m.Body]++
		}
		if n != 1 || len(flex.Conversations()) != 1 || said["How do I return an item?"] != 1 || said["a real person please"] != 1 {
			t.Errorf("answered %d times; in Twilio %v", n, said)
		}
	})
}
