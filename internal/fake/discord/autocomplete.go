package discord

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// InteractionAutocomplete asks what an option may be while a person types.
const InteractionAutocomplete = 4

// Bounds of what a bot may offer.
const (
	maxOffered = 25
	maxOffer   = 100
)

// Suggest types into an option of a registered command, beside options that are filled in already; "ticket assign" names a subcommand. What
// the bot offers is in the outcome of the interaction.
func (s *Server) Suggest(channelID, memberID, command, option, typed string, others map[string]any) (*Interaction, error) {
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
	fill := filling{w: w, c: c, resolved: map[string]map[string]any{}}
	opts, err := fill.typing(cmd.Options, path[1:], option, typed, others)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", command, err)
	}
	data := map[string]any{"id": cmd.ID, "name": cmd.Name, "type": 1, "options": opts}
	if cmd.GuildID != "" {
		data["guild_id"] = cmd.GuildID
	}
	return s.begin(InteractionAutocomplete, c, memberID, data, nil), nil
}

// typing walks down subcommands, and fills in what is there while one option is typed. Nothing is required yet.
func (f *filling) typing(defs []CommandOption, path []string, option, typed string, others map[string]any) ([]map[string]any, error) {
	out := []map[string]any{}
	focused := false
	for _, d := range defs {
		if len(path) > 0 {
			if d.Name != path[0] {
				continue
			}
			inner, err := f.typing(d.Options, path[1:], option, typed, others)
			return []map[string]any{{"name": d.Name, "type": d.Type, "options": inner}}, err
		}
		if d.Name == option && d.Autocomplete {
			focused = true
			out = append(out, map[string]any{"name": d.Name, "type": d.Type, "value": typed, "focused": true})
		} else if v, given := others[d.Name]; given {
			value, err := f.value(d, v)
			if err != nil {
				return nil, fmt.Errorf("option %q: %w", d.Name, err)
			}
			out = append(out, map[string]any{"name": d.Name, "type": d.Type, "value": value})
		}
	}
	if !focused {
		return nil, fmt.Errorf("nothing is offered for an option %q", option)
	}
	return out, nil
}

// readOffer reads what the bot offers for an option.
func readOffer(o object, f *form) []CommandChoice {
	list := take[[]CommandChoice](o, "choices", f).value
	if len(list) > maxOffered {
		f.add("choices", "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", maxOffered))
	}
	for _, c := range list {
		value, isText := c.Value.(string)
		if n := utf8.RuneCountInString(c.Name); n < 1 || n > maxOffer || isText && (value == "" || utf8.RuneCountInString(value) > maxOffer) {
			f.add("choices", "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between 1 and %d in length.", maxOffer))
		}
	}
	return list
}
