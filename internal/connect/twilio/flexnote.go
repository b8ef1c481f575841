package twilio

import (
	"cmp"
	"context"
	"encoding/json"

	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// note is what the rules keep of a desk conversation for us.
type note struct {
	Identity    string `json:"identity"`
	Service     string `json:"service"`
	Interaction string `json:"interaction,omitempty"`
	Channel     string `json:"channel,omitempty"`
}

func noteOf(n api.Conversation, m mark) note {
	return note{Identity: m.Identity, Service: n.ServiceSID, Interaction: m.Interaction, Channel: m.Channel}
}

// noted is the note of a thread. One that was rebuilt has none: then the conversation tells.
func (c *Connector) noted(ctx context.Context, t connector.Thread) (note, error) {
	var kept note
	if json.Unmarshal(t.Meta, &kept) == nil && kept.Identity != "" {
		return kept, nil
	}
	n, err := c.api.Conversation(ctx, t.ExternalID)
	if err != nil {
		return note{}, err
	}
	m, _ := markOf(n)
	return noteOf(n, m), nil
}

// service is the one that keeps the files of a conversation.
func (c *Connector) service(n note) string { return cmp.Or(n.Service, c.set.service) }
