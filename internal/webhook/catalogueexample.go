package webhook

import (
	"encoding/json"
	"time"

	"kefu"
)

// ExampleSecret is what the examples are signed with, so that a receiver can be tried with them.
const ExampleSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" //nolint:gosec // published in the documentation

// exampleTime is when the examples happened.
const exampleTime = "2024-01-01T10:00:00Z"

// Example is a body as a receiver gets it for an event of this type, signed with ExampleSecret.
func (t EventType) Example() json.RawMessage {
	at, err := time.Parse(time.RFC3339, exampleTime)
	var payload []byte
	if err == nil {
		e := kefu.Event{ID: "evt_01HK2V5T8QXJ4M6N7P8R9S0T1V", Type: t.Event, Data: json.RawMessage(examples[t.Event]), OccurredAt: at}
		payload, err = (&Webhooks{}).Payload(e, kefu.TimestampISO, at)
	}
	if err == nil {
		payload, err = Target{Secrets: Secrets{Signing: ExampleSecret}}.Body(payload)
	}
	if err != nil {
		panic(err) // constants only
	}
	return payload
}

const (
	exampleConversation = `"conversation_id":"cnv_06c0a1b2c3d4e5f6g7h8j9k0m1","visitor_id":"con_06c0a1b2c3d4e5f6g7h8j9k0m2","contact_id":"con_06c0a1b2c3d4e5f6g7h8j9k0m2",
"inbox_id":"shop","channel":"wordpress","subject":"产品咨询","priority":"medium","labels":["售前"],"team_id":"tea_06c0a1b2c3d4e5f6g7h8j9k0m3",
"created_at":"2024-01-01T09:58:12Z","updated_at":"2024-01-01T10:00:00Z"`
	exampleMessage = `"message_id":"msg_06c0a1b2c3d4e5f6g7h8j9k0m4","conversation_id":"cnv_06c0a1b2c3d4e5f6g7h8j9k0m1","private":false,"created_at":"2024-01-01T10:00:00Z"`
	exampleAgent   = `"sender":{"type":"agent","id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5","name":"林客服"}`
	exampleTicket  = `"ticket_id":"tkt_06c0a1b2c3d4e5f6g7h8j9k0m6","number":33,"external_id":"33","conversation_id":"cnv_06c0a1b2c3d4e5f6g7h8j9k0m1","title":"产品咨询",
"description":"想了解产品价格","priority":"medium","category":"","customer_email":"customer@example.com","created_at":"2024-01-01T09:58:12Z","updated_at":"2024-01-01T10:00:00Z"`
	exampleAlert = `"alert_id":"alr_06c0a1b2c3d4e5f6g7h8j9k0m7","kind":"remote_down","subject":"shop","severity":"critical",
"summary":"Inbox shop has not taken anything for 5 minutes.","detail":{"waiting":12},"raised_at":"2024-01-01T09:55:00Z"`
)

// examples is the data of each event, as it is stored. Read-only.
var examples = map[string]string{
	"conversation.created":  `{` + exampleConversation + `,"status":"open"}`,
	"conversation.updated":  `{` + exampleConversation + `,"status":"pending","agent_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5"}`,
	"conversation.assigned": `{` + exampleConversation + `,"status":"open","agent_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5"}`,
	"conversation.closed": `{` + exampleConversation + `,"status":"closed","agent_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5","closed_by":"林客服",
"closed_at":"2024-01-01T10:00:00Z"}`,
	"message.received": `{` + exampleMessage + `,"seq":1,"content":"您好，想了解这个产品的价格。","content_type":"text","sender":{"type":"contact",
"id":"con_06c0a1b2c3d4e5f6g7h8j9k0m2","name":"王小明"},"attachments":[{"url":"https://shop.example/uploads/photo.png","name":"photo.png","type":"image/png","size":48213}]}`,
	"message.sent":    `{` + exampleMessage + `,"seq":2,"content":"您好！这款产品现在是 ¥199。","content_type":"text",` + exampleAgent + `}`,
	"message.failed":  `{` + exampleMessage + `,"seq":2,"content":"您好！这款产品现在是 ¥199。","content_type":"text",` + exampleAgent + `,"target":"shop","reason":"the site answers 503"}`,
	"ticket.created":  `{` + exampleTicket + `,"status":"pending"}`,
	"ticket.updated":  `{` + exampleTicket + `,"status":"processing","assignee_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5"}`,
	"ticket.resolved": `{` + exampleTicket + `,"status":"resolved","assignee_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5"}`,
	"ticket.closed":   `{` + exampleTicket + `,"status":"closed","assignee_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5"}`,
	"user.created": `{"user_id":"con_06c0a1b2c3d4e5f6g7h8j9k0m2","role":"contact","name":"王小明","email":"customer@example.com","phone":"+886912345678","level":"gold",
"tags":["回头客"],"custom_attributes":{"member_no":10023,"city":"台北"}}`,
	"user.updated":         `{"user_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5","role":"supervisor","name":"林客服","email":"lin@example.com"}`,
	"agent.status_changed": `{"agent_id":"agt_06c0a1b2c3d4e5f6g7h8j9k0m5","status":"online","previous_status":"away","timestamp":1704103200}`,
	EventTest:              `{"message":"测试","endpoint_id":"whe_06c0a1b2c3d4e5f6g7h8j9k0m8"}`,
	"alert.raised":         `{` + exampleAlert + `}`,
	"alert.cleared":        `{` + exampleAlert + `,"cleared_at":"2024-01-01T10:00:00Z"}`,
}
