package switchboard

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"unicode/utf8"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// Bounds of a message.
const (
	mostAttachments = 10
	mostChoices     = 25
)

// Send says something in a conversation, in one transaction. The answer's ConversationID is where it went: a contact's text after the end
// of a conversation may have begun a new one.
func (b *Switchboard) Send(ctx context.Context, ask kefu.Ask, in NewMessage) (Message, error) {
	content, faults := b.compose(ask.Caller, in)
	if err := faults.Err(notSendable); err != nil && !in.refers() {
		return Message{}, err
	}
	return do(ctx, b, ask, func(c *change) (Message, error) {
		in := in // a second try begins with what was sent
		m := store.Message{Message: kefu.Message{ID: newMessageID(), Author: ask.Caller.Author(), Content: content, Private: in.Private}}
		if in.SenderType == kefu.AuthorContact {
			m.Author = kefu.Author{Kind: kefu.AuthorContact, Via: "API"}
		}
		err := c.lookUp(slices.Clone(faults), ask.Caller, &in, &m.Content)
		if err == nil {
			err = c.send(ask.Caller, in, &m)
		}
		if err == nil && m.Content.Answer != nil {
			err = c.EndAsked(in.ConversationID, m.Content.Answer.MessageID)
		}
		if err != nil || !m.Queued || ask.Caller.Kind == kefu.CallerContact {
			return b.showMessage(ask.Caller, m.Message, nil), err
		}
		ways, err := c.Ways(m.ID)
		return b.showMessage(ask.Caller, m.Message, ways[m.ID]), err
	})
}

// notSendable begins the refusal of a message.
const notSendable = "the message cannot be sent"

// compose checks what is to be said, as far as that is possible without looking anything up, and names every fault.
func (b *Switchboard) compose(by kefu.Caller, in NewMessage) (out kefu.Content, f kefu.Faults) {
	out = kefu.Content{Type: in.ContentType, Text: in.Content, Choices: in.Choices}
	composeCards(&f, by, in, &out)
	if len(in.Content) > kefu.MaxText {
		f.Add("content", "must have at most %d bytes", kefu.MaxText)
	}
	if len(in.Attachments) > mostAttachments {
		f.Add("attachments", "may be at most %d", mostAttachments)
	} else {
		for _, ref := range in.Attachments {
			out.Attachments = append(out.Attachments, b.attachment(&f, ref))
		}
	}
	checkChoices(&f, in.Choices)
	checkSender(&f, by, in)
	if out.Empty() && in.Answer == nil && len(heldBy(in)) == 0 && memberOf(in.ContentType) == "" {
		f.Add("content", "is needed, or attachments, choices, a form, an order, articles or an answer")
	}
	return typed(out), f
}

func checkSender(f *kefu.Faults, by kefu.Caller, in NewMessage) {
	program := by.Kind == kefu.CallerClient || by.Kind == kefu.CallerSystem
	switch in.SenderType {
	case "":
	case kefu.AuthorBot, kefu.AuthorContact:
		if !program {
			f.Add("sender_type", "is for programs: leave it out")
		}
	default:
		f.Add("sender_type", "must be bot or contact")
	}
	if in.Private && (by.Kind == kefu.CallerContact || in.SenderType == kefu.AuthorContact) {
		f.Add("private", "is for staff and programs: a contact writes no notes")
	}
	if by.Kind != kefu.CallerContact && in.ConversationID == "" && in.ContactID == "" && in.Answer == nil {
		f.Add("conversation_id", "is needed")
	}
}

func checkChoices(f *kefu.Faults, choices []kefu.Choice) {
	if len(choices) > mostChoices {
		f.Add("choices", "may be at most %d", mostChoices)
	}
	for _, ch := range choices {
		if n := utf8.RuneCountInString(ch.Label); n < 1 || n > 80 || utf8.RuneCountInString(ch.Value) > 200 || ch.URL != "" && !webAddress(ch.URL) {
			f.Add("choices", "each needs a label of at most 80 characters, a value of at most 200, and a url only with http or https")
			return
		}
	}
}

// attachment finds what is referred to. An uploaded file is known by the id that its uploader was given.
func (b *Switchboard) attachment(f *kefu.Faults, ref AttachmentRef) kefu.Attachment {
	if utf8.RuneCountInString(ref.Name) > 255 {
		f.Add("attachments", "a name must have at most 255 characters")
	}
	switch {
	case (ref.ID == "") == (ref.URL == ""):
		f.Add("attachments", "each needs an id or a url, and not both")
	case ref.ID != "":
		a, ok := b.vault.Uploaded(ref.ID)
		if !ok {
			f.Add("attachments", "%q is not the id of an uploaded file: upload it again", kefu.Excerpt(ref.ID, 60))
		}
		a.Name = cmp.Or(ref.Name, a.Name)
		return a
	case !webAddress(ref.URL):
		f.Add("attachments", "a url must begin with http:// or https:// and have at most 2048 bytes")
	}
	return kefu.Attachment{URL: ref.URL, Name: ref.Name}
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2048 && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// send finds the conversation and posts.
func (c *change) send(by kefu.Caller, in NewMessage, m *store.Message) error {
	id := in.ConversationID
	if id == "" {
		conv, err := c.talkOf(by, in)
		if err != nil {
			return err
		}
		id = conv
	}
	m.ConversationID = id
	conv, ord, open, err := c.TakePlace(id)
	if err != nil {
		return err
	}
	if open {
		if err := mustSee(c.Tx, by, seenOf(conv)); err != nil {
			return err
		}
		return c.putAt(store.Place{Seq: conv.LastSeq, Ord: ord}, conv, m)
	}
	if conv, err = c.takeSeen(by, id); err != nil {
		return err
	}
	return c.putLate(conv, m)
}

// putLate posts into a conversation that is not open: a contact's words open it, or begin a new one; an agent's need it opened first.
func (c *change) putLate(conv store.Conversation, m *store.Message) error {
	closed := conv.Status == kefu.StatusClosed
	switch {
	case m.Author.Kind != kefu.AuthorContact && closed && !m.Private:
		return errClosed()
	case m.Author.Kind != kefu.AuthorContact:
		return c.put(conv, m)
	}
	if err := c.nameContact(conv, m); err != nil {
		return err
	}
	switch {
	case closed && c.Now.Sub(conv.ClosedAt) <= ReopenWithin:
		if err := c.reopen(conv, m.Author); err != nil {
			return err
		}
	case closed:
		next, err := c.follow(conv, m)
		if err != nil {
			return err
		}
		conv, m.ConversationID = next, next.ID
	default:
		if err := c.wakeWaiting(conv, m.Author); err != nil {
			return err
		}
	}
	return c.put(conv, m)
}

// put posts at the next place.
func (c *change) put(conv store.Conversation, m *store.Message) error {
	place, err := c.NextPlace(conv.ID, true)
	if err != nil {
		return err
	}
	return c.putAt(place, conv, m)
}

// putAt is put at a place that was given out.
func (c *change) putAt(place store.Place, conv store.Conversation, m *store.Message) error {
	if err := c.putBy(place, conv, m); err != nil {
		return err
	}
	if place.Seq > 1 || !c.madeNow(conv) {
		return nil
	}
	return c.SetInitial(conv.ID, m.ID, conv.Subject)
}

// putBy posts what was written in Kefu itself: a contact's words to the desks, notes to the desks, the rest to the customer's side too. An
// agent's are a note while a desk owns the talk. The conversation is locked.
func (c *change) putBy(place store.Place, conv store.Conversation, m *store.Message) error {
	here := console(conv)
	switch m.Author.Kind {
	case kefu.AuthorContact:
		if err := c.nameContact(conv, m); err != nil {
			return err
		}
		return c.postAt(place, here, m, kefu.RoleDesk)
	case kefu.AuthorAgent:
		if !m.Private {
			m.Meta.Unrouted = unrouted(conv, here)
			m.Private = m.Meta.Unrouted != ""
		}
		if !m.Private {
			told, err := c.firstAnswer(conv, here, m.Message)
			if err != nil {
				return err
			}
			if told {
				behind, err := c.NextPlace(conv.ID, false)
				if err != nil {
					return err
				}
				place.Ord = behind.Ord
			}
		}
	case kefu.AuthorBot, kefu.AuthorSystem:
	}
	if m.Private {
		return c.postAt(place, here, m, kefu.RoleDesk)
	}
	return c.postAt(place, here, m, "")
}

// nameContact makes the conversation's contact the author of what a program passes on.
func (c *change) nameContact(conv store.Conversation, m *store.Message) error {
	if m.Author.ID != "" && m.Author.Name != "" {
		return nil
	}
	who, err := c.Contact(conv.ContactID)
	m.Author.ID, m.Author.Name = string(conv.ContactID), who.Name
	return err
}

// follow begins the conversation that follows one that was closed for too long.
func (c *change) follow(old store.Conversation, m *store.Message) (store.Conversation, error) {
	inbox := old.InboxID
	if in, ok := c.b.Inbox(inbox); !ok || in.Channel != ProgramChannel {
		inbox = ProgramInbox // elsewhere a conversation begins outside
	}
	return c.begin(kefu.Conversation{ID: kefu.ConversationID(ident.New("cnv")), InboxID: inbox, ContactID: old.ContactID, Subject: old.Subject,
		Status: kefu.StatusOpen, Handler: kefu.HandlerQueue, Priority: old.Priority, TeamID: old.TeamID, PreviousID: old.ID, CreatedAt: c.Now,
		Labels: []string{}}, kefu.Ticket{}, m.Content.Text, nil, m.Author)
}

// talkOf finds the conversation of a message that names none: the contact's newest that is not closed, else a new one.
func (c *change) talkOf(by kefu.Caller, in NewMessage) (kefu.ConversationID, error) {
	start := NewConversation{ContactID: in.ContactID, Content: in.Content}
	if by.Kind == kefu.CallerContact {
		start.ContactID = ""
	}
	who, err := c.personFor(by, start)
	if err != nil {
		return "", err
	}
	sight, err := c.Sight(by)
	if err != nil {
		return "", err
	}
	open, err := c.OpenConversationsOf(who.ID)
	if err != nil {
		return "", err
	}
	for _, id := range open {
		conv, err := c.Conversation(id)
		if err != nil {
			return "", err
		}
		if sight.Sees(seenOf(conv)) {
			return id, c.prefer(conv, in.PreferAgent, authorFor(by, who))
		}
	}
	conv, err := c.start(by, start, who, kefu.Ticket{})
	if err != nil {
		return "", err
	}
	return conv.ID, c.prefer(conv, in.PreferAgent, authorFor(by, who))
}

// prefer gives a conversation that nobody has to the agent whom the contact asked for, if that agent can answer now.
func (c *change) prefer(conv store.Conversation, id kefu.AgentID, by kefu.Author) error {
	if id == "" || conv.AssigneeID != "" {
		return nil
	}
	to, err := c.Agent(id)
	if err != nil || to.ID == "" || !to.DeactivatedAt.IsZero() || to.Status != kefu.AgentOnline {
		return err
	}
	if conv, err = c.LockConversation(conv.ID); err != nil || conv.AssigneeID != "" {
		return err
	}
	return c.assign(conv, console(conv), by, kefu.Author{Kind: kefu.AuthorAgent, ID: string(to.ID), Name: to.Name})
}
