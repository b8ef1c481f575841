package config

import (
	"encoding/json"
	"fmt"
	"slices"

	"kefu"
	"kefu/internal/connector"
)

// channelDiscord is the channel that serves every inbox when it is the only desk.
const channelDiscord = "discord"

// Inbox finds an inbox of the configuration; false when there is none of that id. Inboxes made in the console are not known here.
func (c *Config) Inbox(id kefu.InboxID) (Inbox, bool) {
	i := slices.IndexFunc(c.Inboxes, func(in Inbox) bool { return in.ID == id })
	if i < 0 {
		return Inbox{}, false
	}
	return c.Inboxes[i], true
}

// DefaultInbox finds the inbox of a channel whose hooks are also answered at the root; false when there is none.
func (c *Config) DefaultInbox(channel string) (kefu.InboxID, bool) {
	for _, in := range c.Inboxes {
		if in.Channel == channel && in.Default() {
			return in.ID, true
		}
	}
	return "", false
}

// Route lists the inboxes that the route of inbox id names, in its order; false when it has no route of its own.
func (c *Config) Route(id kefu.InboxID) ([]kefu.InboxID, bool) {
	for _, r := range c.Routes {
		if r.From == id {
			return slices.Clone(r.To), true
		}
	}
	return nil, false
}

// Desks lists the inboxes that the conversations of inbox id are mirrored to, in the order of its route. The console sees all of them
// and is not listed. Without a route of its own a conversation has the console only, unless the only desk there is a Discord inbox.
func (c *Config) Desks(id kefu.InboxID) []kefu.InboxID {
	if to, routed := c.Route(id); routed {
		return to
	}
	if only, ok := c.onlyDesk(); ok && only.Channel == channelDiscord && only.ID != id {
		return []kefu.InboxID{only.ID}
	}
	return nil
}

func (c *Config) onlyDesk() (Inbox, bool) {
	var desks []Inbox
	for _, in := range c.Inboxes {
		if in.Settings.desk {
			desks = append(desks, in)
		}
	}
	if len(desks) != 1 {
		return Inbox{}, false
	}
	return desks[0], true
}

// Connector gives the inbox as connectors take it; durations are text, and settings that were not set are absent.
func (in Inbox) Connector() connector.Inbox {
	return connector.Inbox{ID: in.ID, Channel: in.Channel, Name: in.Name, Settings: in.Settings.JSON()}
}

// Default tells whether the inbox's hooks are also answered at the root.
func (in Inbox) Default() bool {
	is, _ := in.Settings.values["default"].(bool)
	return is
}

// JSON gives the settings with their secrets in the clear.
func (s Settings) JSON() json.RawMessage {
	if len(s.values) == 0 {
		return json.RawMessage("{}")
	}
	raw, err := json.Marshal(s.values)
	if err != nil {
		// Only text, bool, finite numbers, lists and maps of them get in: settings.go makes nothing else.
		panic(fmt.Sprintf("config: settings do not encode: %T", err))
	}
	return raw
}
