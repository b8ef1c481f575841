package switchboard

import (
	"cmp"
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// StartConversation begins a conversation in an inbox of the organisation's own programs.
func (b *Switchboard) StartConversation(ctx context.Context, ask kefu.Ask, in NewConversation) (Conversation, error) {
	if err := in.check(ask.Caller); err != nil {
		return Conversation{}, err
	}
	return do(ctx, b, ask, func(c *change) (Conversation, error) {
		who, err := c.personFor(ask.Caller, in)
		if err != nil {
			return Conversation{}, err
		}
		conv, err := c.start(ask.Caller, in, who, kefu.Ticket{})
		if err != nil {
			return Conversation{}, err
		}
		if in.Content != "" {
			author := kefu.Author{Kind: kefu.AuthorContact, ID: string(who.ID), Name: who.Name}
			if ask.Caller.Kind == kefu.CallerAgent {
				author = ask.Caller.Author()
			}
			m := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: conv.ID, Author: author, Content: typed(kefu.Content{Text: in.Content})}}
			if err := c.put(conv, &m); err != nil {
				return Conversation{}, err
			}
		}
		if err := c.Audit(ask.Caller, "conversation.created", string(conv.ID), nil); err != nil {
			return Conversation{}, err
		}
		return b.shown(c.Tx, ask.Caller, conv.ID)
	})
}

// check names every fault that can be seen without looking anything up.
func (in NewConversation) check(by kefu.Caller) error {
	var f kefu.Faults
	if by.Kind == kefu.CallerContact {
		if in.TeamID != "" || in.AssigneeID != "" || len(in.Labels) > 0 || in.Priority != "" {
			return kefu.Errorf(kefu.KindForbidden, "only staff and programs sort conversations: leave out team_id, assignee_id, labels and priority")
		}
		if in.Contact != nil || in.ContactID != "" && string(in.ContactID) != by.ID {
			f.Add("contact_id", "is yourself: leave it out")
		}
	} else if (in.ContactID == "") == (in.Contact == nil) {
		f.Add("contact_id", "or contact is needed, and not both")
	}
	if utf8.RuneCountInString(in.Subject) > maxSubject {
		f.Add("subject", "must have at most %d characters", maxSubject)
	}
	if len(in.Content) > kefu.MaxText {
		f.Add("content", "must have at most %d bytes", kefu.MaxText)
	}
	if in.Priority != "" && !validPriority(in.Priority) {
		f.Add("priority", priorityWords)
	}
	if p := in.Contact; p != nil {
		p.check(&f)
	}
	return f.Err("the conversation cannot begin")
}

func (p *NewPerson) check(f *kefu.Faults) {
	if p.Name == "" && p.Email == "" && p.ExternalID == "" {
		f.Add("contact", "needs a name, an email or an external_id")
	}
	if utf8.RuneCountInString(p.Name) > 200 {
		f.Add("contact.name", "must have at most 200 characters")
	}
	if at, err := mail.ParseAddress(p.Email); p.Email != "" && (err != nil || at.Address != p.Email || len(p.Email) > 254) {
		f.Add("contact.email", "must be one address like amy@example.com, with at most 254 characters")
	}
	if utf8.RuneCountInString(p.ExternalID) > 200 {
		f.Add("contact.external_id", "must have at most 200 characters")
	}
}

const maxSubject = 500

// personFor finds or makes the person served.
func (c *change) personFor(by kefu.Caller, in NewConversation) (kefu.Contact, error) {
	id := in.ContactID
	switch {
	case by.Kind == kefu.CallerContact:
		id = kefu.ContactID(by.ID)
	case in.Contact != nil:
		return c.findPerson(by.Author(), *in.Contact)
	default:
		sight, err := c.Sight(by)
		if err != nil {
			return kefu.Contact{}, err
		}
		if sight.Kind != kefu.SeesAll {
			if seen, err := c.SeesContact(sight, id); err != nil || !seen {
				return kefu.Contact{}, cmp.Or(err, kefu.Errorf(kefu.KindNotFound, "no contact with this id"))
			}
		}
	}
	return c.standing(id)
}

// standing reads a contact and holds its row; one that became part of another is that one.
func (c *change) standing(id kefu.ContactID) (kefu.Contact, error) {
	for range 10 {
		p, err := c.LockContact(id)
		if err != nil {
			return p, found(err, "contact")
		}
		if !p.ErasedAt.IsZero() {
			return p, kefu.Errorf(kefu.KindConflict, "this contact was erased")
		}
		if p.MergedInto == "" {
			return p, nil
		}
		id = p.MergedInto
	}
	return kefu.Contact{}, kefu.Errorf(kefu.KindConflict, "this contact was merged too often")
}

// findPerson finds a contact by its id in the organisation's own system, else by the e-mail that an earlier conversation of this kind was
// begun with, else makes one.
func (c *change) findPerson(by kefu.Author, p NewPerson) (kefu.Contact, error) {
	if p.ExternalID == "" {
		id, err := c.contact(ProgramInbox, connector.Sender{Name: p.Name, Email: p.Email})
		if err != nil {
			return kefu.Contact{}, err
		}
		return c.standing(id)
	}
	for range 2 {
		known, err := c.ContactByExternal(p.ExternalID)
		if err == nil {
			return c.standing(known.ID)
		}
		if !errors.Is(err, sqldb.ErrNoRows) {
			return known, err
		}
		id := kefu.ContactID(ident.New("con"))
		k := kefu.Contact{ID: id, Name: cmp.Or(p.Name, p.Email, p.ExternalID), Email: strings.ToLower(p.Email), ExternalID: p.ExternalID}
		fresh, err := c.AddContact(k)
		if err == nil && fresh {
			err = c.contactEvent("user.created", k, by)
		}
		if err != nil || fresh {
			return k, err
		}
	}
	return kefu.Contact{}, errTwin
}

// start makes the conversation, checked. t has what its ticket does not take from it.
func (c *change) start(by kefu.Caller, in NewConversation, who kefu.Contact, t kefu.Ticket) (store.Conversation, error) {
	sight, err := c.Sight(by)
	if err != nil {
		return store.Conversation{}, err
	}
	var f kefu.Faults
	inbox := c.inboxFor(&f, in.InboxID, sight)
	if by.Kind == kefu.CallerAgent && in.AssigneeID == "" && in.TeamID == "" {
		in.AssigneeID = kefu.AgentID(by.ID) // who begins a talk has it
	}
	to, err := agentFor(c.Tx, &f, in.AssigneeID, "assignee_id")
	if err != nil {
		return store.Conversation{}, err
	}
	if _, err = teamFor(c.Tx, &f, in.TeamID); err != nil {
		return store.Conversation{}, err
	}
	labels, err := labelsFor(c.Tx, &f, in.Labels)
	if err != nil {
		return store.Conversation{}, err
	}
	if err := f.Err("the conversation cannot begin"); err != nil {
		return store.Conversation{}, err
	}
	conv := kefu.Conversation{ID: kefu.ConversationID(ident.New("cnv")), InboxID: inbox, ContactID: who.ID, Subject: subjectOf(in), Status: kefu.StatusOpen,
		Handler: kefu.HandlerQueue, Priority: cmp.Or(in.Priority, kefu.PriorityMedium), AssigneeID: in.AssigneeID, TeamID: in.TeamID, CreatedAt: c.Now,
		Labels: slices.Compact(slices.Sorted(slices.Values(in.Labels)))}
	if to.ID != "" {
		conv.Handler, conv.OwnerLinkID = kefu.HandlerAgent, ownerConsole
	}
	if sight.Kind == kefu.SeesBound && !sight.Sees(seenOf(store.Conversation{Conversation: conv})) {
		return store.Conversation{}, kefu.Errorf(kefu.KindForbidden, "this program is bound to other inboxes and teams: name one of them in inbox_id or team_id")
	}
	return c.begin(conv, t, in.Content, labels, authorFor(by, who))
}

// begin stores a new conversation that is begun here.
func (c *change) begin(conv kefu.Conversation, t kefu.Ticket, opening string, labels []kefu.LabelID, actor kefu.Author) (store.Conversation, error) {
	out := store.Conversation{Conversation: conv}
	if len(labels) > 0 {
		if err := c.SetLabels(out, labels); err != nil {
			return out, err
		}
	}
	if _, err := c.establish(conv, t, opening, actor); err != nil {
		return out, err
	}
	if conv.AssigneeID == "" {
		return out, nil
	}
	var nobody kefu.AgentID
	return out, c.conversationEvent("conversation.assigned", out, actor, &nobody)
}

// inboxFor finds the inbox that a conversation can begin in: others have their threads outside, where Kefu cannot begin one.
func (c *change) inboxFor(f *kefu.Faults, id kefu.InboxID, sight kefu.Sight) kefu.InboxID {
	if id == "" {
		id = ProgramInbox
		if sight.Kind == kefu.SeesBound && !slices.Contains(sight.Inboxes, id) {
			for _, own := range sight.Inboxes {
				if in, ok := c.b.Inbox(own); ok && in.Channel == ProgramChannel {
					return own
				}
			}
		}
	}
	in, ok := c.b.Inbox(id)
	if !ok || sight.Kind == kefu.SeesBound && !slices.Contains(sight.Inboxes, id) && len(sight.Teams) == 0 {
		f.Add("inbox_id", "is not the id of an inbox")
	} else if in.Channel != ProgramChannel {
		f.Add("inbox_id", "is an inbox of channel %s, where only the customer can begin a conversation: name one of channel %s", in.Channel, ProgramChannel)
	}
	return id
}

func subjectOf(in NewConversation) string {
	line, _, _ := strings.Cut(strings.TrimSpace(in.Content), "\n")
	return cmp.Or(strings.TrimSpace(in.Subject), kefu.Excerpt(strings.TrimSpace(line), 80), "?")
}

// authorFor is who did something: what a program does about a contact, it does itself.
func authorFor(by kefu.Caller, who kefu.Contact) kefu.Author {
	a := by.Author()
	if a.Kind == kefu.AuthorContact && a.Name == "" {
		a.Name = who.Name
	}
	return a
}
