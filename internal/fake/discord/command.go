package discord

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// commandName is Discord's rule for the names of commands and options.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)

// maxCommands is how many commands one scope can hold.
const maxCommands = 100

// scope is the guild a command call is about, "" for the global commands.
func (s *Server) scope(c *call) (string, error) {
	if id := c.r.PathValue("application"); id != s.w.appID {
		return "", errMissingAccess
	}
	guild := c.r.PathValue("guild")
	if guild != "" && guild != s.w.guildID {
		return "", errMissingAccess
	}
	return guild, nil
}

func (w *world) commandsOf(guild string) []Command {
	out := []Command{}
	for _, c := range w.commands {
		if c.GuildID == guild {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) listCommands(c *call) (reply, error) {
	guild, err := s.scope(c)
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok(s.w.commandsOf(guild))
}

func (s *Server) putCommands(c *call) (reply, error) {
	guild, err := s.scope(c)
	if err != nil {
		return reply{}, err
	}
	var list []Command
	if json.Unmarshal(c.body, &list) != nil {
		return reply{}, errBadJSON
	}
	f := newForm()
	if len(list) > maxCommands {
		return reply{}, &apiError{status: 400, code: 30032, message: "Maximum number of application commands reached (100)"}
	}
	seen := map[string]bool{}
	for i, cmd := range list {
		at := fmt.Sprint(i)
		checkCommand(cmd, f.under(at))
		if seen[fmt.Sprint(cmd.Type, cmd.Name)] {
			f.add(at+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[fmt.Sprint(cmd.Type, cmd.Name)] = true
	}
	if err := f.err(); err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.w.commandsOf(guild)
	s.w.commands = slices.DeleteFunc(s.w.commands, func(c Command) bool { return c.GuildID == guild })
	for _, cmd := range list {
		s.w.register(guild, cmd, old)
	}
	s.w.announce()
	return ok(s.w.commandsOf(guild))
}

// register adds a command; one of the same name keeps its id.
func (w *world) register(guild string, c Command, old []Command) Command {
	c.ID, c.Version, c.ApplicationID, c.GuildID, c.Type = w.id(), w.id(), w.appID, guild, cmp.Or(c.Type, 1)
	for _, o := range old {
		if o.Name == c.Name && o.Type == c.Type {
			c.ID = o.ID
		}
	}
	w.commands = append(w.commands, c)
	return c
}

func (s *Server) postCommand(c *call) (reply, error) {
	guild, err := s.scope(c)
	if err != nil {
		return reply{}, err
	}
	var cmd Command
	if json.Unmarshal(c.body, &cmd) != nil {
		return reply{}, errBadJSON
	}
	f := newForm()
	checkCommand(cmd, f)
	if err := f.err(); err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.w.commandsOf(guild)
	s.w.commands = slices.DeleteFunc(s.w.commands, func(c Command) bool {
		return c.GuildID == guild && c.Name == cmd.Name && c.Type == cmp.Or(cmd.Type, 1)
	})
	made := s.w.register(guild, cmd, old)
	s.w.announce()
	if len(s.w.commandsOf(guild)) == len(old) {
		return ok(made)
	}
	return created(made)
}

func (s *Server) deleteCommand(c *call) (reply, error) {
	guild, err := s.scope(c)
	if err != nil {
		return reply{}, err
	}
	id := c.r.PathValue("command")
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.w.commands)
	s.w.commands = slices.DeleteFunc(s.w.commands, func(c Command) bool { return c.GuildID == guild && c.ID == id })
	if len(s.w.commands) == before {
		return reply{}, errUnknownCommand
	}
	s.w.announce()
	return noContent()
}

func checkCommand(c Command, f *form) {
	kind := cmp.Or(c.Type, 1)
	if kind == 1 {
		checkCommandName(f, c.Name)
		f.length("description", c.Description, 1, 100)
		checkLocalized(c, f)
	} else {
		f.length("name", c.Name, 1, 32)
		f.length("description", c.Description, 0, 0)
	}
	checkOptions(c.Options, f)
}

// locales are the languages of Discord's clients.
const locales = "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko"

// checkLocalized holds the names of other languages to the rule of names.
func checkLocalized(c Command, f *form) {
	for locale, name := range c.Names {
		g := f.under("name_localizations." + locale)
		checkCommandName(g, name)
		checkLocale(locale, g)
	}
	for locale, text := range c.Descriptions {
		g := f.under("description_localizations." + locale)
		g.length("description", text, 1, 100)
		checkLocale(locale, g)
	}
}

func checkLocale(locale string, f *form) {
	if !slices.Contains(strings.Fields(locales), locale) {
		f.add("locale", "BASE_TYPE_CHOICES", "Value must be one of the locales of Discord.")
	}
}

func checkCommandName(f *form, name string) {
	if !commandName.MatchString(name) || strings.ToLower(name) != name {
		f.add("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

func checkOptions(list []CommandOption, f *form) {
	f.count("options", len(list), 0, 25)
	optional := false
	for i, o := range list {
		g := f.under(fmt.Sprintf("options.%d", i))
		checkCommandName(g, o.Name)
		g.length("description", o.Description, 1, 100)
		g.count("choices", len(o.Choices), 0, 25)
		if o.Type < 1 || o.Type > 11 {
			g.add("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.")
		}
		if o.Required && optional {
			g.add("required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !o.Required && o.Type > 2
		checkOptions(o.Options, g)
	}
}
