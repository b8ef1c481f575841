package discord

import (
	"context"
	"net/http"
)

// InteractionCallback gives an interaction its first answer, within InteractionDeadline. A second one fails with CodeInteractionAnswered,
// a late one with CodeUnknownInteraction.
func (c *Client) InteractionCallback(ctx context.Context, id string, token Token, r InteractionResponse) error {
	k := request(http.MethodPost, "/interactions/{}/{}/callback", id, string(token))
	var files []File
	if r.Message != nil {
		files = r.Message.Files
	}
	return c.do(ctx, k.upload(r, files), nil)
}

// OriginalResponse gives the message of the first answer.
func (c *Client) OriginalResponse(ctx context.Context, appID string, token Token) (Message, error) {
	return fetch[Message](ctx, c, request(http.MethodGet, "/webhooks/{}/{}/messages/@original", appID, string(token)))
}

// EditOriginalResponse fills in a deferred answer, or changes an earlier one, within InteractionLifetime.
func (c *Client) EditOriginalResponse(ctx context.Context, appID string, token Token, e MessageEdit) (Message, error) {
	k := request(http.MethodPatch, "/webhooks/{}/{}/messages/@original", appID, string(token))
	return fetch[Message](ctx, c, k.upload(e, e.Files))
}

// DeleteOriginalResponse takes the first answer away.
func (c *Client) DeleteOriginalResponse(ctx context.Context, appID string, token Token) error {
	return c.do(ctx, request(http.MethodDelete, "/webhooks/{}/{}/messages/@original", appID, string(token)), nil)
}

// CreateFollowup adds a message to an answered interaction, within InteractionLifetime.
func (c *Client) CreateFollowup(ctx context.Context, appID string, token Token, m MessageSend) (Message, error) {
	k := request(http.MethodPost, "/webhooks/{}/{}", appID, string(token)).query(map[string][]string{"wait": {"true"}})
	return fetch[Message](ctx, c, k.upload(m, m.Files))
}
