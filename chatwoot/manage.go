package chatwoot

import (
	"context"
	"net/http"
)

// Inbox is where conversations come in.
type Inbox struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	ChannelType string `json:"channel_type"` // ChannelAPI, "Channel::WebWidget", …
	WebhookURL  string `json:"webhook_url"`  // of the API channel: it is told of what happens in this inbox, beside the account's webhooks
}

// ChannelAPI is the channel whose customers write through the API alone.
const ChannelAPI = "Channel::Api"

// Inboxes lists the inboxes of the account.
func (c *Client) Inboxes(ctx context.Context) ([]Inbox, error) {
	body, err := c.read(ctx, "/inboxes", nil)
	return many[Inbox](body, err, "payload")
}

// Inbox reads one inbox.
func (c *Client) Inbox(ctx context.Context, id int64) (*Inbox, error) {
	body, err := c.read(ctx, at("/inboxes", id), nil)
	return peeled[Inbox](body, err, "payload")
}

// InboxAgentBot is the bot that answers in an inbox; nil when there is none.
func (c *Client) InboxAgentBot(ctx context.Context, inboxID int64) (*AgentBot, error) {
	body, err := c.read(ctx, at("/inboxes", inboxID, "agent_bot"), nil)
	bot, err := peeled[AgentBot](body, err, "agent_bot")
	if err != nil || bot.ID == 0 {
		return nil, err
	}
	return bot, nil
}

// Profile is whose token it is.
type Profile struct {
	ID       int64            `json:"id"`
	Name     string           `json:"name"`
	Email    string           `json:"email"`
	Accounts []ProfileAccount `json:"accounts"`
}

// ProfileAccount is an account that the owner of a token belongs to.
type ProfileAccount struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"` // agent, administrator
}

// Profile says who we are to the server: the first thing to ask when something does not work.
func (c *Client) Profile(ctx context.Context) (*Profile, error) {
	return decode[Profile](c.send(ctx, request{method: http.MethodGet, path: "/api/v1/profile"}))
}

// Webhook is an address that Chatwoot tells what happens. Servers since 4.12 sign with the Secret.
type Webhook struct {
	ID            int64    `json:"id"`
	URL           string   `json:"url"`
	Name          string   `json:"name"`
	Subscriptions []string `json:"subscriptions"`
	Secret        Secret   `json:"secret"`
}

// WebhookChange is what can be said of a webhook; empty members stay as they are.
type WebhookChange struct {
	URL           string   `json:"url,omitempty"`
	Name          string   `json:"name,omitempty"`
	Subscriptions []string `json:"subscriptions,omitempty"` // names of events
}

// Webhooks lists the webhooks of the account. The owner of the token must be an administrator.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	body, err := c.read(ctx, "/webhooks", nil)
	return many[Webhook](body, err, "payload", "webhooks")
}

// CreateWebhook makes a webhook.
func (c *Client) CreateWebhook(ctx context.Context, w WebhookChange) (*Webhook, error) {
	body, err := c.call(ctx, http.MethodPost, "/webhooks", w)
	return peeled[Webhook](body, err, "payload", "webhook")
}

// UpdateWebhook changes a webhook.
func (c *Client) UpdateWebhook(ctx context.Context, id int64, w WebhookChange) (*Webhook, error) {
	body, err := c.call(ctx, http.MethodPatch, at("/webhooks", id), w)
	return peeled[Webhook](body, err, "payload", "webhook")
}

// DeleteWebhook removes a webhook.
func (c *Client) DeleteWebhook(ctx context.Context, id int64) error {
	_, err := c.call(ctx, http.MethodDelete, at("/webhooks", id), nil)
	return err
}

// AgentBot is a program that answers in inboxes.
type AgentBot struct {
	ID          int64  `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	OutgoingURL string `json:"outgoing_url"`
	AccessToken Secret `json:"access_token"`
	Secret      Secret `json:"secret"` // its hooks are signed since 4.13
}

// AgentBotChange is what can be said of an agent bot; empty members stay as they are.
type AgentBotChange struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	OutgoingURL string `json:"outgoing_url,omitempty"`
}

// AgentBots lists the agent bots of the account.
func (c *Client) AgentBots(ctx context.Context) ([]AgentBot, error) {
	body, err := c.read(ctx, "/agent_bots", nil)
	return many[AgentBot](body, err)
}

// CreateAgentBot makes an agent bot.
func (c *Client) CreateAgentBot(ctx context.Context, b AgentBotChange) (*AgentBot, error) {
	return decode[AgentBot](c.call(ctx, http.MethodPost, "/agent_bots", b))
}

// UpdateAgentBot changes an agent bot.
func (c *Client) UpdateAgentBot(ctx context.Context, id int64, b AgentBotChange) (*AgentBot, error) {
	return decode[AgentBot](c.call(ctx, http.MethodPatch, at("/agent_bots", id), b))
}

// DeleteAgentBot removes an agent bot.
func (c *Client) DeleteAgentBot(ctx context.Context, id int64) error {
	_, err := c.call(ctx, http.MethodDelete, at("/agent_bots", id), nil)
	return err
}

// SetAgentBot makes a bot answer in an inbox; bot 0 is none.
func (c *Client) SetAgentBot(ctx context.Context, inboxID, botID int64) error {
	in := map[string]*int64{"agent_bot": &botID}
	if botID == 0 {
		in["agent_bot"] = nil
	}
	_, err := c.call(ctx, http.MethodPost, at("/inboxes", inboxID, "set_agent_bot"), in)
	return err
}
