package twilio

import (
	"context"
	"encoding/json"
	"strconv"
)

// Interaction is what Flex makes of a conversation for which it looks for an agent.
type Interaction struct {
	SID     string `json:"sid"`
	Channel struct {
		SID  string `json:"sid"`
		Type string `json:"type"`
	} `json:"channel"`
}

// InteractionCreate asks Flex to route a conversation to an agent.
type InteractionCreate struct {
	// MediaChannelSID is the conversation, CH….
	MediaChannelSID string
	// Type is what Flex shows: web, sms, whatsapp, chat; web if empty.
	Type    string
	Routing Routing
}

// Routing says which workflow finds the agent, and what it is told.
type Routing struct {
	WorkspaceSID      string         `json:"workspace_sid"`
	WorkflowSID       string         `json:"workflow_sid"`
	TaskChannelUnique string         `json:"task_channel_unique_name"` // chat if empty
	Attributes        map[string]any `json:"attributes,omitempty"`
}

// interactionChannel is the field Channel.
type interactionChannel struct {
	Type       string            `json:"type"`
	InitBy     string            `json:"initiated_by"`
	Properties map[string]string `json:"properties"`
}

// CreateInteraction begins the search for an agent. A good answer means accepted, no more. Twilio does not notice repetition, and the
// agent would be asked twice: keep the SID that it gives.
func (c *Client) CreateInteraction(ctx context.Context, n InteractionCreate) (Interaction, error) {
	k := post(nil, c.o.Bases.Flex, "/v1/Interactions")
	if n.Type == "" {
		n.Type = "web"
	}
	if n.Routing.TaskChannelUnique == "" {
		n.Routing.TaskChannelUnique = "chat"
	}
	channel, err := json.Marshal(interactionChannel{n.Type, "api", map[string]string{"media_channel_sid": n.MediaChannelSID}})
	if err != nil {
		return Interaction{}, unsent(k.name(), err)
	}
	routing, err := json.Marshal(map[string]Routing{"properties": n.Routing})
	if err != nil {
		return Interaction{}, unsent(k.name(), err)
	}
	k.form = fields("Channel", string(channel), "Routing", string(routing))
	return fetch[Interaction](ctx, c, k)
}

// ChannelStatus is the state of an interaction's channel.
type ChannelStatus string

// States that a channel can be given.
const (
	ChannelClosed   ChannelStatus = "closed"
	ChannelInactive ChannelStatus = "inactive"
)

// InteractionChannel is the channel of an interaction.
type InteractionChannel struct {
	SID    string        `json:"sid"`
	Status ChannelStatus `json:"status"`
	Type   string        `json:"type"`
}

// InteractionChannels gives the channels of an interaction.
func (c *Client) InteractionChannels(ctx context.Context, interaction string) ([]InteractionChannel, error) {
	var out struct {
		Channels []InteractionChannel `json:"channels"`
	}
	k := get(c.o.Bases.Flex, "/v1/Interactions/{}/Channels", interaction).asking(pageQuery("", MaxPage))
	err := c.do(ctx, k, &out)
	return out.Channels, err
}

// UpdateInteractionChannel gives a channel a state: closed ends the agent's task.
func (c *Client) UpdateInteractionChannel(ctx context.Context, interaction, channel string, s ChannelStatus) (InteractionChannel, error) {
	form := fields("Status", string(s))
	if s == ChannelClosed {
		form.Set("Routing", `{"status":"closed"}`)
	}
	return fetch[InteractionChannel](ctx, c, post(form, c.o.Bases.Flex, "/v1/Interactions/{}/Channels/{}", interaction, channel))
}

// Task is the work that an agent of Flex is asked to take.
type Task struct {
	SID        string `json:"sid"`
	Status     string `json:"assignment_status"`
	Attributes string `json:"attributes"` // a JSON object as a text: what Routing.Attributes said, and what Flex added
}

// maxTasks is how many tasks one question gives at most.
const maxTasks = 50

// TasksWith gives the first tasks of a workspace one of whose attributes has a value.
func (c *Client) TasksWith(ctx context.Context, workspace, attribute, value string) ([]Task, error) {
	q := pageQuery("", maxTasks)
	q.Set("EvaluateTaskAttributes", attribute+" == "+strconv.Quote(value))
	var out struct {
		Tasks []Task `json:"tasks"`
	}
	err := c.do(ctx, get(c.o.Bases.TaskRouter, "/v1/Workspaces/{}/Tasks", workspace).asking(q), &out)
	return out.Tasks, err
}
