package discord

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// Page says which messages to read: those before or after an id (one of the two), at most Limit of them, 50 if 0, MaxPage at most.
type Page struct {
	Before, After string
	Limit         int
}

func (p Page) values() url.Values {
	v := url.Values{}
	if p.Before != "" {
		v.Set("before", p.Before)
	}
	if p.After != "" {
		v.Set("after", p.After)
	}
	if p.Limit > 0 {
		v.Set("limit", strconv.Itoa(min(p.Limit, MaxPage)))
	}
	return v
}

// Messages gives a page of a channel, newest first as Discord has it. With After it is the page right after that id.
func (c *Client) Messages(ctx context.Context, channelID string, p Page) ([]Message, error) {
	return fetch[[]Message](ctx, c, request(http.MethodGet, "/channels/{}/messages", channelID).query(p.values()))
}

// Message gives one message. A deleted one fails with CodeUnknownMessage.
func (c *Client) Message(ctx context.Context, channelID, messageID string) (Message, error) {
	return fetch[Message](ctx, c, request(http.MethodGet, "/channels/{}/messages/{}", channelID, messageID))
}

// CreateMessage posts a message. With a Nonce and EnforceNonce it may be repeated within a few minutes: the first message is the answer.
func (c *Client) CreateMessage(ctx context.Context, channelID string, m MessageSend) (Message, error) {
	return fetch[Message](ctx, c, request(http.MethodPost, "/channels/{}/messages", channelID).upload(m, m.Files))
}

// EditMessage changes one of the bot's own messages.
func (c *Client) EditMessage(ctx context.Context, channelID, messageID string, e MessageEdit) (Message, error) {
	k := request(http.MethodPatch, "/channels/{}/messages/{}", channelID, messageID)
	return fetch[Message](ctx, c, k.upload(e, e.Files))
}

// DeleteMessage deletes a message.
func (c *Client) DeleteMessage(ctx context.Context, channelID, messageID string) error {
	return c.do(ctx, request(http.MethodDelete, "/channels/{}/messages/{}", channelID, messageID), nil)
}

// PinMessage pins a message.
func (c *Client) PinMessage(ctx context.Context, channelID, messageID string) error {
	return c.do(ctx, request(http.MethodPut, "/channels/{}/messages/pins/{}", channelID, messageID), nil)
}

// Crosspost publishes a message of an announcement channel to those who follow it.
func (c *Client) Crosspost(ctx context.Context, channelID, messageID string) (Message, error) {
	return fetch[Message](ctx, c, request(http.MethodPost, "/channels/{}/messages/{}/crosspost", channelID, messageID))
}

// AddReaction puts the bot's reaction under a message. Emoji is a Unicode emoji, or "name:id" for one of the guild's.
func (c *Client) AddReaction(ctx context.Context, channelID, messageID, emoji string) error {
	k := request(http.MethodPut, "/channels/{}/messages/{}/reactions/{}/@me", channelID, messageID, emoji)
	return c.do(ctx, k, nil)
}

// RemoveOwnReaction takes the bot's reaction away.
func (c *Client) RemoveOwnReaction(ctx context.Context, channelID, messageID, emoji string) error {
	k := request(http.MethodDelete, "/channels/{}/messages/{}/reactions/{}/@me", channelID, messageID, emoji)
	return c.do(ctx, k, nil)
}
