package discord

import (
	"context"
	"net/http"
)

// Channel gives a channel as it is now. A deleted one fails with CodeUnknownChannel.
func (c *Client) Channel(ctx context.Context, channelID string) (Channel, error) {
	return fetch[Channel](ctx, c, request(http.MethodGet, "/channels/{}", channelID))
}

// ModifyChannel changes a channel or thread. A new name or topic may have to wait ten minutes, a move too; both have limits of their
// own here, so that nothing else waits with them.
func (c *Client) ModifyChannel(ctx context.Context, channelID string, e ChannelEdit) (Channel, error) {
	k := request(http.MethodPatch, "/channels/{}", channelID).with(e)
	switch {
	case e.Name != nil || e.Topic != nil:
		k.route.variant = "name"
	case e.ParentID != nil:
		k.route.variant = "move"
	}
	return fetch[Channel](ctx, c, k)
}

// DeleteChannel deletes a channel, category or thread for good.
func (c *Client) DeleteChannel(ctx context.Context, channelID string) error {
	return c.do(ctx, request(http.MethodDelete, "/channels/{}", channelID), nil)
}

// EditChannelPermissions sets the overwrite of one role or member.
func (c *Client) EditChannelPermissions(ctx context.Context, channelID string, o Overwrite) error {
	k := request(http.MethodPut, "/channels/{}/permissions/{}", channelID, o.ID)
	return c.do(ctx, k.with(o), nil)
}

// DeleteChannelPermission removes the overwrite of one role or member.
func (c *Client) DeleteChannelPermission(ctx context.Context, channelID, overwriteID string) error {
	return c.do(ctx, request(http.MethodDelete, "/channels/{}/permissions/{}", channelID, overwriteID), nil)
}

// CreateDM gives the DM channel with a user, made if need be. That it exists does not mean that the user takes messages: see CodeCannotDM.
func (c *Client) CreateDM(ctx context.Context, userID string) (Channel, error) {
	body := map[string]string{"recipient_id": userID}
	return fetch[Channel](ctx, c, request(http.MethodPost, "/users/@me/channels").with(body))
}

// StartThread starts a thread in a channel.
func (c *Client) StartThread(ctx context.Context, channelID string, t ThreadCreate) (Channel, error) {
	return fetch[Channel](ctx, c, request(http.MethodPost, "/channels/{}/threads", channelID).with(t))
}

// CreateForumPost opens a post in a forum. The first message is in the answer's Message and has the post's id.
func (c *Client) CreateForumPost(ctx context.Context, forumID string, p ForumPost) (Channel, error) {
	k := request(http.MethodPost, "/channels/{}/threads", forumID)
	return fetch[Channel](ctx, c, k.upload(p, p.Message.Files))
}

// AddThreadMember adds a user to a thread.
func (c *Client) AddThreadMember(ctx context.Context, threadID, userID string) error {
	return c.do(ctx, request(http.MethodPut, "/channels/{}/thread-members/{}", threadID, userID), nil)
}
