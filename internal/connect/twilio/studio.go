package twilio

import (
	"context"
	"encoding/json"
	"mime"
	"net/url"
	"strings"

	"kefu"
	"kefu/internal/connector"
)

// Directs tells whether a flow of Studio decides who answers.
func (c *Connector) Directs() bool { return c.set.routing == routingStudio }

// asked is what a step of a flow is answered. Exactly one of the three is true.
type asked struct {
	Answered bool `json:"answered"`          // the bot has said something to the customer
	Handoff  bool `json:"handoff"`           // a person is needed, or has the talk: send it to Flex
	Pending  bool `json:"pending,omitempty"` // the bot takes longer than a flow may wait, and answers the customer later
}

// receiveStudio takes a step of a flow, which asks for the bot's answer to what the customer wrote: a form, or JSON.
func (c *Connector) receiveStudio(_ context.Context, r *connector.Request) (connector.Received, error) {
	if !c.Directs() {
		return connector.Received{}, kefu.Errorf(kefu.KindNotFound, "this inbox takes no steps of Studio: set routing to studio")
	}
	fields, err := stepFields(r)
	if err != nil {
		return connector.Received{}, err
	}
	conversation := first(fields, "ConversationSid", "conversation_sid", "conversation.ConversationSid", "conversation.sid", "conversation", "ChannelSid", "channel_sid", "channel.sid", "channel")
	text := first(fields, "message.Body", "message.body", "message.text", "message", "Body", "body", "text")
	var faults kefu.Faults
	if !isSID("CH", conversation) {
		faults.Add("conversation", "must be the conversation's SID, CH…, as the flow's trigger has it")
	}
	if text == "" {
		faults.Add("message", "is missing: what the customer wrote, as the flow's trigger has it")
	}
	if err := faults.Err("the step of the flow cannot be taken"); err != nil {
		return connector.Received{}, err
	}
	clean, _ := kefu.CleanText(text)
	in := connector.Inbound{Kind: connector.InAsk, ThreadID: conversation, Content: kefu.Content{Type: kefu.ContentText, Text: clean}, OccurredAt: r.Now}
	return connector.Received{Inbound: []connector.Inbound{in}, Respond: answerStep}, nil
}

// answerStep says what became of it. Of a talk that Kefu does not know a person must see to.
func answerStep(results []connector.Result) any {
	if len(results) == 0 || results[0].View == nil {
		return asked{Handoff: true}
	}
	v := results[0].View
	a := asked{Answered: v.Answered, Handoff: v.Refused != "" && !v.Answered}
	a.Pending = !a.Answered && !a.Handoff
	return a
}

// stepFields reads the fields of a step, however the flow's author has sent them. Members of an object have its name and a point before theirs.
func stepFields(r *connector.Request) (map[string]string, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && media == formType:
		form, err := url.ParseQuery(string(r.Body))
		if err != nil {
			return nil, kefu.Wrap(kefu.KindMalformed, err, "the body is no form")
		}
		fields := make(map[string]string, len(form))
		for name := range form {
			unfold(fields, name, form.Get(name))
		}
		return fields, nil
	case err == nil && media == "application/json":
		fields := map[string]string{}
		var object map[string]any
		if err := json.Unmarshal(r.Body, &object); err != nil {
			return nil, kefu.Wrap(kefu.KindMalformed, err, "the body is no JSON object")
		}
		for name, v := range object {
			unfold(fields, name, v)
		}
		return fields, nil
	}
	return nil, kefu.Errorf(kefu.KindUnsupported, "a step of a flow is a form or JSON: Content-Type is %s or application/json", formType)
}

// unfold notes a field, and the members of one that is an object, also of one in a text.
func unfold(fields map[string]string, name string, v any) {
	if text, ok := v.(string); ok {
		fields[name] = strings.TrimSpace(text)
		var inner map[string]any
		if !strings.HasPrefix(fields[name], "{") || json.Unmarshal([]byte(text), &inner) != nil {
			return
		}
		v = inner
	}
	object, ok := v.(map[string]any)
	if !ok {
		return
	}
	for member, value := range object {
		if text, ok := value.(string); ok {
			fields[name+"."+member] = strings.TrimSpace(text)
		}
	}
}

// first is the first of the fields that says something.
func first(fields map[string]string, names ...string) string {
	for _, name := range names {
		if fields[name] != "" {
			return fields[name]
		}
	}
	return ""
}
