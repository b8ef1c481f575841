package discord

// File is something a person or the bot uploads.
type File struct {
	Name        string
	ContentType string // default: found by content
	Data        []byte
}

// AddRole makes a role in the guild.
func (s *Server) AddRole(name string, p Permissions) Role { return Role{} }

// AddMember lets a person join with these roles (ids).
func (s *Server) AddMember(name string, roleIDs ...string) Member { return Member{} }

// SetRoles replaces a member's roles.
func (s *Server) SetRoles(memberID string, roleIDs ...string) error { return nil }

// RemoveMember lets a person leave the guild.
func (s *Server) RemoveMember(memberID string) error { return nil }

// SetDMClosed says whether the person takes direct messages; closed, the bot gets 50007.
func (s *Server) SetDMClosed(memberID string, closed bool) error { return nil }

// SetBotPermissions changes what the bot's own role grants.
func (s *Server) SetBotPermissions(p Permissions) {}

// SetOverwrite sets one overwrite of a channel, as an administrator would.
func (s *Server) SetOverwrite(channelID string, o Overwrite) error { return nil }

// AddChannel makes a channel by an administrator's hand: no limits apply.
// c needs Type and Name; ParentID, Topic, Overwrites and AvailableTags are taken.
func (s *Server) AddChannel(c Channel) Channel { return Channel{} }

// DeleteChannel deletes a channel by an administrator's hand.
func (s *Server) DeleteChannel(channelID string) error { return nil }

// DM is the direct channel between the bot and the member, opened if needed.
func (s *Server) DM(memberID string) (Channel, error) { return Channel{}, nil }

// Say posts as a member; an error says that the member may not.
func (s *Server) Say(channelID, memberID, text string, files ...File) (Message, error) {
	return Message{}, nil
}

// Reply posts as a member in answer to a message.
func (s *Server) Reply(messageID, memberID, text string, files ...File) (Message, error) {
	return Message{}, nil
}

// Edit changes the text of a member's message.
func (s *Server) Edit(messageID, text string) (Message, error) { return Message{}, nil }

// DeleteMessage deletes any message by a person's hand.
func (s *Server) DeleteMessage(messageID string) error { return nil }

// React adds a member's reaction.
func (s *Server) React(messageID, memberID, emoji string) error { return nil }

// Unreact takes a member's reaction away.
func (s *Server) Unreact(messageID, memberID, emoji string) error { return nil }

// Press clicks a button. The answer arrives on the returned Interaction.
func (s *Server) Press(messageID, customID, memberID string) (*Interaction, error) { return nil, nil }

// Select chooses values in a select of a message.
func (s *Server) Select(messageID, customID, memberID string, values ...string) (*Interaction, error) {
	return nil, nil
}

// Slash runs a registered command; "ticket close" runs a subcommand. Option
// values are string, bool, int, float64 or File (an attachment).
func (s *Server) Slash(channelID, memberID, command string, options map[string]any) (*Interaction, error) {
	return nil, nil
}

// SubmitModal fills and sends the modal that answered the interaction; values
// are by custom id, and inputs left out keep the value they were shown with.
func (s *Server) SubmitModal(shown *Interaction, values map[string]string) (*Interaction, error) {
	return nil, nil
}
