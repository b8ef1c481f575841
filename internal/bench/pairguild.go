package main

import (
	"context"
	"fmt"

	"kefu/internal/fake/discord"
)

// guildMedium is a server of Discord: its members are customers who write direct messages, its staff answer in channels.
type guildMedium struct {
	*crowd

	guild     *discord.Server
	door      *fakeDoor
	community bool
	agent     string
	role      string
	members   []string // by talk
	rooms     []string // their direct messages
}

func (m *guildMedium) start(ctx context.Context, customers, _ bool) (err error) {
	m.guild, m.community = discord.New(discord.Options{RequestRing: -1}), customers
	if m.door, err = openDoor(ctx, m.crowd, m.guild.Handler()); err != nil {
		return err
	}
	m.role = m.guild.AddRole("客服", discord.EveryonePermissions).ID
	m.agent = m.guild.AddMember("小龍", m.role).ID
	for talk := range m.talks {
		if !customers {
			break
		}
		member := m.guild.AddMember(fmt.Sprint("member", talk)).ID
		dm, err := m.guild.DM(member)
		if err != nil {
			return err
		}
		m.members, m.rooms = append(m.members, member), append(m.rooms, dm.ID)
		m.streets.lives(dm.ID, talk)
	}
	return nil
}

func (m *guildMedium) inboxes() (list []map[string]any, customers, staff string) {
	settings := map[string]any{"token": m.guild.Token(), "api_url": m.door.url() + "/api/v10", "guild_id": m.guild.GuildID(), "agent_roles": []string{m.role}}
	if m.community {
		settings["community"] = map[string]any{"bot": false, "rating": false, "cooldown": "0s"}
	}
	return []map[string]any{{"id": "guild", "channel": "discord", "name": "龍之店", "settings": settings}}, "guild", "guild"
}

func (m *guildMedium) ready(ctx context.Context) error { return m.guild.WaitReady(ctx) }

func (m *guildMedium) open(ctx context.Context, talk int, text string) error {
	return m.ask(ctx, talk, text)
}

func (m *guildMedium) ask(_ context.Context, talk int, text string) error {
	_, err := m.guild.Say(m.rooms[talk], m.members[talk], text)
	return err
}

func (m *guildMedium) reply(_ context.Context, talk int, text string) error {
	_, err := m.guild.Say(m.streets.at(talk), m.agent, text)
	return err
}

func (m *guildMedium) close() {
	_ = m.guild.Close()
	m.door.close()
}
