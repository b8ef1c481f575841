package discord

import (
	"fmt"
)

// File is something a person or the bot uploads.
type File struct {
	Name        string
	ContentType string // default: found by content
	Data        []byte
}

// AddRole makes a role in the guild.
func (s *Server) AddRole(name string, p Permissions) Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.w.addRole(name, p)
	s.w.emit("GUILD_ROLE_CREATE", intentGuilds, nil, map[string]any{"guild_id": s.w.guildID, "role": *r}, nil)
	s.w.announce()
	return *r
}

// AddMember lets a person join with these roles (ids).
func (s *Server) AddMember(name string, roleIDs ...string) Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.w.join(s.w.id(), name, false, roleIDs...)
	s.w.emit("GUILD_MEMBER_ADD", intentMembers, nil, memberEvent{s.w.guildID, m.Member}, nil)
	s.w.announce()
	return m.Member
}

type memberEvent struct {
	GuildID string `json:"guild_id"`
	Member
}

// SetRoles replaces a member's roles.
func (s *Server) SetRoles(memberID string, roleIDs ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.w.present(memberID)
	if err != nil {
		return err
	}
	m.Roles = append([]string{}, roleIDs...)
	intent := intentMembers
	if memberID == s.w.botID {
		intent = 0 // a bot hears of itself without the intent, too
	}
	s.w.emit("GUILD_MEMBER_UPDATE", intent, nil, memberEvent{s.w.guildID, m.Member}, nil)
	s.w.announce()
	return nil
}

// RemoveMember lets a person leave the guild.
func (s *Server) RemoveMember(memberID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.w.present(memberID)
	if err != nil {
		return err
	}
	m.left = true
	s.w.emit("GUILD_MEMBER_REMOVE", intentMembers, nil, map[string]any{"guild_id": s.w.guildID, "user": *m.User}, nil)
	s.w.announce()
	return nil
}

// SetDMClosed says whether the person refuses direct messages; closed, the bot gets 50007.
func (s *Server) SetDMClosed(memberID string, closed bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.w.present(memberID)
	if err != nil {
		return err
	}
	m.dmClosed = closed
	return nil
}

// SetLocale sets the language of the person's client, which interactions carry; it is zh-TW before.
func (s *Server) SetLocale(memberID, locale string) error {
	return s.setMember(memberID, func(m *member) { m.locale = locale })
}

// SetPending says whether the person still has to pass the guild's membership screening.
func (s *Server) SetPending(memberID string, pending bool) error {
	return s.setMember(memberID, func(m *member) { m.Pending = pending })
}

func (s *Server) setMember(memberID string, set func(*member)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.w.present(memberID)
	if err == nil {
		set(m)
	}
	return err
}

// SetBotPermissions changes what the bot's own role grants. @everyone still
// grants EveryonePermissions; SetEveryonePermissions changes those.
func (s *Server) SetBotPermissions(p Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.grant(s.w.botRoleID, p)
}

// SetEveryonePermissions changes what @everyone grants.
func (s *Server) SetEveryonePermissions(p Permissions) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.grant(s.w.guildID, p)
}

func (w *world) grant(roleID string, p Permissions) {
	r := w.role(roleID)
	r.Permissions = p
	w.emit("GUILD_ROLE_UPDATE", intentGuilds, nil, map[string]any{"guild_id": w.guildID, "role": *r}, nil)
	w.announce()
}

// SetOverwrite sets one overwrite of a channel, as an administrator would.
func (s *Server) SetOverwrite(channelID string, o Overwrite) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.w.find(channelID)
	if err != nil {
		return err
	}
	s.w.setOverwrite(c, o)
	return nil
}

// AddChannel makes a channel by an administrator's hand: no limits apply.
// c needs Type and Name; ParentID, Topic, Overwrites and AvailableTags are taken.
func (s *Server) AddChannel(c Channel) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Type == TypeText || c.Type == TypeAnnouncement || c.Type == TypeForum {
		c.Name = textName(c.Name)
	}
	return s.w.addChannel(c).Channel
}

// DeleteChannel deletes a channel or thread by an administrator's hand.
func (s *Server) DeleteChannel(channelID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.w.find(channelID)
	if err != nil {
		return err
	}
	s.w.dropChannel(c)
	return nil
}

// DM is the direct channel between the bot and the member, opened if needed.
func (s *Server) DM(memberID string) (Channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w.members[memberID] == nil {
		return Channel{}, errUnknownMember
	}
	return s.w.openDM(memberID).Channel, nil
}

// Say posts as a member; an error says that the member may not.
func (s *Server) Say(channelID, memberID, text string, files ...File) (Message, error) {
	return s.say(channelID, memberID, text, nil, files)
}

// Reply posts as a member in answer to a message.
func (s *Server) Reply(messageID, memberID, text string, files ...File) (Message, error) {
	m, found := s.Message(messageID)
	if !found {
		return Message{}, errUnknownMessage
	}
	return s.say(m.ChannelID, memberID, text, &MessageReference{MessageID: messageID}, files)
}

func (s *Server) say(channelID, memberID, text string, to *MessageReference, files []File) (Message, error) {
	d := draft{content: field[string]{true, text}, reference: to}
	for i, f := range files {
		d.files = append(d.files, upload{fmt.Sprint(i), f})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.w.find(channelID)
	if err != nil {
		return Message{}, err
	}
	if s.w.members[memberID] == nil {
		return Message{}, errUnknownMember
	}
	if err := s.w.mayWrite(memberID, c); err != nil {
		return Message{}, err
	}
	if d.empty() {
		return Message{}, errEmptyMessage
	}
	m := s.w.compose(c, memberID, d)
	s.w.post(c, m)
	return s.w.view(*m), nil
}

// Edit changes the text of a member's message.
func (s *Server) Edit(messageID, text string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.w.anyMessage(messageID)
	if err != nil {
		return Message{}, err
	}
	if m.Author.ID == s.w.botID {
		return Message{}, errOtherAuthor
	}
	s.w.amend(c, m, draft{content: field[string]{true, text}})
	return s.w.view(*m), nil
}

// DeleteMessage deletes any message by a person's hand.
func (s *Server) DeleteMessage(messageID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.w.anyMessage(messageID)
	if err != nil {
		return err
	}
	s.w.erase(c, m)
	return nil
}

// anyMessage is a living message in whatever channel.
func (w *world) anyMessage(id string) (*channel, *Message, error) {
	m := w.messages[id]
	if m == nil {
		return nil, nil, errUnknownMessage
	}
	return w.findMessage(m.ChannelID, id)
}

// React adds a member's reaction.
func (s *Server) React(messageID, memberID, emoji string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.w.anyMessage(messageID)
	if err != nil {
		return err
	}
	return s.w.react(c, m, memberID, emoji)
}

// Unreact takes a member's reaction away.
func (s *Server) Unreact(messageID, memberID, emoji string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.w.anyMessage(messageID)
	if err != nil {
		return err
	}
	return s.w.unreact(c, m, memberID, emoji)
}
