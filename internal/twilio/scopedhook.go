package twilio

import (
	"context"
	"net/url"
	"strconv"
)

// MaxScopedHooks is how many webhooks one conversation may have.
const MaxScopedHooks = 5

// ScopedHook is a webhook of one conversation.
type ScopedHook struct {
	SID           string      `json:"sid"`
	Target        string      `json:"target"` // webhook or studio
	Configuration HookSetting `json:"configuration"`
}

// HookSetting is where a webhook goes, and what it tells.
type HookSetting struct {
	URL     string   `json:"url"`
	Method  string   `json:"method"`
	Filters []string `json:"filters"`
	FlowSID string   `json:"flow_sid"`
}

// HookCreate is a webhook to be made: to a URL with Filters, or to a flow of Studio.
type HookCreate struct {
	URL     string
	Filters []string // such as onMessageAdded
	// FlowSID is a flow of Studio, FW…; URL and Filters must then be empty.
	FlowSID string
	// ReplayAfter lets the flow see messages from this place on; nil for none.
	ReplayAfter *int
}

func (n HookCreate) form() url.Values {
	if n.FlowSID == "" {
		f := fields("Target", "webhook", "Configuration.Url", n.URL, "Configuration.Method", "post")
		f["Configuration.Filters"] = n.Filters
		return f
	}
	f := fields("Target", "studio", "Configuration.FlowSid", n.FlowSID)
	if n.ReplayAfter != nil {
		f.Set("Configuration.ReplayAfter", strconv.Itoa(*n.ReplayAfter))
	}
	return f
}

// CreateScopedHook makes a webhook of one conversation. Twilio does not notice repetition: look with ScopedHooks first.
func (c *Client) CreateScopedHook(ctx context.Context, conversation string, n HookCreate) (ScopedHook, error) {
	return fetch[ScopedHook](ctx, c, post(n.form(), c.o.Bases.Conversations, conversations+"/{}/Webhooks", conversation))
}

// ScopedHooks gives all webhooks of one conversation.
func (c *Client) ScopedHooks(ctx context.Context, conversation string) ([]ScopedHook, error) {
	var out struct {
		Webhooks []ScopedHook `json:"webhooks"`
	}
	k := get(c.o.Bases.Conversations, conversations+"/{}/Webhooks", conversation).asking(pageQuery("", MaxScopedHooks))
	err := c.do(ctx, k, &out)
	return out.Webhooks, err
}

// DeleteScopedHook takes a webhook away.
func (c *Client) DeleteScopedHook(ctx context.Context, conversation, hook string) error {
	return c.do(ctx, remove(c.o.Bases.Conversations, conversations+"/{}/Webhooks/{}", conversation, hook), nil)
}
