package chatwoot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/mail"
	"regexp"
	"strconv"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// phone is the one form of number that Chatwoot takes.
var phone = regexp.MustCompile(`^\+[1-9]\d{1,14}$`)

// mostContacts bounds the search for a contact whose id is part of others'.
const mostContacts = 100

// Open makes the conversation in Chatwoot, or finds the one that an earlier call made, and fills it with what was said when it exists
// Again. What fails after the conversation was made is uncertain, so that the next call looks for it.
func (c *Connector) Open(ctx context.Context, o connector.Opening) (connector.Thread, error) {
	switch {
	case o.Role == kefu.RoleBoard:
		return connector.Thread{}, permanent("a Chatwoot inbox has no board", nil)
	case c.user == nil:
		return connector.Thread{}, permanent("a bot's token may not make contacts and conversations: set api_token", nil)
	}
	defer c.known.open(o.ConversationID)()
	conv, found, err := c.mirror(ctx, o)
	if err != nil {
		return connector.Thread{}, err
	}
	t := connector.Thread{LinkID: o.LinkID, ConversationID: o.ConversationID, TicketNumber: o.Ticket.Number, Role: kefu.RoleDesk, ExternalID: placeOf(conv).String(),
		Name: o.Name, Meta: o.Meta, Found: found, Base: standingOf(conv, o.Standing)}
	age, _ := c.known.proof(t.ExternalID)
	c.known.prove(t.ExternalID, age)
	if o.Again {
		err = c.refill(ctx, o, conv.ID, found)
	}
	if err == nil {
		t.Base, err = c.SendStanding(ctx, t, o.Standing, t.Base)
	}
	if err != nil {
		e := connector.Failure(err)
		return connector.Thread{}, &connector.SendError{Class: connector.Uncertain, Scope: e.Scope, RetryAfter: e.RetryAfter, Reason: e.Reason, Err: e.Err}
	}
	return t, nil
}

// mirror finds or makes the conversation.
func (c *Connector) mirror(ctx context.Context, o connector.Opening) (*api.Conversation, bool, error) {
	who, source, err := c.contact(ctx, o)
	if err != nil {
		return nil, false, err
	}
	if o.Unsure {
		conv, err := c.earlier(ctx, who, o)
		if err != nil {
			return nil, false, cannotAsk(err)
		}
		if conv != nil {
			return conv, true, nil
		}
	}
	origin, err := json.Marshal(o.Origin)
	if err != nil {
		return nil, false, permanent("what is to be noted cannot be written", err)
	}
	status := api.Open
	if o.Standing.Status == kefu.StatusPending {
		status = api.Pending
	}
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	conv, err := c.user.CreateConversation(call, api.NewConversation{SourceID: source, InboxID: c.set.inboxID, ContactID: who, Status: status,
		CustomAttributes: api.Attributes{attrConversation: string(o.ConversationID), attrTicket: cmp.Or(o.Ticket.ExternalID, digitsOf(o.Ticket.Number)),
			attrOrigin: string(origin), attrOpened: strconv.FormatInt(o.Opened, 10)}})
	if err != nil {
		return nil, false, c.opening404(err)
	}
	return conv, false, made(conv, o.ConversationID)
}

// made tells whether an answer is of the conversation that was to be made.
func made(conv *api.Conversation, id kefu.ConversationID) error {
	switch {
	case conv.ID <= 0 || conv.CreatedAt.IsZero():
		return &connector.SendError{Class: connector.Uncertain, Scope: connector.ScopeThread, Reason: "Chatwoot did not say which conversation it made"}
	case linked(conv) != "" && linked(conv) != id:
		return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread,
			Reason: "Chatwoot gave another talk's conversation: switch \"Lock to single conversation\" off in the settings of the inbox"}
	}
	return nil
}

// opening404 is a failure where there is no thread yet that could be gone: what is not there is the inbox or the account.
func (c *Connector) opening404(err error) error {
	if api.IsNotFound(err) {
		return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeInbox, Err: err,
			Reason: "Chatwoot does not know the account or inbox (404): check account_id and inbox_id"}
	}
	return c.writing(kefu.RoleDesk, err)
}

// earlier finds the conversation that an interrupted call made, by its link attribute.
func (c *Connector) earlier(ctx context.Context, who int64, o connector.Opening) (*api.Conversation, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	list, err := c.user.ContactConversations(ctx, who)
	if err != nil {
		return nil, c.opening404(err)
	}
	for i := range list {
		conv := &list[i]
		if conv.InboxID == c.set.inboxID && linked(conv) == o.ConversationID && conv.CustomAttributes.Text(attrOpened) == strconv.FormatInt(o.Opened, 10) {
			return conv, nil
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// contact finds or makes the customer's contact, and gives what it is called in the inbox.
func (c *Connector) contact(ctx context.Context, o connector.Opening) (id int64, source string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	identifier := cmp.Or(string(o.Customer.ID), "kefu:"+string(o.ConversationID))
	who, err := c.search(ctx, identifier)
	if err == nil && who == nil {
		who, err = c.introduce(ctx, identifier, o.Customer)
	}
	if err != nil {
		return 0, "", c.opening404(err)
	}
	if source = c.sourceID(who.ContactInboxes); source == "" {
		if who, err = c.user.Contact(ctx, who.ID); err != nil {
			return 0, "", c.opening404(err)
		}
		source = c.sourceID(who.ContactInboxes)
	}
	if source == "" {
		in, err := c.user.CreateContactInbox(ctx, who.ID, c.set.inboxID, "")
		if err != nil {
			return 0, "", c.opening404(err)
		}
		source = in.SourceID
	}
	return who.ID, source, nil
}

func (c *Connector) search(ctx context.Context, identifier string) (*api.Contact, error) {
	n := 0
	for k, err := range c.user.SearchContacts(ctx, identifier) {
		if err != nil {
			return nil, err
		}
		if k.Identifier == identifier {
			return &k, nil
		}
		if n++; n >= mostContacts {
			break
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// introduce makes a contact. Address and number are unique in Chatwoot: one that belongs to another contact, or has a form that Chatwoot
// does not take, is left out; the opening card shows it.
func (c *Connector) introduce(ctx context.Context, identifier string, k kefu.Contact) (*api.Contact, error) {
	n := api.NewContact{InboxID: c.set.inboxID, Name: cmp.Or(k.Name, k.Email, "?"), Identifier: identifier}
	if a, err := mail.ParseAddress(k.Email); err == nil && a.Address == k.Email {
		n.Email = k.Email
	}
	if phone.MatchString(k.Phone) {
		n.Phone = k.Phone
	}
	who, err := c.user.CreateContact(ctx, n)
	var said *api.Error
	if !errors.As(err, &said) || said.Status != http.StatusUnprocessableEntity {
		return who, err
	}
	if who, found := c.search(ctx, identifier); who != nil || found != nil { // made by another call since we looked
		return who, found
	}
	n.Email, n.Phone = "", ""
	return c.user.CreateContact(ctx, n)
}

// refill shows in a new conversation what was said in the one that is gone, oldest first, and nothing twice.
func (c *Connector) refill(ctx context.Context, o connector.Opening, id int64, found bool) error {
	there := map[string]string{}
	if found {
		var err error
		if there, err = c.sent(ctx, kefu.RoleDesk, id, time.Time{}); err != nil {
			return err
		}
	}
	posts := []post{{tag: "opening", private: true, text: c.opening(o.Ticket, o.Subject, o.Customer, nil)}}
	for _, m := range o.History {
		for n, p := range c.forDesk(m) {
			p.tag = tag("h:"+string(m.ID), n)
			posts = append(posts, p)
		}
	}
	for _, p := range posts {
		if there[p.tag] != "" || p.text == "" && len(p.files) == 0 {
			continue
		}
		if _, err := c.put(ctx, kefu.RoleDesk, id, p); err != nil {
			return err
		}
	}
	return nil
}
