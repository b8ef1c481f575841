package switchboard

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/store"
)

// How often one thing is asked before a dialogue is given up: who answers something else to a choice has something else to say.
const (
	mostTries       = 3
	mostChoiceTries = 2
)

const (
	// soonest is how long people take at least to read a question and to answer it.
	soonest = 3 * time.Second
	// clockSkew is how far the clock of the customer's side may be from ours.
	clockSkew = time.Minute
)

// AsShown is a message as the customer's side of an inbox is given it: a form that it cannot show at once begins with its first question.
// What is stored stays whole.
func (b *Switchboard) AsShown(inbox kefu.InboxID, m kefu.Message) kefu.Message {
	form := m.Content.Form
	if form == nil || form.Step > 0 || m.Author.Kind == kefu.AuthorContact || b.inboxes[inbox].Forms >= len(form.Fields) {
		return m
	}
	first := *form
	first.Step = 1
	m.Content.Form = &first
	return m
}

// beginDialogue adds to the changes that store a message what follows from its asking for something: the customer's side that cannot show
// that is asked field by field. Either way what was asked before is not asked any more.
func (c *change) beginDialogue(all *store.Batch, link store.Link, m store.Message, role kefu.LinkRole) {
	if role != "" && role != kefu.RoleCustomer || link.CustomerInbox == "" || !asks(m.Message) {
		return
	}
	if c.b.inboxes[link.CustomerInbox].Forms >= len(m.Content.Asks().Fields) {
		all.EndDialogue(m.ConversationID)
		return
	}
	all.BeginDialogue(m)
}

// dialogue is a form that is being asked field by field, with what its customer has just said.
type dialogue struct {
	store.Dialogue

	conv  store.Conversation
	link  store.Link
	asked store.Message
	form  kefu.Form
	said  store.Message
}

// goOn takes a customer's text, which is stored and was written at a time (zero: now), for the answer to the field that is being asked;
// false when it is none, and everything else follows from it that follows from a text. The conversation is locked.
func (c *change) goOn(conv store.Conversation, link store.Link, m store.Message, written time.Time) (taken bool, err error) {
	spoken := m.Author.Kind == kefu.AuthorContact && !m.Private && m.Content.Type == kefu.ContentText && len(m.Content.Attachments) == 0
	if !conv.Asking || !spoken || strings.TrimSpace(m.Content.Text) == "" {
		return false, nil
	}
	at, found, err := c.Dialogue(conv.ID)
	if err != nil || !found {
		return false, err
	}
	asked, err := c.Message(at.MessageID)
	if err != nil {
		return false, err
	}
	form := asked.Content.Asks()
	if at.Over(c.Now) || asked.Meta.Deleted || form == nil || at.Step > len(form.Fields) {
		return false, c.EndDialogue(conv.ID)
	}
	if seen, err := c.seesQuestion(at, link, written); err != nil || !seen {
		return false, err
	}
	d := &dialogue{Dialogue: at, conv: conv, link: link, asked: asked, form: *form, said: m}
	if card.Leaves(m.Content.Text) && !offered(form.Fields[at.Step-1], m.Content.Text) {
		c.say("dialogue left", conv.ID, conv.TicketName, "message_id", asked.ID, "step", at.Step)
		return true, c.endDialogue(d, "left")
	}
	return c.hear(d)
}

// seesQuestion tells whether the customer can have read what is asked when they wrote. A question that waits for the customer's side to
// come back, or did not arrive, is answered by nobody: what they write meanwhile says something else.
func (c *change) seesQuestion(at store.Dialogue, link store.Link, written time.Time) (bool, error) {
	if !written.IsZero() && written.Before(at.AskedAt.Add(-clockSkew)) {
		return false, nil
	}
	if at.Tries > 1 { // they have seen it before
		return true, nil
	}
	state, err := c.QuestionState(link.ConversationID, at.MessageID, link.ID)
	switch state {
	case kefu.DeliveryQueued, kefu.DeliveryFailed, kefu.DeliverySkipped:
		return false, err
	case "", kefu.DeliverySending, kefu.DeliveryDelivered, kefu.DeliveryUncertain:
	}
	return true, err
}

// hear holds what was said against the field: the next one is asked, or the same again, or it is done.
func (c *change) hear(d *dialogue) (taken bool, err error) {
	field := d.form.Fields[d.Step-1]
	v, fault := field.Take(meant(field, d.said.Content.Text))
	// What equals the answer before it and comes faster than people read is probably that answer, told twice.
	doubled := d.said.Meta.PossibleDuplicate && c.Now.Sub(d.AskedAt) < soonest
	if fault != "" || doubled {
		return c.askAgain(d, fault)
	}
	d.Said[field.Name] = v.Value
	if d.Step == len(d.form.Fields) {
		return true, c.answered(d)
	}
	d.Step, d.Tries = d.Step+1, 1
	if err := c.MoveDialogue(d.conv.ID, d.Dialogue); err != nil {
		return true, err
	}
	return true, c.ask(d, "")
}

// askAgain asks the same field once more, unless it was asked too often: then the text is one like every other.
func (c *change) askAgain(d *dialogue, fault string) (taken bool, err error) {
	most, choice := mostTries, d.asked.Content.Form == nil
	if choice {
		most = mostChoiceTries
	}
	if d.Tries < most {
		d.Tries++
		if err := c.MoveDialogue(d.conv.ID, d.Dialogue); err != nil {
			return true, err
		}
		return true, c.ask(d, fault)
	}
	c.say("dialogue given up", d.conv.ID, d.conv.TicketName, "message_id", d.asked.ID, "step", d.Step, "fault", fault)
	if choice {
		return false, c.EndDialogue(d.conv.ID)
	}
	return false, c.endDialogue(d, "stopped")
}

// ask sends the question. It carries no more of the other fields than their number and names.
func (c *change) ask(d *dialogue, fault string) error {
	form := kefu.Form{Title: d.form.Title, Step: d.Step, Fault: fault, Fields: make([]kefu.FormField, len(d.form.Fields))}
	for i, f := range d.form.Fields {
		if i+1 != d.Step {
			f = kefu.FormField{Name: f.Name, Label: f.Label, Type: f.Type}
		}
		form.Fields[i] = f
	}
	return c.tellCustomer(d, kefu.Content{Type: kefu.ContentForm, Form: &form})
}

// answered stores the answer that was given text by text, as if it had come at once, and thanks for a form.
func (c *change) answered(d *dialogue) error {
	answer, _ := d.form.Answer(d.asked.ID, d.Said) // each value was taken by its field
	m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: d.conv.ID, Author: d.said.Author, SourceLinkID: d.link.ID,
		Content: kefu.Content{Type: d.asked.Content.Type, Text: answerText(answer), Answer: &answer}}}
	if err := c.post(d.link, &m, kefu.RoleDesk); err != nil {
		return err
	}
	if d.asked.Content.Form == nil {
		return c.EndDialogue(d.conv.ID)
	}
	return c.endDialogue(d, "thanks")
}

// endDialogue asks nothing more, and says so.
func (c *change) endDialogue(d *dialogue, word string) error {
	if err := c.EndDialogue(d.conv.ID); err != nil {
		return err
	}
	who, err := c.Contact(d.conv.ContactID)
	if err != nil {
		return err
	}
	lang := who.Locale
	if lang == "" {
		lang = localeOf(wordsOf(d.form))
	}
	return c.tellCustomer(d, kefu.Content{Type: kefu.ContentText, Text: dialogueSays(lang, word)})
}

// tellCustomer says something of ours to the customer's side alone: the desks see what the customer says.
func (c *change) tellCustomer(d *dialogue, content kefu.Content) error {
	m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: d.conv.ID, Author: kefu.System(), Content: content}}
	return c.post(console(d.conv), &m, kefu.RoleCustomer)
}

// offered tells whether a text names an option of a field: "Cancel" may be one.
func offered(f kefu.FormField, text string) bool {
	return slices.ContainsFunc(f.Options, func(o kefu.Choice) bool {
		return strings.EqualFold(strings.TrimSpace(o.Label), strings.TrimSpace(text)) || o.Value == strings.TrimSpace(text)
	})
}

// meant is what a text says to a field: of a select the option with that label, else with that number; what is left empty has its default.
func meant(f kefu.FormField, text string) string {
	text = strings.TrimSpace(text)
	for _, o := range f.Options {
		if strings.EqualFold(strings.TrimSpace(o.Label), text) {
			return o.Value
		}
	}
	if n := numberIn(text); n >= 1 && n <= len(f.Options) {
		return f.Options[n-1].Value
	}
	if card.Skips(text) {
		if f.Required {
			return ""
		}
		return f.Default
	}
	return text
}

// numberIn reads a number as people write it in a list: "2", "２", "2.", "(2)", "２、"; 0 is none.
func numberIn(text string) int {
	text = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, strings.Trim(text, " 　.,，。．、:：()（）[]［］#＃"))
	if len(text) > len(strconv.Itoa(kefu.MostFields)) {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// wordsOf is what a form's maker wrote, of which its language shows.
func wordsOf(f kefu.Form) string {
	words := []string{f.Title}
	for _, field := range f.Fields {
		words = append(words, field.Label)
	}
	return strings.Join(words, " ")
}

// dialogueSays words the end of a dialogue, in the customer's language; of one whose language is not known, in Taiwan's.
func dialogueSays(l kefu.Locale, word string) string {
	texts := map[string][3]string{
		"thanks": {"謝謝，我們收到了。", "谢谢，我们收到了。", "Thank you, we have got it."},
		"left":   {"好的，已取消填寫。", "好的，已取消填写。", "All right, the form is cancelled."},
		"stopped": {"這張表單就先不填了。您寫的內容我們都有收到。", "这张表单就先不填了。您写的内容我们都已收到。",
			"Let us leave the form for now. We have received everything that you wrote."},
	}
	return texts[word][localeAt(l)]
}
