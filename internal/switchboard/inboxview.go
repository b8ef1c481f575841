package switchboard

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// Channels is what there is of channels, as far as the rules care: the program that is built from them gives it.
type Channels interface {
	// Descriptors are the channels, as data.
	Descriptors() []connector.Descriptor
	// Check builds a connector of the settings and throws it away. The error is *kefu.Error of kind invalid and names every fault.
	Check(in connector.Inbox) error
	// Settings are those of an inbox that was made in the file; nil when they are not known.
	Settings(id kefu.InboxID) json.RawMessage
}

// Offer says which channels there are, and what is to be called after the commit of a change of inboxes. It is called once, before
// anything else; without it only the channel api is known.
func (b *Switchboard) Offer(channels Channels, changed func()) {
	b.channels, b.changed = channels, changed
}

// InboxView is an inbox as the API shows it.
type InboxView struct {
	ID          kefu.InboxID   `json:"id" doc:"Id of the inbox, chosen by who made it." example:"shop"`
	Channel     string         `json:"channel" doc:"Kind of the inbox: one of the kinds of /channels."`
	Name        string         `json:"name" doc:"What people read."`
	Settings    map[string]any `json:"settings" doc:"What the channel needs. Secrets are shown as ***; without the right to see everything none are shown."`
	Hours       *InboxHours    `json:"hours" doc:"When people answer, or null: always."`
	OpenNow     bool           `json:"open_now" doc:"Somebody answers at this moment."`
	NextOpening *time.Time     `json:"next_opening" doc:"When somebody answers again; null while it is open, and when that is not within a year."`
	Provisioned bool           `json:"provisioned" doc:"It was made in the configuration file and is changed there only."`
	CreatedAt   time.Time      `json:"created_at" doc:"When it was made."`
	UpdatedAt   time.Time      `json:"updated_at" doc:"When it was changed last."`
}

// InboxChange is what an inbox is made of, or what of it changes: absent members stay, null clears.
type InboxChange struct {
	ID       kefu.Opt[kefu.InboxID]   `json:"id,omitzero" doc:"Chosen by you: a to z, 0 to 9, _ and -, at most 63 characters. It never changes."`
	Channel  kefu.Opt[string]         `json:"channel,omitzero" doc:"One of the kinds of /channels. It never changes."`
	Name     kefu.Opt[string]         `json:"name,omitzero" doc:"What people read, at most 100 characters; without it the id."`
	Settings kefu.Opt[map[string]any] `json:"settings,omitzero" doc:"The settings to change: those that are not named stay, null clears one, *** leaves a secret as it is."`
	Hours    kefu.Opt[InboxHours]     `json:"hours,omitzero" doc:"When people answer, all of it. Null: always."`
}

var inboxIDPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// hidden stands for a secret.
const hidden = "***"

// Channel is a channel as the API shows it, for forms.
type Channel struct {
	Kind         string            `json:"kind" doc:"The word that inboxes have as channel."`
	Title        map[string]string `json:"title" doc:"Its name, by language."`
	Customer     bool              `json:"customer" doc:"Customers can write by it."`
	Desk         bool              `json:"desk" doc:"Agents can answer by it."`
	Fields       []ChannelField    `json:"fields" doc:"The settings of its inboxes."`
	Capabilities []string          `json:"capabilities" doc:"What it can do, in words."`
}

// ChannelField is one setting of a channel's inboxes.
type ChannelField struct {
	Name     string            `json:"name" doc:"Member of settings."`
	Type     string            `json:"type" doc:"string, secret, bool, duration, list or map."`
	Required bool              `json:"required" doc:"It has to be given."`
	Default  string            `json:"default" doc:"What counts without it."`
	Label    map[string]string `json:"label" doc:"What to write beside it, by language."`
	Doc      string            `json:"doc" doc:"What it is for."`
}

// descriptor finds a channel; a fault names those there are.
func (b *Switchboard) descriptor(f *kefu.Faults, kind string) connector.Descriptor {
	var kinds []string
	for _, d := range b.descriptors() {
		if d.Kind == kind {
			return d
		}
		kinds = append(kinds, d.Kind)
	}
	f.Add("channel", "must be one of %s", strings.Join(kinds, ", "))
	return connector.Descriptor{}
}

func (b *Switchboard) descriptors() []connector.Descriptor {
	all := []connector.Descriptor{{Kind: ProgramChannel, Title: map[string]string{"en": "API", "zh-TW": "API", "zh-CN": "API"}, Customer: true}}
	if b.channels == nil {
		return all
	}
	return append(all, slices.DeleteFunc(slices.Clone(b.channels.Descriptors()), func(d connector.Descriptor) bool { return d.Kind == ProgramChannel })...)
}

// changeSettings puts the named settings into those there are, and names every one that the channel does not know or cannot read.
func changeSettings(f *kefu.Faults, fields []connector.Field, have, want map[string]any) map[string]any {
	out := maps.Clone(have)
	if out == nil {
		out = map[string]any{}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		at := "settings." + name
		i := slices.IndexFunc(fields, func(f connector.Field) bool { return f.Name == name })
		value := want[name]
		switch {
		case i < 0:
			f.Add(at, "is not a setting of this channel")
		case value == nil:
			delete(out, name)
		case fields[i].Secret() && value == hidden:
		case !fits(fields[i].Type, value):
			f.Add(at, "must be %s", typeWords(fields[i].Type))
		default:
			out[name] = value
		}
	}
	for _, field := range fields {
		if v, ok := out[field.Name]; field.Required && (!ok || v == "") {
			f.Add("settings."+field.Name, "is needed")
		}
	}
	return out
}

func fits(kind string, value any) bool {
	var ok bool
	switch kind {
	case "bool":
		_, ok = value.(bool)
	case "list":
		_, ok = value.([]any)
	case "map":
		_, ok = value.(map[string]any)
	default:
		_, ok = value.(string)
	}
	return ok
}

func typeWords(kind string) string {
	switch kind {
	case "bool":
		return "true or false"
	case "list":
		return "a list"
	case "map":
		return "an object"
	case "duration":
		return `a text like "30s"`
	}
	return "a text"
}

func (b *Switchboard) showInbox(i store.Inbox, sight kefu.Sight, now time.Time) (InboxView, error) {
	out := InboxView{ID: i.ID, Channel: i.Channel, Name: i.Name, Settings: map[string]any{}, Provisioned: i.Provisioned,
		CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt}
	hours, err := b.hoursOf(i)
	if err != nil {
		return out, err
	}
	out.showHours(hours, now)
	if sight.Kind != kefu.SeesAll {
		return out, nil
	}
	settings, err := b.settingsOf(i)
	if err != nil {
		return out, err
	}
	var unknown kefu.Faults
	fields := b.descriptor(&unknown, i.Channel).Fields
	for name, value := range settings {
		// What no field describes may be a secret of an older version.
		secret := !slices.ContainsFunc(fields, func(f connector.Field) bool { return f.Name == name && !f.Secret() })
		if secret && value != "" {
			value = hidden
		}
		out.Settings[name] = value
	}
	return out, nil
}

// settingsOf opens the settings of an inbox.
func (b *Switchboard) settingsOf(i store.Inbox) (map[string]any, error) {
	settings, raw := map[string]any{}, "{}"
	switch {
	case i.Provisioned && b.channels != nil:
		raw = string(b.channels.Settings(i.ID))
	case i.Settings != "":
		opened, err := OpenSettings(b.box, i)
		if err != nil {
			return nil, err
		}
		raw = string(opened)
	}
	if raw == "" {
		return settings, nil
	}
	return settings, json.Unmarshal([]byte(raw), &settings)
}

// OpenSettings gives the settings of an inbox that was made by the API, with their secrets.
func OpenSettings(box store.Sealer, i store.Inbox) (json.RawMessage, error) {
	if i.Settings == "" {
		return json.RawMessage("{}"), nil
	}
	raw, err := box.Open(i.Settings, "inbox/"+string(i.ID))
	if err != nil {
		return nil, fmt.Errorf("settings of inbox %s: %w", i.ID, err)
	}
	return json.RawMessage(raw), nil
}
