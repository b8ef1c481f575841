package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kefu/internal/switchboard"
	"kefu/internal/webhook"
)

// eventTypeRoutes is the catalogue of what webhooks tell.
func (s *server) eventTypeRoutes() []operation {
	return under("Webhooks",
		list("/webhooks/event-types", "webhooks:read", "listWebhookEventTypes", "List the event types of webhooks", s.listEventTypes).
			about("Each with an example of the body that a receiver gets, signed with the secret of the documentation, and the JSON Schema (2020-12) of all such bodies. "+
				"An endpoint's events are these, a part such as message.*, or *, which stands for all but webhook.test and alert.*."),
	)
}

// webhookEventType is one line of the catalogue.
type webhookEventType struct {
	Event       string          `json:"event" doc:"The event type." example:"message.received"`
	Description string          `json:"description" doc:"When it is told."`
	Example     json.RawMessage `json:"example" doc:"A body as a receiver gets it."`
	Schema      json.RawMessage `json:"schema" doc:"The JSON Schema of the body."`
}

func (s *server) listEventTypes(context.Context, *struct{}) (switchboard.List[webhookEventType], error) {
	types := webhook.EventTypes()
	out := switchboard.List[webhookEventType]{Items: make([]webhookEventType, 0, len(types))}
	for _, t := range types {
		out.Items = append(out.Items, webhookEventType{t.Event, t.Description, t.Example(), t.Schema()})
	}
	return out, nil
}

// describeWebhooks adds what we send to the document of what we are asked.
func describeWebhooks(doc *huma.OpenAPI) {
	doc.Webhooks = map[string]*huma.PathItem{}
	for _, t := range webhook.EventTypes() {
		members := map[string]any{}
		if err := json.Unmarshal(t.Schema(), &members); err != nil {
			panic(err) // made from constants
		}
		delete(members, "$schema") // the document's own
		doc.Webhooks[t.Event] = &huma.PathItem{Post: &huma.Operation{
			OperationID: handlerName(t.Event), Summary: t.Description, Tags: []string{"Webhooks"}, Security: []map[string][]string{},
			Description: "Sent to the URL of every endpoint that wants " + t.Event + ". Check a signature before you believe it, and take an id that you know as done.",
			Parameters: []*huma.Param{
				told("webhook-id", "The event: the same on every attempt, retry and replay."),
				told("webhook-timestamp", "The time of the attempt, in unix seconds."),
				told("webhook-signature", "Standard Webhooks: v1 and the base64 HMAC-SHA256 of id, timestamp and body; several while a secret is being replaced."),
				told("Signature", "sha256= and the hex HMAC-SHA256 of the body."),
				told("X-Webhook-Event", "The event type."),
				told("X-Webhook-Delivery", "The delivery, as in the list of deliveries."),
				told("X-Webhook-Attempt", "The attempt; 1 is the first."),
			},
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {
				Schema: &huma.Schema{Extensions: members}, Example: t.Example()}}},
			Responses: map[string]*huma.Response{"2XX": {Description: http.StatusText(http.StatusOK) + ": it was taken. Everything else is tried again."}},
		}}
	}
}

// handlerName is what a receiver may call its function for an event type: onAgentStatusChanged.
func handlerName(event string) string {
	var name strings.Builder
	name.WriteString("on")
	for word := range strings.FieldsFuncSeq(event, func(r rune) bool { return r == '.' || r == '_' }) {
		name.WriteString(capital(word))
	}
	return name.String()
}

// told describes a header of what we send.
func told(name, about string) *huma.Param {
	return &huma.Param{Name: name, In: "header", Required: true, Description: about, Schema: &huma.Schema{Type: huma.TypeString}}
}
