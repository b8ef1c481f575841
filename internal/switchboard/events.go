package switchboard

import (
	"cmp"
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// The members of event data are those of contracts/webhooks; times are RFC 3339 UTC.

type conversationData struct {
	ConversationID  kefu.ConversationID `json:"conversation_id"`
	VisitorID       kefu.ContactID      `json:"visitor_id"`
	ContactID       kefu.ContactID      `json:"contact_id"`
	AgentID         *kefu.AgentID       `json:"agent_id"`
	TeamID          *kefu.TeamID        `json:"team_id"`
	InboxID         kefu.InboxID        `json:"inbox_id"`
	Channel         string              `json:"channel"`
	Subject         string              `json:"subject"`
	Status          kefu.Status         `json:"status"`
	Priority        kefu.Priority       `json:"priority"`
	Labels          []string            `json:"labels"`
	CreatedAt       time.Time           `json:"created_at"`
	UpdatedAt       time.Time           `json:"updated_at"`
	ClosedBy        string              `json:"closed_by,omitempty"`
	ClosedAt        time.Time           `json:"closed_at,omitzero"`
	PreviousAgentID *kefu.AgentID       `json:"previous_agent_id,omitempty"`
}

type attachmentData struct {
	URL  string `json:"url"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	// SHA256 stands in the log only, for what is in the vault: who is shown the event gets a link that is made then.
	SHA256 string `json:"sha256,omitempty"`
}

type messageData struct {
	MessageID      kefu.MessageID      `json:"message_id"`
	ConversationID kefu.ConversationID `json:"conversation_id"`
	Seq            int64               `json:"seq"`
	Content        string              `json:"content"`
	ContentType    kefu.ContentType    `json:"content_type"`
	Attachments    []attachmentData    `json:"attachments"`
	Sender         kefu.Author         `json:"sender"`
	Private        bool                `json:"private"`
	CreatedAt      time.Time           `json:"created_at"`
	Choices        []kefu.Choice       `json:"choices,omitempty"`
	Order          *kefu.Order         `json:"order,omitempty"`
	Articles       []kefu.ArticleCard  `json:"articles,omitempty"`
	Form           *kefu.Form          `json:"form,omitempty"`
	Filled         *kefu.Answer        `json:"filled,omitempty"`
	Target         string              `json:"target,omitempty"`
	Reason         string              `json:"reason,omitempty"`
}

type ticketData struct {
	TicketID       kefu.TicketID       `json:"ticket_id"`
	Number         int64               `json:"number"`
	ExternalID     string              `json:"external_id"`
	ConversationID kefu.ConversationID `json:"conversation_id"`
	Title          string              `json:"title"`
	Description    string              `json:"description"`
	Priority       kefu.Priority       `json:"priority"`
	Category       string              `json:"category"`
	Status         kefu.TicketStatus   `json:"status"`
	AssigneeID     *kefu.AgentID       `json:"assignee_id"`
	CustomerEmail  string              `json:"customer_email"`
	CreatedAt      time.Time           `json:"created_at"`
	UpdatedAt      time.Time           `json:"updated_at"`
}

func (c *change) conversationEvent(kind string, conv store.Conversation, actor kefu.Author, previous *kefu.AgentID) error {
	if err := c.labels(&conv); err != nil {
		return err
	}
	c.touch(conv.ID)
	return c.event(kind, conv.ID, actor, conversationData{
		ConversationID: conv.ID, VisitorID: conv.ContactID, ContactID: conv.ContactID, AgentID: orNull(conv.AssigneeID), TeamID: orNull(conv.TeamID),
		InboxID: conv.InboxID, Channel: c.b.inboxes[conv.InboxID].Channel, Subject: conv.Subject, Status: conv.Status, Priority: conv.Priority, Labels: conv.Labels,
		CreatedAt: conv.CreatedAt, UpdatedAt: c.Now, ClosedBy: conv.ClosedBy, ClosedAt: conv.ClosedAt, PreviousAgentID: previous,
	})
}

// labels reads a conversation's labels, unless that was done.
func (c *change) labels(conv *store.Conversation) error {
	if conv.Labels != nil {
		return nil
	}
	all, err := c.LabelsOf(conv.ID)
	if conv.Labels = all[conv.ID]; conv.Labels == nil {
		conv.Labels = []string{}
	}
	return err
}

func (c *change) ticketEvent(kind string, t kefu.Ticket, actor kefu.Author) error {
	words, err := c.TicketWords(t.ConversationID)
	if err != nil {
		return err
	}
	return c.toldOfTicket(kind, t, words, actor)
}

// toldOfTicket is ticketEvent for who knows the ticket's words.
func (c *change) toldOfTicket(kind string, t kefu.Ticket, words store.TicketWords, actor kefu.Author) error {
	if t.ID == "" {
		return nil // a conversation that the bot has is no case yet
	}
	return c.event(kind, t.ConversationID, actor, ticketData{
		TicketID: t.ID, Number: t.Number, ExternalID: t.ExternalID, ConversationID: t.ConversationID, Title: t.Title,
		Description: cmp.Or(t.Description, words.Description),
		Priority:    t.Priority, Category: t.Category, Status: t.Status, AssigneeID: orNull(t.AssigneeID), CustomerEmail: words.CustomerEmail,
		CreatedAt: t.CreatedAt, UpdatedAt: c.Now,
	})
}

// RecordFailure writes into a transaction the event that a message did not arrive, or may not have.
func (b *Switchboard) RecordFailure(tx *store.Tx, m kefu.Message, target kefu.InboxID, reason string) error {
	data := dataOf(m)
	data.Target, data.Reason = string(target), reason
	c := b.inside(tx)
	if err := c.markLate(m); err != nil {
		return err
	}
	return c.event("message.failed", m.ConversationID, m.Author, data)
}

func dataOf(m kefu.Message) messageData {
	data := messageData{
		MessageID: m.ID, ConversationID: m.ConversationID, Seq: m.Seq, Content: m.Content.Text, ContentType: m.Content.Type,
		Attachments: make([]attachmentData, 0, len(m.Content.Attachments)), Sender: m.Author, Private: m.Private, CreatedAt: m.CreatedAt,
		Choices: m.Content.Choices, Order: m.Content.Order, Articles: m.Content.Articles, Form: m.Content.Form, Filled: m.Content.Answer,
	}
	for _, a := range m.Content.Attachments {
		data.Attachments = append(data.Attachments, attachmentData{URL: a.URL, Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256})
	}
	return data
}

// event writes a fact into the transaction of the change; the relay gives it its position later.
func (c *change) event(kind string, conv kefu.ConversationID, actor kefu.Author, data any) error {
	e, err := c.newEvent(kind, conv, actor, data)
	if err != nil {
		return err
	}
	return c.AppendEvent(e)
}

// newEvent makes a fact that the caller writes.
func (c *change) newEvent(kind string, conv kefu.ConversationID, actor kefu.Author, data any) (kefu.Event, error) {
	raw, err := json.Marshal(data)
	c.wake[bus.Events] = true
	return kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: kind, ConversationID: conv, Actor: actor, Data: raw}, err
}
