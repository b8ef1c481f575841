package switchboard

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/store"
)

// Message is a message as the API shows it. A contact is shown neither its deliveries nor why it is a note.
type Message struct {
	ID             kefu.MessageID      `json:"id" doc:"Id of the message." example:"msg_06c0000000000000000000000g"`
	ConversationID kefu.ConversationID `json:"conversation_id" doc:"The conversation that it is part of."`
	Seq            int64               `json:"seq" doc:"Its place in the conversation, which is the only order there is."`
	Sender         kefu.Author         `json:"sender" doc:"Who wrote it, with the name as it was then."`
	Private        bool                `json:"private" doc:"It is a note, which no customer sees."`
	Content        string              `json:"content" doc:"Its text; empty once it was recalled."`
	ContentType    kefu.ContentType    `json:"content_type" doc:"text, image, file, order_card, form, choice, article, or event for a line of the history."`
	Attachments    []Attachment        `json:"attachments" doc:"Its pictures and files."`
	Choices        []kefu.Choice       `json:"choices,omitempty" doc:"What can be picked."`
	Order          *kefu.Order         `json:"order,omitempty" doc:"The order that it shows."`
	Articles       []kefu.ArticleCard  `json:"articles,omitempty" doc:"The articles that it shows."`
	Form           *kefu.Form          `json:"form,omitempty" doc:"What the customer is asked to fill in. With a step it asks for that field alone, counted from 1, of a form that is asked field by field; fault says why it is asked again: needed, email, option or long."`
	Filled         *FormAnswer         `json:"filled,omitempty" doc:"What the customer filled in or picked, the same whatever they did that with."`
	CreatedAt      time.Time           `json:"created_at" doc:"When it was stored."`
	Edited         bool                `json:"edited" doc:"Its text was changed later."`
	Deleted        bool                `json:"deleted" doc:"It was recalled."`
	Unrouted       string              `json:"unrouted,omitempty" doc:"Why it is kept as a note and went to no customer, although it was not written as one."`
	Answer         *BotAnswer          `json:"answer,omitempty" doc:"Of an answer of Kefu's bot: what it was based on; for staff and programs."`
	Deliveries     []Delivery          `json:"deliveries,omitempty" doc:"What became of it on its way to each place that shows the conversation; for staff and programs."`
}

// FormAnswer is what a customer filled in or picked.
type FormAnswer struct {
	MessageID kefu.MessageID     `json:"message_id" doc:"The message that asked."`
	Values    []kefu.AnswerValue `json:"values" doc:"The answers in the order of the fields: name and label of the field, the value (of a select, that of the option), and as shown the label of the option."`
}

// BotAnswer is what an answer of Kefu's bot was based on.
type BotAnswer struct {
	Questions  []kefu.MessageID `json:"questions" doc:"The messages that it answers."`
	Source     string           `json:"source" doc:"Where the words are from: the articles as they stand, the writer, or none when it had no answer." enum:"excerpts,writer,none"`
	Confidence float64          `json:"confidence" doc:"How sure it was, from 0 to 1."`
	Reason     string           `json:"reason" doc:"Why it had no answer, or why the writer was not used; or empty."`
	Articles   []kefu.BotBasis  `json:"articles" doc:"The articles that were found, the best first."`
	Helped     *bool            `json:"helped" doc:"Whether the customer said that it helped; null when they said nothing."`
}

// Attachment is a picture or file as the API shows it.
type Attachment struct {
	URL  string `json:"url" doc:"Where it can be fetched."`
	Name string `json:"name" doc:"Its file name."`
	Type string `json:"type" doc:"Its media type; empty when it was not looked at."`
	Size int64  `json:"size" doc:"Its size in bytes; 0 when it was not looked at."`
}

// Delivery is what became of a message on one of its ways.
type Delivery struct {
	ID       kefu.DeliveryID    `json:"id" doc:"Id of the delivery."`
	Target   kefu.InboxID       `json:"target" doc:"The inbox that it goes to."`
	Role     kefu.LinkRole      `json:"role" doc:"customer, or desk; former for a customer's thread that belongs to a later conversation now."`
	State    kefu.DeliveryState `json:"state" doc:"queued, sending, delivered, failed, uncertain or skipped."`
	Reason   string             `json:"reason" doc:"Why it waits or failed, in words."`
	Attempts int                `json:"attempts" doc:"How often it was tried."`
}

// NewMessage is what is to be said.
type NewMessage struct {
	ConversationID kefu.ConversationID `json:"conversation_id,omitempty" doc:"Where. A contact's without it goes to their open conversation, else begins one."`
	Content        string              `json:"content,omitempty" doc:"The text, at most 64 KiB."`
	ContentType    kefu.ContentType    `json:"content_type,omitempty" doc:"text, image, file, order_card, form, choice or article. Without it, it is that of what is given."`
	Private        bool                `json:"private,omitempty" doc:"A note, which no customer sees."`
	Attachments    []AttachmentRef     `json:"attachments,omitempty" doc:"Pictures and files, at most 10."`
	Choices        []kefu.Choice       `json:"choices,omitempty" doc:"What can be picked, at most 25. With the content type choice it is a question: what the customer picks comes back as an answer."`
	Form           *NewForm            `json:"form,omitempty" doc:"What the customer is to fill in. Where their side cannot show forms they are asked field by field; the answer is the same."`
	Order          json.RawMessage     `json:"order,omitempty" doc:"An order to show, in either spelling: order_id, status, created_at or create_time, items, total_amount or amount, shipping_fee, currency, logistics, remark, url."`
	Articles       []kefu.ArticleID    `json:"articles,omitempty" doc:"Ids of published articles to show, at most 10."`
	Answer         *NewAnswer          `json:"answer,omitempty" doc:"What a contact filled in or picked, in place of a content. From contacts, and from programs with the sender_type contact."`
	SenderType     kefu.AuthorKind     `json:"sender_type,omitempty" doc:"For programs: bot (without it), or contact to pass on what the contact wrote."`
	// ContactID is an agent's recipient instead of a conversation: their newest conversation that is not closed. PreferAgent is whom a
	// contact would like to talk to. Both are of the WebSocket's send frame.
	ContactID   kefu.ContactID `json:"-"`
	PreferAgent kefu.AgentID   `json:"-"`
}

// NewForm is what a customer is to be asked.
type NewForm struct {
	Title  string           `json:"title,omitempty" doc:"What it is for, at most 200 characters."`
	Fields []kefu.FormField `json:"fields" doc:"At most 25. Types: text, text_area, email, and select with options."`
}

// NewAnswer is what a contact fills in or picks.
type NewAnswer struct {
	MessageID kefu.MessageID    `json:"message_id" doc:"The message that asks."`
	Values    map[string]string `json:"values" doc:"The values by the names of the fields; of a select the value of an option, or its label. The one field of choices is choice."`
}

// AttachmentRef refers to an uploaded file, or to one that lies elsewhere.
type AttachmentRef struct {
	ID   string `json:"id,omitempty" doc:"Id of an uploaded file: att_…"`
	URL  string `json:"url,omitempty" doc:"Address of a file that lies elsewhere, http or https; it is passed on, not fetched."`
	Name string `json:"name,omitempty" doc:"What to call it, at most 255 characters."`
}

// MessageChange is an edit.
type MessageChange struct {
	Content kefu.Opt[string] `json:"content,omitzero" doc:"The new text, at most 64 KiB. The old one is kept for audit."`
}

// MessageFilter says which of a conversation's messages are wanted. The newest come first unless OldestFirst.
type MessageFilter struct {
	Before, After int64 // places, not included; 0 is no bound
	OldestFirst   bool
}

// showMessage is a message as a caller is shown it; ways are its deliveries.
func (b *Switchboard) showMessage(by kefu.Caller, m kefu.Message, ways []store.Way) Message {
	out := Message{ID: m.ID, ConversationID: m.ConversationID, Seq: m.Seq, Sender: m.Author, Private: m.Private, Content: m.Content.Text,
		ContentType: m.Content.Type, Attachments: make([]Attachment, 0, len(m.Content.Attachments)), Choices: m.Content.Choices, Order: m.Content.Order,
		Articles: m.Content.Articles, Form: m.Content.Form, Filled: (*FormAnswer)(m.Content.Answer), CreatedAt: m.CreatedAt, Edited: m.Meta.Edited, Deleted: m.Meta.Deleted}
	for _, a := range m.Content.Attachments {
		out.Attachments = append(out.Attachments, b.showAttachment(a))
	}
	if by.Kind == kefu.CallerContact {
		return out
	}
	out.Unrouted = m.Meta.Unrouted
	for _, w := range ways {
		out.Deliveries = append(out.Deliveries, Delivery{ID: w.ID, Target: w.Target, Role: w.Role, State: w.State, Reason: w.Reason, Attempts: w.Attempts})
	}
	return out
}

func showAnswer(r kefu.BotRecord) *BotAnswer {
	out := &BotAnswer{Questions: r.Questions, Source: r.Source, Confidence: r.Confidence, Reason: r.Reason, Articles: r.Articles}
	if out.Articles == nil {
		out.Articles = []kefu.BotBasis{}
	}
	if r.Helped != 0 {
		yes := r.Helped > 0
		out.Helped = &yes
	}
	return out
}

// showAttachment gives what is in the vault a signed link of ours; the outside link may be dead by now.
func (b *Switchboard) showAttachment(a kefu.Attachment) Attachment {
	out := Attachment{URL: a.URL, Name: a.Name, Type: a.Type, Size: a.Size}
	if a.SHA256 != "" {
		if link := b.vault.ShortLink(a); link != "" {
			out.URL = link
		}
	}
	return out
}
