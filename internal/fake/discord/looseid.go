package discord

import (
	"encoding/json"
	"reflect"
	"strings"
)

// looseID is an id of a request body: Discord takes a string or a number, and
// discord.py sends numbers.
type looseID string

// UnmarshalJSON reads either form; null is "".
func (i *looseID) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" {
		text = ""
	}
	if text != "" && !isSnowflake(text) {
		return &json.UnmarshalTypeError{Value: "string", Type: reflect.TypeFor[string]()}
	}
	*i = looseID(text)
	return nil
}

// UnmarshalJSON reads an overwrite with either form of id.
func (o *Overwrite) UnmarshalJSON(b []byte) error {
	type plain Overwrite
	in := struct {
		*plain
		ID looseID `json:"id"`
	}{plain: (*plain)(o)}
	err := json.Unmarshal(b, &in)
	o.ID = string(in.ID)
	return err
}

// UnmarshalJSON reads a reference with either form of ids.
func (r *MessageReference) UnmarshalJSON(b []byte) error {
	type plain MessageReference
	in := struct {
		*plain
		MessageID looseID `json:"message_id"`
		ChannelID looseID `json:"channel_id"`
		GuildID   looseID `json:"guild_id"`
	}{plain: (*plain)(r)}
	err := json.Unmarshal(b, &in)
	r.MessageID, r.ChannelID, r.GuildID = string(in.MessageID), string(in.ChannelID), string(in.GuildID)
	return err
}

// texts are ids as plain strings.
func texts(ids []looseID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}
