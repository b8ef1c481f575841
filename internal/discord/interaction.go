package discord

import (
	"encoding/json"
	"slices"
	"time"
)

// InteractionType says what the person did.
type InteractionType int

// Kinds of interaction.
const (
	InteractionPing         InteractionType = 1
	InteractionCommand      InteractionType = 2
	InteractionComponent    InteractionType = 3
	InteractionAutocomplete InteractionType = 4
	InteractionModalSubmit  InteractionType = 5
)

// Interaction is a command, a press or a submitted modal. It must be answered within 3 s of its creation (SnowflakeTime of its ID);
// after that its Token is good for follow-ups for 15 min. The Token is a secret. Member is set in a guild, User in a DM.
type Interaction struct {
	ID             string          `json:"id"`
	ApplicationID  string          `json:"application_id"`
	Type           InteractionType `json:"type"`
	Data           InteractionData `json:"data,omitzero"`
	GuildID        string          `json:"guild_id,omitempty"`
	Channel        *Channel        `json:"channel,omitempty"`
	ChannelID      string          `json:"channel_id,omitempty"`
	Member         *Member         `json:"member,omitempty"`
	User           *User           `json:"user,omitempty"`
	Token          Token           `json:"token"`
	Version        int             `json:"version"`
	Message        *Message        `json:"message,omitempty"`
	AppPermissions Permissions     `json:"app_permissions,omitzero"`
	Locale         string          `json:"locale,omitempty"`
	GuildLocale    string          `json:"guild_locale,omitempty"`
}

// Actor gives who did it, in a guild and in a DM alike.
func (i Interaction) Actor() User {
	switch {
	case i.Member != nil && i.Member.User != nil:
		return *i.Member.User
	case i.User != nil:
		return *i.User
	}
	return User{}
}

// InteractionData is what was done: Name and Options of a command, CustomID and Values of a component, CustomID and Components of a modal.
//
// Its "id" is left out: it is a command's snowflake in a string or a component's number, and nobody needs either.
type InteractionData struct {
	Name          string          `json:"name,omitempty"`
	Type          CommandType     `json:"type,omitempty"`
	Options       []CommandValue  `json:"options,omitempty"`
	TargetID      string          `json:"target_id,omitempty"`
	CustomID      string          `json:"custom_id,omitempty"`
	ComponentType ComponentType   `json:"component_type,omitempty"`
	Values        []string        `json:"values,omitempty"`
	Components    []Component     `json:"components,omitempty"`
	Resolved      *ResolvedValues `json:"resolved,omitempty"`
}

// ResolvedValues holds what the ids in an interaction stand for.
type ResolvedValues struct {
	Users       map[string]User       `json:"users,omitempty"`
	Members     map[string]Member     `json:"members,omitempty"`
	Roles       map[string]Role       `json:"roles,omitempty"`
	Channels    map[string]Channel    `json:"channels,omitempty"`
	Messages    map[string]Message    `json:"messages,omitempty"`
	Attachments map[string]Attachment `json:"attachments,omitempty"`
}

// CommandValue is an option that the person filled in; Value is a JSON string, number or boolean. A subcommand has Options instead.
type CommandValue struct {
	Name    string          `json:"name"`
	Type    OptionType      `json:"type"`
	Value   json.RawMessage `json:"value,omitempty"`
	Options []CommandValue  `json:"options,omitempty"`
	Focused bool            `json:"focused,omitempty"`
}

// Text gives the value as text: a string without its quotes, anything else as written.
func (v CommandValue) Text() string {
	var s string
	if json.Unmarshal(v.Value, &s) == nil {
		return s
	}
	return string(v.Value)
}

// Option gives the text of the option name of a command, "" if it was left out. Options of a subcommand count.
func (d InteractionData) Option(name string) string {
	v, _ := findOption(d.Options, name)
	return v.Text()
}

func findOption(vs []CommandValue, name string) (CommandValue, bool) {
	for _, v := range vs {
		if v.Name == name {
			return v, true
		}
		if found, ok := findOption(v.Options, name); ok {
			return found, true
		}
	}
	return CommandValue{}, false
}

// Field gives the component customID of a submitted modal, wherever it stands, and whether it is there.
func (d InteractionData) Field(customID string) (Component, bool) {
	return findComponent(d.Components, customID)
}

func findComponent(cs []Component, customID string) (Component, bool) {
	for _, c := range cs {
		if c.CustomID == customID {
			return c, true
		}
		inner := c.Components
		if c.Component != nil {
			inner = append(slices.Clip(inner), *c.Component)
		}
		if found, ok := findComponent(inner, customID); ok {
			return found, true
		}
	}
	return Component{}, false
}

// CallbackType says how an interaction is answered.
type CallbackType int

// Answers to an interaction.
const (
	CallbackPong          CallbackType = 1
	CallbackMessage       CallbackType = 4 // a message, now
	CallbackDeferMessage  CallbackType = 5 // "is thinking…"; the message comes by EditOriginalResponse
	CallbackDeferUpdate   CallbackType = 6 // nothing to see; the message may be changed later
	CallbackUpdateMessage CallbackType = 7 // changes the message that the component is on
	CallbackAutocomplete  CallbackType = 8
	CallbackModal         CallbackType = 9
)

// How long an interaction may wait for its first answer, and how long its token is good for.
const (
	InteractionDeadline = 3 * time.Second
	InteractionLifetime = 15 * time.Minute
)

// InteractionResponse answers an interaction. Message goes with types 4, 5 (its flags only) and 7, Modal with type 9, Choices with
// type 8; exactly one of them or none is set.
type InteractionResponse struct {
	Type    CallbackType
	Message *MessageSend
	Modal   *Modal
	Choices []CommandChoice
}

// Modal is a form that opens over the chat.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

// MarshalJSON writes the response with the one kind of data it has.
func (r InteractionResponse) MarshalJSON() ([]byte, error) {
	out := struct {
		Type CallbackType `json:"type"`
		Data any          `json:"data,omitempty"`
	}{Type: r.Type}
	switch {
	case r.Message != nil:
		out.Data = r.Message
	case r.Modal != nil:
		out.Data = r.Modal
	case r.Choices != nil:
		out.Data = map[string]any{"choices": r.Choices}
	}
	return json.Marshal(out)
}
