package discord

import (
	"context"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// Names of the staff's commands and their options.
const (
	cmdTicket = "ticket"

	optNumber   = "number"
	optOf       = "of"
	optStatus   = "status"
	optMine     = "mine"
	optTeam     = "team"
	optDesk     = "desk"
	optShortcut = "shortcut"
)

// staffCommands are the slash commands of staff that belong to no ticket channel. They work everywhere in the server, for members with
// one of agent_roles; without any in the settings, for those who may manage messages, which Discord says of who asks: that a member sees a
// channel says nothing where everybody does.
func staffCommands() []api.ApplicationCommand {
	number := required(option(api.OptionInteger, optNumber, "opt_number"))
	member := option(api.OptionUser, optMember, "opt_member")
	ticket := command(cmdTicket,
		subcommand("list", statusOption(), option(api.OptionBoolean, optMine, "opt_mine")),
		subcommand("show", number),
		subcommand("assign", number, member, offered(optTeam, "opt_team")),
		subcommand("status", number, required(statusOption())),
		subcommand("link", number, option(api.OptionInteger, optOf, "opt_of")),
	)
	who := required(option(api.OptionUser, optMember, "opt_blocked"))
	return []api.ApplicationCommand{
		ticket,
		command(connector.CmdBlock, who, option(api.OptionString, optReason, "opt_close_reason")),
		command(connector.CmdUnblock, who),
	}
}

func subcommand(name string, options ...api.CommandOption) api.CommandOption {
	o := option(api.OptionSubcommand, name, word("cmd_ticket_"+name))
	o.Options = options
	return o
}

func required(o api.CommandOption) api.CommandOption {
	o.Required = true
	return o
}

// offered is an option whose values are offered while it is typed.
func offered(name string, w word) api.CommandOption {
	o := option(api.OptionString, name, w)
	o.Autocomplete = true
	return o
}

func statusOption() api.CommandOption {
	o := option(api.OptionString, optStatus, "opt_status")
	for _, s := range kefu.TicketStatuses() {
		w := stage(s)
		o.Choices = append(o.Choices, api.CommandChoice{Name: english.say(w), NameLocalizations: chinese(w), Value: string(s)})
	}
	return o
}

// stage names how a ticket stands.
func stage(s kefu.TicketStatus) word { return word("stage_" + string(s)) }

// staffAsks tells whether an interaction is one of those, or asks for what an option may be (autocomplete).
func staffAsks(i api.Interaction) bool {
	switch i.Type {
	case api.InteractionAutocomplete:
		return true
	case api.InteractionCommand:
		return slices.ContainsFunc(staffCommands(), func(c api.ApplicationCommand) bool { return c.Name == i.Data.Name })
	}
	return false
}

// staffInteraction answers staff within Discord's 3 seconds. The work goes into the lane of the channel where it was asked for.
func (l *listener) staffInteraction(ctx context.Context, i api.Interaction) error {
	select {
	case l.firsts <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	l.work.Go(func() {
		defer func() { <-l.firsts }()
		if i.Type == api.InteractionAutocomplete {
			l.suggest(i)
			return
		}
		l.open(staffRequest(i))
	})
	return nil
}

// staffRequest reads a command of staff; one that is not known has a name that nothing is done for.
func staffRequest(i api.Interaction) request {
	d := i.Data
	r := request{i: i, l: langOf(i.Locale), name: d.Name, args: map[string]string{}}
	if d.Name == cmdTicket && len(d.Options) > 0 {
		r.name = cmdTicket + "_" + d.Options[0].Name
		d.Options = d.Options[0].Options // one of them is called like the subcommand
	}
	for _, name := range []string{optNumber, optOf, optStatus, optTeam, optReason} {
		if v := strings.TrimSpace(d.Option(name)); v != "" {
			r.args[name], _ = kefu.CleanText(v)
		}
	}
	if d.Option(optMine) == "true" {
		r.args[optMine] = "yes"
	}
	member := d.Option(optMember)
	if member == "" {
		return r
	}
	if r.name == connector.CmdTicketAssign {
		r.args["agent_id"], r.args["agent_name"] = member, memberName(d.Resolved, member)
	} else {
		r.args["member"], r.args["name"] = member, memberName(d.Resolved, member)
	}
	return r
}

// wideStaff tells whether a command of staff needs no ticket channel.
func wideStaff(name string) bool {
	switch name {
	case connector.CmdTicketList, connector.CmdTicketShow, connector.CmdTicketAssign, connector.CmdTicketStatus, connector.CmdTicketLink,
		connector.CmdBlock, connector.CmdUnblock:
		return true
	}
	return false
}

// mayAsk tells whether a member may do what they ask for.
func (c *Connector) mayAsk(name string, m *api.Member) bool {
	switch {
	case m == nil:
		return false
	case wideStaff(name) && len(c.set.agentRoles) == 0:
		return m.Permissions.Has(api.PermissionManageMessages)
	}
	return c.staff(m.Roles)
}
