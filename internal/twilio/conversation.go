package twilio

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// State is the state of a conversation. Closed is final.
type State string

// States of a conversation.
const (
	Initializing State = "initializing"
	Active       State = "active"
	Inactive     State = "inactive"
	Closed       State = "closed"
)

// Conversation is one of Twilio's conversations.
type Conversation struct {
	SID              string    `json:"sid"`
	AccountSID       string    `json:"account_sid"`
	ServiceSID       string    `json:"chat_service_sid"`
	MessagingService string    `json:"messaging_service_sid"`
	UniqueName       string    `json:"unique_name"`
	FriendlyName     string    `json:"friendly_name"`
	Attributes       string    `json:"attributes"` // a JSON object as a text
	State            State     `json:"state"`
	Created          time.Time `json:"date_created"`
	Updated          time.Time `json:"date_updated"`
}

// ConversationCreate is a conversation to be made.
type ConversationCreate struct {
	// UniqueName is a name of ours by which the conversation is found again; no two of the account's service have the same, closed ones included.
	UniqueName   string
	FriendlyName string
	// Attributes is a JSON object, {} if empty.
	Attributes string
	// MessagingService is the SID of the service that sends the texts, MG…, if not the default one.
	MessagingService string
	// TellHooks lets Twilio tell its webhooks that we made it.
	TellHooks bool
}

func (n ConversationCreate) form() url.Values {
	return fields("UniqueName", n.UniqueName, "FriendlyName", n.FriendlyName, "Attributes", n.Attributes, "MessagingServiceSid", n.MessagingService)
}

const conversations = "/v1/Conversations"

// CreateConversation makes a conversation. One with the unique name of another fails with CodeUniqueNameTaken.
func (c *Client) CreateConversation(ctx context.Context, n ConversationCreate) (Conversation, error) {
	k := post(n.form(), c.o.Bases.Conversations, conversations)
	if err := wantObject(k, n.Attributes); err != nil {
		return Conversation{}, err
	}
	return fetch[Conversation](ctx, c, k.tellHooks(n.TellHooks))
}

// EnsureConversation gives the conversation with the unique name, and makes it if there is none. After an answer that was lost it looks
// whether the conversation came to be, so that it can be called again until it succeeds. The one that it finds may be closed.
func (c *Client) EnsureConversation(ctx context.Context, n ConversationCreate) (Conversation, error) {
	made, err := c.CreateConversation(ctx, n)
	if err == nil || n.UniqueName == "" || !mayExist(err) {
		return made, err
	}
	found, findErr := c.Conversation(ctx, n.UniqueName)
	if findErr != nil {
		return Conversation{}, err // what went wrong first tells more
	}
	return found, nil
}

// mayExist says whether what could not be made may be there all the same.
func mayExist(err error) bool { return Status(err) == http.StatusConflict || MayHaveHappened(err) }

// Conversation reads a conversation by its SID or unique name.
func (c *Client) Conversation(ctx context.Context, name string) (Conversation, error) {
	return fetch[Conversation](ctx, c, get(c.o.Bases.Conversations, conversations+"/{}", name))
}

// ConversationUpdate is what changes; what is empty stays.
type ConversationUpdate struct {
	State        State
	FriendlyName string
	Attributes   string
	TellHooks    bool
}

// UpdateConversation changes a conversation. A closed one cannot be changed.
func (c *Client) UpdateConversation(ctx context.Context, sid string, u ConversationUpdate) (Conversation, error) {
	form := fields("State", string(u.State), "FriendlyName", u.FriendlyName, "Attributes", u.Attributes)
	k := post(form, c.o.Bases.Conversations, conversations+"/{}", sid)
	if err := wantObject(k, u.Attributes); err != nil {
		return Conversation{}, err
	}
	return fetch[Conversation](ctx, c, k.tellHooks(u.TellHooks))
}

// Conversations gives a page of the conversations in a state, any if it is empty, that were made since a day, any if it is zero, and the mark
// of the next page, "" after the last.
func (c *Client) Conversations(ctx context.Context, state State, since time.Time, after string) ([]Conversation, string, error) {
	q := pageQuery(after, MaxPage)
	if state != "" {
		q.Set("State", string(state))
	}
	if !since.IsZero() {
		q.Set("StartDate", since.UTC().Format(time.DateOnly))
	}
	var out struct {
		Conversations []Conversation `json:"conversations"`
		Meta          meta           `json:"meta"`
	}
	err := c.do(ctx, get(c.o.Bases.Conversations, conversations).asking(q), &out)
	return out.Conversations, out.Meta.next(), err
}

// Membership is a conversation in which somebody takes part.
type Membership struct {
	ConversationSID string    `json:"conversation_sid"`
	UniqueName      string    `json:"conversation_unique_name"`
	State           State     `json:"conversation_state"`
	ParticipantSID  string    `json:"participant_sid"`
	Identity        string    `json:"participant_identity"`
	Binding         *Binding  `json:"participant_messaging_binding"`
	Created         time.Time `json:"conversation_date_created"`
}

// maxMemberships is the largest page that Twilio gives of them.
const maxMemberships = 50

// ConversationsOf gives a page of the conversations in which an identity takes part, and the mark of the next page, "" after the last.
func (c *Client) ConversationsOf(ctx context.Context, identity, after string) ([]Membership, string, error) {
	return c.memberships(ctx, "Identity", identity, after)
}

// ConversationsAt is ConversationsOf for an address outside, such as +886912345678, with whichever number of ours.
func (c *Client) ConversationsAt(ctx context.Context, address, after string) ([]Membership, string, error) {
	return c.memberships(ctx, "Address", address, after)
}

func (c *Client) memberships(ctx context.Context, by, who, after string) ([]Membership, string, error) {
	q := pageQuery(after, maxMemberships)
	q.Set(by, who)
	var out struct {
		Conversations []Membership `json:"conversations"`
		Meta          meta         `json:"meta"`
	}
	err := c.do(ctx, get(c.o.Bases.Conversations, "/v1/ParticipantConversations").asking(q), &out)
	return out.Conversations, out.Meta.next(), err
}
