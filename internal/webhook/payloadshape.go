package webhook

import "slices"

// form is how a member of data is written.
type form int

const (
	formText    form = iota // a string, "" when there is none
	formID                  // an id, or null when it is nobody's
	formWhole               // a whole number
	formFlag                // true or false
	formTime                // a time as the endpoint wants it, or null
	formStrings             // a list of strings
	formObject              // an object with any members
	formFiles               // attachments
	formSender              // who wrote
	formExtra               // an object or a list that is there only when the event tells it
)

// member is one member of an event's data.
type member struct {
	name  string
	form  form
	about string
	words []string // what it may be; nil is anything
}

// shapes are the members of each event's data, in their order (contracts: webhooks, "data by event"). Read-only.
var shapes = map[string][]member{
	"conversation.created":  conversationShape,
	"conversation.updated":  conversationShape,
	"conversation.assigned": append(slices.Clone(conversationShape), member{"previous_agent_id", formID, "Who had it before, or null.", nil}),
	"conversation.closed": append(slices.Clone(conversationShape), member{"closed_by", formText, "Who closed it, in the words of the side that did.", nil},
		member{"closed_at", formTime, "When it was closed.", nil}),
	"message.received": messageShape,
	"message.sent":     messageShape,
	"message.failed": append(slices.Clone(messageShape), member{"target", formText, "The inbox that it did not reach.", nil},
		member{"reason", formText, "Why, in words.", nil}),
	"ticket.created":  ticketShape,
	"ticket.updated":  ticketShape,
	"ticket.resolved": ticketShape,
	"ticket.closed":   ticketShape,
	"user.created":    userShape,
	"user.updated":    userShape,
	"agent.status_changed": {
		{"agent_id", formText, "The agent.", nil},
		{"status", formText, "The effective status now.", agentWords},
		{"previous_status", formText, "The effective status before.", agentWords},
		{"timestamp", formWhole, "When it changed, in unix seconds whatever the endpoint's setting.", nil},
	},
	EventTest: {
		{"message", formText, "A word of greeting.", nil},
		{"endpoint_id", formText, "The endpoint that is tested.", nil},
	},
	"alert.raised":  alertShape,
	"alert.cleared": alertShape,
}

// Read-only: words of the vocabulary.
var (
	agentWords    = []string{"online", "away", "busy", "offline"}
	priorityWords = []string{"low", "medium", "high", "urgent"}
)

// Read-only.
var conversationShape = []member{
	{"conversation_id", formText, "The conversation.", nil},
	{"visitor_id", formText, "The same as contact_id.", nil},
	{"contact_id", formText, "The person served.", nil},
	{"agent_id", formID, "The agent who has it, or null.", nil},
	{"team_id", formID, "The team whose queue it is in, or null.", nil},
	{"inbox_id", formText, "Where it came in.", nil},
	{"channel", formText, "What kind of place that is: wordpress, discord, api.", nil},
	{"subject", formText, "What it is about.", nil},
	{"status", formText, "Its status.", []string{"open", "pending", "snoozed", "closed"}},
	{"priority", formText, "Its priority.", priorityWords},
	{"labels", formStrings, "Names of its labels.", nil},
	{"created_at", formTime, "When it began.", nil},
	{"updated_at", formTime, "When it changed last.", nil},
}

// Read-only.
var messageShape = []member{
	{"message_id", formText, "The message.", nil},
	{"conversation_id", formText, "Its conversation.", nil},
	{"seq", formWhole, "Its place in the conversation, from 1 on without a hole.", nil},
	{"content", formText, "What it says.", nil},
	{"content_type", formText, "What kind of content that is.", []string{"text", "image", "file", "order_card", "form", "choice", "article", "event"}},
	{"attachments", formFiles, "Its files.", nil},
	{"sender", formSender, "Who wrote it.", nil},
	{"private", formFlag, "It is a note for colleagues, which the customer does not see.", nil},
	{"created_at", formTime, "When it was written.", nil},
	{"choices", formExtra, "What can be picked.", nil},
	{"order", formExtra, "The order that an `order_card` shows.", nil},
	{"articles", formExtra, "The articles that it shows.", nil},
	{"form", formExtra, "What the customer is asked to fill in: `title` and `fields`; with a `step`, that field alone.", nil},
	{"filled", formExtra, "What the customer filled in or picked: `message_id` of what asks, and `values` with `name`, `label`, `value`, and `shown` of an option.", nil},
}

// Read-only.
var ticketShape = []member{
	{"ticket_id", formText, "The ticket.", nil},
	{"number", formWhole, "The number that people say.", nil},
	{"external_id", formText, "Its id in the outside system, \"\" when it has none.", nil},
	{"conversation_id", formText, "Its conversation.", nil},
	{"title", formText, "What it is about.", nil},
	{"description", formText, "The text that it was opened with.", nil},
	{"priority", formText, "Its priority.", priorityWords},
	{"category", formText, "Its category, \"\" when it has none.", nil},
	{"status", formText, "Its status.", []string{"pending", "processing", "resolved", "closed"}},
	{"assignee_id", formID, "The agent who has it, or null.", nil},
	{"customer_email", formText, "The customer's e-mail address, \"\" when it is not known.", nil},
	{"created_at", formTime, "When it was opened.", nil},
	{"updated_at", formTime, "When it changed last.", nil},
}

// Read-only.
var userShape = []member{
	{"user_id", formText, "The contact or agent.", nil},
	{"role", formText, "contact for a person served; else the agent's role.", []string{"contact", "agent", "supervisor", "admin"}},
	{"name", formText, "The name.", nil},
	{"email", formText, "The e-mail address, \"\" when it is not known.", nil},
	{"phone", formText, "The phone number, \"\" when it is not known.", nil},
	{"level", formText, "The customer's level, such as gold; \"\" when there is none.", nil},
	{"tags", formStrings, "The customer's tags.", nil},
	{"custom_attributes", formObject, "Whatever else the organisation keeps about the customer.", nil},
}

// Read-only.
var alertShape = []member{
	{"alert_id", formText, "The alert.", nil},
	{"kind", formText, "What is wrong.", []string{"remote_down", "queue_age", "webhook_failing", "webhook_disabled", "unanswered", "feed_down"}},
	{"subject", formText, "The inbox or the endpoint that it is about.", nil},
	{"severity", formText, "How soon somebody should look.", []string{"warning", "critical"}},
	{"summary", formText, "One line for people.", nil},
	{"detail", formObject, "Figures.", nil},
	{"raised_at", formTime, "Since when it is wrong.", nil},
	{"cleared_at", formTime, "When it was well again; null while it is not.", nil},
}

// absent is what stands for a member that an event does not tell.
func (m member) absent() string {
	switch m.form {
	case formText:
		return `""`
	case formWhole:
		return "0"
	case formFlag:
		return "false"
	case formStrings, formFiles:
		return "[]"
	case formObject:
		return "{}"
	case formSender:
		return `{"type":"system","id":null,"name":""}`
	case formID, formTime, formExtra:
	}
	return "null"
}
