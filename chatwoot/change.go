package chatwoot

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// DeliveryStatus says what became of a message on its way to the customer.
type DeliveryStatus string

// The delivery statuses.
const (
	Sent      DeliveryStatus = "sent"
	Delivered DeliveryStatus = "delivered"
	Read      DeliveryStatus = "read"
	Failed    DeliveryStatus = "failed"
)

// SetDeliveryStatus says what became of a message that an agent wrote into an inbox of the API channel: agents see ticks, or a failure
// with its reason. What was read stays read when it is then said to be delivered. Chatwoot refuses it for other channels (403). The call is in no document of Chatwoot's; newer servers have it.
func (c *Client) SetDeliveryStatus(ctx context.Context, conversationID, messageID int64, s DeliveryStatus, reason string) (*Message, error) {
	if !slices.Contains([]DeliveryStatus{Sent, Delivered, Read, Failed}, s) {
		return nil, &InvalidError{[]Fault{{"status", fmt.Sprintf("must be sent, delivered, read or failed, and is %q", s)}}}
	}
	in := struct {
		Status DeliveryStatus `json:"status"`
		Reason string         `json:"external_error,omitempty"`
	}{s, reason}
	return sent(decode[Message](c.call(ctx, http.MethodPatch, messageAt(conversationID, messageID), in)))
}

// DeleteMessage takes back what a message says, and its files. The message stays in its place: Message.Deleted tells it from others.
func (c *Client) DeleteMessage(ctx context.Context, conversationID, messageID int64) error {
	_, err := c.call(ctx, http.MethodDelete, messageAt(conversationID, messageID), nil)
	return err
}

func messageAt(conversationID, messageID int64) string {
	return at("/conversations", conversationID, "messages", strconv.FormatInt(messageID, 10))
}

// Deleted tells that somebody deleted the message; its Content is then Chatwoot's own words.
func (m *Message) Deleted() bool {
	deleted, _ := m.ContentAttributes["deleted"].(bool)
	return deleted
}
