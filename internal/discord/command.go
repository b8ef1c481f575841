package discord

// CommandType says where a command is found.
type CommandType int

// Kinds of command.
const (
	CommandSlash   CommandType = 1
	CommandUser    CommandType = 2
	CommandMessage CommandType = 3
)

// OptionType says what a command's option holds.
type OptionType int

// Kinds of option.
const (
	OptionSubcommand OptionType = 1
	OptionString     OptionType = 3
	OptionInteger    OptionType = 4
	OptionBoolean    OptionType = 5
	OptionUser       OptionType = 6
	OptionChannel    OptionType = 7
	OptionRole       OptionType = 8
	OptionNumber     OptionType = 10
	OptionAttachment OptionType = 11
)

// ApplicationCommand is a command of the bot. Name is lower case, up to 32 characters; Description up to 100. DefaultPermissions nil
// lets everyone use it, 0 administrators only.
type ApplicationCommand struct {
	ID                       string            `json:"id,omitempty"`
	ApplicationID            string            `json:"application_id,omitempty"`
	GuildID                  string            `json:"guild_id,omitempty"`
	Version                  string            `json:"version,omitempty"`
	Type                     CommandType       `json:"type,omitempty"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description,omitempty"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	DefaultPermissions       *Permissions      `json:"default_member_permissions,omitempty"`
	// Contexts, of a command that is no guild's, says where it is found; nil is everywhere.
	Contexts []CommandContext `json:"contexts,omitempty"`
}

// CommandContext is a place where commands are found.
type CommandContext int

// Places where commands are found.
const (
	ContextGuild CommandContext = 0
	ContextBotDM CommandContext = 1 // direct messages with the bot
)

// CommandOption is what a command can be given. Required options stand before the others.
type CommandOption struct {
	Type                     OptionType        `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Choices                  []CommandChoice   `json:"choices,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
}

// CommandChoice is one of the values an option allows. Value is a string or a number.
type CommandChoice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}
