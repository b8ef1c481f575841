package discord

import (
	"fmt"
	"strings"
)

// Option types of commands.
const (
	optionSubcommand = 1
	optionGroup      = 2
	optionString     = 3
	optionInteger    = 4
	optionBoolean    = 5
	optionUser       = 6
	optionChannel    = 7
	optionRole       = 8
	optionMention    = 9
	optionNumber     = 10
	optionFile       = 11
)

// Slash runs a registered command; "ticket close" runs a subcommand. Option
// values are string, bool, int, float64 or File (an attachment); users,
// channels and roles are named by id.
func (s *Server) Slash(channelID, memberID, command string, options map[string]any) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.w
	c, err := w.find(channelID)
	if err != nil {
		return nil, err
	}
	if w.members[memberID] == nil {
		return nil, errUnknownMember
	}
	if err := w.may(memberID, c, UseCommands); err != nil {
		return nil, err
	}
	path := strings.Fields(command)
	cmd, err := w.findCommand(path, c)
	if err != nil {
		return nil, err
	}
	if p := cmd.MemberPermissions; p != nil && w.permissions(memberID, c)&*p != *p {
		return nil, errMissingPermissions
	}
	fill := filling{w: w, c: c, resolved: map[string]map[string]any{}}
	data := map[string]any{"id": cmd.ID, "name": cmd.Name, "type": 1}
	opts, err := fill.path(cmd.Options, path[1:], options)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", command, err)
	}
	data["options"] = opts
	if cmd.GuildID != "" {
		data["guild_id"] = cmd.GuildID
	}
	if len(fill.resolved) > 0 {
		data["resolved"] = fill.resolved
	}
	return s.begin(InteractionCommand, c, memberID, data, nil), nil
}

// findCommand finds a chat command, the guild's before a global one; a DM
// knows the global ones only.
func (w *world) findCommand(path []string, c *channel) (*Command, error) {
	if len(path) == 0 {
		return nil, fmt.Errorf("name a command")
	}
	for _, guild := range []string{w.guildID, ""} {
		if guild != "" && c.Type == TypeDM {
			continue
		}
		for i, cmd := range w.commands {
			if cmd.Type == 1 && cmd.GuildID == guild && cmd.Name == path[0] {
				return &w.commands[i], nil
			}
		}
	}
	return nil, fmt.Errorf("no command /%s is registered here", path[0])
}

// filling turns a person's values into the options of an interaction.
type filling struct {
	w        *world
	c        *channel
	resolved map[string]map[string]any
}

// path walks down subcommands and fills the options of the last.
func (f *filling) path(defs []CommandOption, path []string, values map[string]any) ([]map[string]any, error) {
	if len(path) == 0 {
		return f.options(defs, values)
	}
	for _, d := range defs {
		if d.Name == path[0] && (d.Type == optionSubcommand || d.Type == optionGroup) {
			inner, err := f.path(d.Options, path[1:], values)
			return []map[string]any{{"name": d.Name, "type": d.Type, "options": inner}}, err
		}
	}
	return nil, fmt.Errorf("no subcommand %q", path[0])
}

func (f *filling) options(defs []CommandOption, values map[string]any) ([]map[string]any, error) {
	out, used := []map[string]any{}, 0
	for _, d := range defs {
		if d.Type == optionSubcommand || d.Type == optionGroup {
			return nil, fmt.Errorf("name a subcommand, such as %q", d.Name)
		}
		v, given := values[d.Name]
		if !given && d.Required {
			return nil, fmt.Errorf("option %q is required", d.Name)
		}
		if !given {
			continue
		}
		used++
		value, err := f.value(d, v)
		if err != nil {
			return nil, fmt.Errorf("option %q: %w", d.Name, err)
		}
		out = append(out, map[string]any{"name": d.Name, "type": d.Type, "value": value})
	}
	if used < len(values) {
		return nil, fmt.Errorf("unknown option among %v", values)
	}
	return out, nil
}

// value checks one value against its option and resolves what it names.
func (f *filling) value(d CommandOption, v any) (any, error) {
	text, isText := v.(string)
	switch d.Type {
	case optionString:
		if !isText {
			return nil, fmt.Errorf("want a string, got %T", v)
		}
		return text, d.checkText(text)
	case optionBoolean:
		if _, isBool := v.(bool); !isBool {
			return nil, fmt.Errorf("want a bool, got %T", v)
		}
	case optionInteger:
		if _, isInt := v.(int); !isInt {
			return nil, fmt.Errorf("want an int, got %T", v)
		}
	case optionNumber:
		if _, isFloat := v.(float64); !isFloat {
			return nil, fmt.Errorf("want a float64, got %T", v)
		}
	case optionFile:
		file, isFile := v.(File)
		if !isFile {
			return nil, fmt.Errorf("want a File, got %T", v)
		}
		return f.attach(file), nil
	default:
		return text, f.resolve(d.Type, text)
	}
	return v, nil
}

func (d CommandOption) checkText(text string) error {
	n := len([]rune(text))
	if d.MinLength != nil && n < *d.MinLength || d.MaxLength != nil && n > *d.MaxLength || n > 6000 {
		return fmt.Errorf("%d characters are not allowed", n)
	}
	if len(d.Choices) == 0 {
		return nil
	}
	for _, c := range d.Choices {
		if c.Value == text {
			return nil
		}
	}
	return fmt.Errorf("%q is not one of the choices", text)
}

// resolve adds the user, channel or role that an id names.
func (f *filling) resolve(kind int, id string) error {
	if m := f.w.members[id]; m != nil && (kind == optionUser || kind == optionMention) {
		f.add("users", id, *m.User)
		bare := m.Member
		bare.User = nil
		f.add("members", id, bare)
		return nil
	}
	if c := f.w.channels[id]; c != nil && kind == optionChannel {
		f.add("channels", id, c.Channel)
		return nil
	}
	if r := f.w.role(id); r != nil && (kind == optionRole || kind == optionMention) {
		f.add("roles", id, *r)
		return nil
	}
	return fmt.Errorf("%q is not known in the guild", id)
}

func (f *filling) add(kind, id string, v any) {
	if f.resolved[kind] == nil {
		f.resolved[kind] = map[string]any{}
	}
	f.resolved[kind][id] = v
}

// attach uploads a file for an attachment option and returns its id.
func (f *filling) attach(file File) string {
	m := f.w.view(Message{ChannelID: f.c.ID, Attachments: f.w.uploaded(f.c.ID, file)})
	f.add("attachments", m.Attachments[0].ID, m.Attachments[0])
	return m.Attachments[0].ID
}

// uploaded stores one file outside of any message.
func (w *world) uploaded(channelID string, file File) []Attachment {
	m := &Message{ChannelID: channelID}
	w.attach(m, draft{files: []upload{{"0", file}}})
	return m.Attachments
}
