package webhook

// EventTest is the type of the event that the test of an endpoint sends. Nobody subscribes to it.
const EventTest = "webhook.test"

// EventType is one kind of event that endpoints are told of.
type EventType struct {
	Event       string
	Description string
}

// EventTypes is the catalogue: every event type, in the order in which it is shown.
func EventTypes() []EventType {
	return []EventType{
		{"conversation.created", "A conversation began."},
		{"conversation.updated", "A conversation changed: subject, status, priority, team or labels, or it was reopened."},
		{"conversation.assigned", "A conversation was given to an agent, or back to the queue."},
		{"conversation.closed", "A conversation was closed."},
		{"message.received", "A customer wrote."},
		{"message.sent", "An agent, a bot or Kefu itself wrote: to the customer, or a note for colleagues."},
		{"message.failed", "A message did not arrive at a target, or may not have."},
		{"ticket.created", "A ticket was opened."},
		{"ticket.updated", "A ticket changed: title, status, priority or assignee."},
		{"ticket.resolved", "A ticket was resolved."},
		{"ticket.closed", "A ticket was closed."},
		{"user.created", "A contact or an agent was added; role tells which."},
		{"user.updated", "A contact or an agent was changed; role tells which."},
		{"agent.status_changed", "An agent came, left, or became away or busy."},
		{EventTest, "Somebody tested this endpoint. It is sent on demand only."},
		{"alert.raised", "Something is wrong with Kefu or with what it talks to. The word * does not stand for it."},
		{"alert.cleared", "What was wrong is well again. The word * does not stand for it."},
	}
}
