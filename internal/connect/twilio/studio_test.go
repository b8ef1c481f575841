package twilio

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
)

const aConversation = "CH0123456789abcdef0123456789abcdef"

func studio(t *testing.T) *Connector {
	t.Helper()
	ch := newChannel(t, map[string]any{"routing": "studio", "flow_sid": "FW0123456789abcdef0123456789abcdef"})
	return ch.c
}

func step(media, body string) *connector.Request {
	return &connector.Request{Header: http.Header{"Content-Type": {media}}, Body: []byte(body), Now: time.Now()}
}

func TestAStepIsReadHoweverItIsSpelled(t *testing.T) {
	c := studio(t)
	form := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	for name, r := range map[string]*connector.Request{
		"a form":                      step(formType, form("message", "在嗎", "conversation", aConversation)),
		"Twilio's own names":          step(formType+"; charset=utf-8", form("Body", "在嗎", "ConversationSid", aConversation)),
		"source 002's channel":        step(formType, form("Body", " 在嗎 ", "ChannelSid", aConversation)),
		"JSON":                        step("application/json", fmt.Sprintf(`{"message":"在嗎","conversation":%q}`, aConversation)),
		"JSON in snake case":          step("application/json", fmt.Sprintf(`{"text":"在嗎","conversation_sid":%q,"n":1}`, aConversation)),
		"JSON with objects":           step("application/json", fmt.Sprintf(`{"message":{"Body":"在嗎"},"conversation":{"sid":%q}}`, aConversation)),
		"JSON within a form":          step(formType, form("message", `{"text":"在嗎"}`, "channel_sid", aConversation)),
		"the trigger's own variables": step(formType, form("message", `{"Body":"在嗎"}`, "conversation", fmt.Sprintf(`{"ConversationSid":%q}`, aConversation))),
	} {
		got, err := c.receiveStudio(t.Context(), r)
		if err != nil || len(got.Inbound) != 1 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if in := got.Inbound[0]; in.Kind != connector.InAsk || in.ThreadID != aConversation || in.Content.Text != "在嗎" {
			t.Errorf("%s: %+v", name, in)
		}
	}
}

func TestAStepThatSaysTooLittle(t *testing.T) {
	c := studio(t)
	for body, want := range map[string]string{"{}": "conversation", `{"conversation":"x","message":"y"}`: "conversation", fmt.Sprintf(`{"conversation":%q}`, aConversation): "message"} {
		_, err := c.receiveStudio(t.Context(), step("application/json", body))
		if kefu.KindOf(err) != kefu.KindInvalid || !strings.Contains(fmt.Sprintf("%+v", err), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	for media, kind := range map[string]kefu.ErrKind{"text/plain": kefu.KindUnsupported, "application/json": kefu.KindMalformed} {
		if _, err := c.receiveStudio(t.Context(), step(media, "[")); kefu.KindOf(err) != kind {
			t.Errorf("%s: %v", media, err)
		}
	}
	if _, err := newChannel(t, nil).c.receiveStudio(t.Context(), step("application/json", "{}")); kefu.KindOf(err) != kefu.KindNotFound {
		t.Error(err)
	}
}

func TestWhatAStepIsAnswered(t *testing.T) {
	for want, res := range map[string][]connector.Result{
		`{"answered":true,"handoff":false}`:                 {{View: &connector.View{Answered: true}}},
		`{"answered":false,"handoff":true}`:                 {{View: &connector.View{Refused: connector.RefusedTaken}}},
		`{"answered":false,"handoff":false,"pending":true}`: {{View: &connector.View{}}},
	} {
		if raw, err := json.Marshal(answerStep(res)); err != nil || string(raw) != want {
			t.Errorf("%s %v, want %s", raw, err, want)
		}
	}
	if raw, _ := json.Marshal(answerStep([]connector.Result{{Ignored: "unknown thread"}})); string(raw) != `{"answered":false,"handoff":true}` {
		t.Errorf("of an unknown talk: %s", raw)
	}
}

// FuzzStep reads whatever a flow's author, or somebody who writes to one, may send.
func FuzzStep(f *testing.F) {
	f.Add("application/json", `{"message":{"Body":"hi"},"conversation":"`+aConversation+`"}`)
	f.Add(formType, "Body=%7B%22text%22%3A%22hi%22%7D&ChannelSid="+aConversation)
	f.Add("application/json", `{"message":"{\"a\":{\"b\":1}}","conversation":null}`)
	c := &Connector{set: settings{routing: routingStudio}}
	f.Fuzz(func(t *testing.T, media, body string) {
		got, err := c.receiveStudio(t.Context(), step(media, body))
		if err == nil && (len(got.Inbound) != 1 || !isSID("CH", got.Inbound[0].ThreadID) || got.Inbound[0].Content.Text == "") {
			t.Errorf("%q is taken as %+v", body, got.Inbound)
		}
	})
}
