package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// Contact is a customer.
type Contact struct {
	ID                   int64          `json:"id"`
	Name                 string         `json:"name"`
	Email                string         `json:"email"`
	Phone                string         `json:"phone_number"`
	Identifier           string         `json:"identifier"` // yours, unique in the account
	Blocked              bool           `json:"blocked"`
	Thumbnail            string         `json:"thumbnail"`
	CustomAttributes     Attributes     `json:"custom_attributes"`
	AdditionalAttributes Attributes     `json:"additional_attributes"`
	ContactInboxes       []ContactInbox `json:"contact_inboxes"`
	CreatedAt            Time           `json:"created_at"`
	LastActivityAt       Time           `json:"last_activity_at"`

	// Raw is the contact as the server wrote it, with what this type does not know.
	Raw json.RawMessage `json:"-"`
}

// ContactInbox is a contact's place in an inbox: SourceID names the contact there.
type ContactInbox struct {
	SourceID  string `json:"source_id"`
	InboxID   int64  `json:"inbox_id"`   // in hooks
	ContactID int64  `json:"contact_id"` // in hooks
	Inbox     *Inbox `json:"inbox"`      // in answers
}

// UnmarshalJSON reads a contact and keeps it as it was written.
func (c *Contact) UnmarshalJSON(raw []byte) error {
	type plain Contact
	if err := json.Unmarshal(raw, (*plain)(c)); err != nil {
		return err
	}
	c.Raw = bytes.Clone(raw)
	return nil
}

// Contact reads a contact. The token of an agent bot may not.
func (c *Client) Contact(ctx context.Context, id int64) (*Contact, error) {
	body, err := c.read(ctx, at("/contacts", id), nil)
	return contactOf(body, err)
}

// contactOf reads the several shapes: bare, under payload, under payload.contact, and in a list of one.
func contactOf(body []byte, err error) (*Contact, error) {
	body = peel(body, "payload", "contact")
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		list, err := many[Contact](body, err)
		if err == nil && len(list) > 0 {
			return &list[0], nil
		}
	}
	contact, err := decode[Contact](body, err)
	if err == nil && contact.ID == 0 {
		return nil, &Error{Status: http.StatusOK, Code: CodeNotDone, Words: "the answer has no contact id"}
	}
	return contact, err
}

// NewContact makes a customer known in an inbox.
type NewContact struct {
	InboxID              int64      `json:"inbox_id"`
	Name                 string     `json:"name,omitempty"`
	Email                string     `json:"email,omitempty"`
	Phone                string     `json:"phone_number,omitempty"` // +886912345678
	Identifier           string     `json:"identifier,omitempty"`
	AvatarURL            string     `json:"avatar_url,omitempty"`
	CustomAttributes     Attributes `json:"custom_attributes,omitempty"`
	AdditionalAttributes Attributes `json:"additional_attributes,omitempty"`
}

// CreateContact makes a contact. Email, phone and identifier are unique: one that is taken is refused (search for it before). So is a phone
// that is not written as +886912345678, and a name of more than 255 characters.
func (c *Client) CreateContact(ctx context.Context, n NewContact) (*Contact, error) {
	if n.InboxID <= 0 {
		return nil, &InvalidError{[]Fault{{"inbox_id", "is needed"}}}
	}
	return contactOf(c.call(ctx, http.MethodPost, "/contacts", n))
}

// ContactChange changes a contact: what is nil stays, and custom attributes are merged by Chatwoot.
type ContactChange struct {
	Name                 *string    `json:"name,omitempty"`
	Email                *string    `json:"email,omitempty"`
	Phone                *string    `json:"phone_number,omitempty"`
	Identifier           *string    `json:"identifier,omitempty"`
	AvatarURL            *string    `json:"avatar_url,omitempty"`
	Blocked              *bool      `json:"blocked,omitempty"`
	CustomAttributes     Attributes `json:"custom_attributes,omitempty"`
	AdditionalAttributes Attributes `json:"additional_attributes,omitempty"`
}

// UpdateContact changes a contact and gives it as it is now. A server that answers nothing is asked for the contact.
func (c *Client) UpdateContact(ctx context.Context, id int64, change ContactChange) (*Contact, error) {
	body, err := c.call(ctx, http.MethodPut, at("/contacts", id), change)
	if err == nil && len(body) == 0 {
		return c.Contact(ctx, id)
	}
	return contactOf(body, err)
}

// SearchContacts walks the contacts whose name, email, phone or identifier contains the words, page by page. No words are refused, and "%"
// and "_" stand for any.
func (c *Client) SearchContacts(ctx context.Context, words string) iter.Seq2[Contact, error] {
	return walk(func(page int) ([]Contact, error) {
		var f faults
		if f.need("q", words); len(f) > 0 {
			return nil, f.err()
		}
		body, err := c.read(ctx, "/contacts/search", url.Values{"q": {words}, "page": {strconv.Itoa(page)}})
		return many[Contact](body, err, "payload")
	}, func(x Contact) int64 { return x.ID })
}

// ContactConversations lists the last 20 conversations of a contact, in any inbox, newest activity first.
func (c *Client) ContactConversations(ctx context.Context, contactID int64) ([]Conversation, error) {
	body, err := c.read(ctx, at("/contacts", contactID, "conversations"), nil)
	return many[Conversation](body, err, "payload")
}

// ContactInboxes lists the inboxes through which a contact can be written to.
func (c *Client) ContactInboxes(ctx context.Context, contactID int64) ([]ContactInbox, error) {
	body, err := c.read(ctx, at("/contacts", contactID, "contactable_inboxes"), nil)
	return many[ContactInbox](body, err, "payload")
}

// CreateContactInbox makes a contact known in another inbox. An empty sourceID lets Chatwoot choose one.
func (c *Client) CreateContactInbox(ctx context.Context, contactID, inboxID int64, sourceID string) (*ContactInbox, error) {
	in := map[string]any{"inbox_id": inboxID}
	if sourceID != "" {
		in["source_id"] = sourceID
	}
	body, err := c.call(ctx, http.MethodPost, at("/contacts", contactID, "contact_inboxes"), in)
	return peeled[ContactInbox](body, err, "payload")
}
