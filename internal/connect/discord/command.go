package discord

import (
	"context"
	"encoding/json"
	"slices"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	commandsKey = "commands"

	optText   = "text"
	optFile   = "file"
	optMember = "member"
	optReason = "reason"

	maxModalText = 4000
)

// commands are all slash commands of the inbox.
func (c *Connector) commands() []api.ApplicationCommand {
	list := slices.Concat(talkCommands(), staffCommands())
	if c.set.community.on {
		list = append(list, memberCommands()...)
	}
	return list
}

// talkCommands are the slash commands of ticket channels, in the order in which Discord lists them.
func talkCommands() []api.ApplicationCommand {
	text, file := option(api.OptionString, optText, "opt_text"), option(api.OptionAttachment, optFile, "opt_file")
	member, shortcut := option(api.OptionUser, optMember, "opt_member"), required(offered(optShortcut, "opt_shortcut"))
	return []api.ApplicationCommand{
		command(connector.CmdReply, text, file),
		command(connector.CmdNote, text, file),
		command(connector.CmdClaim),
		command(connector.CmdCanned, shortcut, option(api.OptionString, optText, "opt_below")),
		command(connector.CmdTransfer, member, offered(optTeam, "opt_team"), offered(optDesk, "opt_desk")),
		command(connector.CmdClose, option(api.OptionString, optReason, "opt_close_reason")),
		command(connector.CmdReopen),
		command(connector.CmdOrder),
		command(connector.CmdTranscript),
		command(connector.CmdStatus),
	}
}

func command(name string, options ...api.CommandOption) api.ApplicationCommand {
	w := word("cmd_" + name)
	return api.ApplicationCommand{
		Type: api.CommandSlash, Name: name, Description: english.say(w), DescriptionLocalizations: chinese(w), Options: options,
	}
}

func option(kind api.OptionType, name string, w word) api.CommandOption {
	return api.CommandOption{Type: kind, Name: name, Description: english.say(w), DescriptionLocalizations: chinese(w)}
}

func chinese(w word) map[string]string {
	return map[string]string{zhTW.String(): zhTW.say(w), zhCN.String(): zhCN.say(w)}
}

// registerCommands makes Discord list the commands. Discord limits how often: it is done only when they have changed.
func (c *Connector) registerCommands(ctx context.Context, app string) {
	list := c.commands()
	text, err := json.Marshal(list)
	if err != nil {
		c.log.ErrorContext(ctx, "discord: commands cannot be written", "err", err)
		return
	}
	want := digest(32, app, c.set.guildID, string(text))
	if have, err := c.deps.State.Load(ctx, commandsKey); err == nil && have == want {
		return
	}
	err = untilSure(ctx, func() error {
		_, err := c.api.OverwriteGuildCommands(ctx, app, c.set.guildID, list)
		return err
	})
	if err != nil {
		c.log.ErrorContext(ctx, "discord: slash commands not registered: invite the bot with the scope applications.commands", "err", err)
		return
	}
	c.remember(ctx, commandsKey, want)
}

// replyForm asks for many lines and files: a slash command's option is one line and one file.
func replyForm(l lang, name string) *api.Modal {
	no, most := false, maxModalText
	least, files := 0, api.MaxAttachments
	return &api.Modal{
		CustomID: customID(name, ""),
		Title:    cut(l.say(word("form_"+name)), api.MaxModalTitle),
		Components: []api.Component{
			api.Labelled(l.say("form_text"), "", api.Component{
				Type: api.ComponentTextInput, CustomID: optText, Style: api.InputParagraph, MaxLength: &most, Required: &no,
			}),
			api.Labelled(l.say("form_files"), "", api.Component{
				Type: api.ComponentFileUpload, CustomID: optFile, MinValues: &least, MaxValues: &files, Required: &no,
			}),
		},
	}
}
