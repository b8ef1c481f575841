package discord

import (
	"slices"
	"strings"
)

// maxReactions is how many different emoji one message can carry.
const maxReactions = 20

// parseEmoji reads an emoji of a path: a Unicode emoji, or name:id.
func parseEmoji(text string) (Emoji, error) {
	name, id, custom := strings.Cut(text, ":")
	if custom && isSnowflake(id) {
		return Emoji{ID: &id, Name: name}, nil
	}
	// A word is not an emoji; everything that is one lies above ASCII or is a keycap.
	if custom || text == "" || text[0] < 0x80 && !strings.ContainsRune(text, '\u20e3') {
		return Emoji{}, errUnknownEmoji
	}
	return Emoji{Name: text}, nil
}

func (s *Server) addReaction(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, m, err := s.openMessage(c, ReadMessageHistory)
	if err != nil {
		return reply{}, err
	}
	if ch.isThread() && ch.Thread.Archived {
		return reply{}, errArchived
	}
	if err := s.w.react(ch, m, s.w.botID, c.r.PathValue("emoji")); err != nil {
		return reply{}, err
	}
	return noContent()
}

// react adds one reaction; once more is no error and no event. Only the first
// use of an emoji needs the permission.
func (w *world) react(ch *channel, m *Message, userID, text string) error {
	e, err := parseEmoji(text)
	if err != nil {
		return err
	}
	list := slices.Clone(m.Reactions)
	at := slices.IndexFunc(list, func(r Reaction) bool { return r.Emoji.Name == e.Name })
	if at < 0 {
		if err := w.may(userID, ch, AddReactions); err != nil {
			return err
		}
		if len(list) >= maxReactions {
			return errReactionsFull
		}
		list, at = append(list, Reaction{Emoji: e}), len(list)
	}
	if slices.Contains(list[at].UserIDs, userID) {
		return nil
	}
	list[at].UserIDs = append(slices.Clone(list[at].UserIDs), userID)
	m.Reactions = w.counted(list)
	w.emitReaction("MESSAGE_REACTION_ADD", ch, m, userID, e)
	return nil
}

func (w *world) unreact(ch *channel, m *Message, userID, text string) error {
	e, err := parseEmoji(text)
	if err != nil {
		return err
	}
	list := slices.Clone(m.Reactions)
	at := slices.IndexFunc(list, func(r Reaction) bool { return r.Emoji.Name == e.Name })
	if at < 0 || !slices.Contains(list[at].UserIDs, userID) {
		return nil
	}
	list[at].UserIDs = slices.DeleteFunc(slices.Clone(list[at].UserIDs), func(id string) bool { return id == userID })
	m.Reactions = w.counted(list)
	w.emitReaction("MESSAGE_REACTION_REMOVE", ch, m, userID, e)
	return nil
}

// counted fills in the counts and drops what nobody uses any more.
func (w *world) counted(list []Reaction) []Reaction {
	for i := range list {
		list[i].Count = len(list[i].UserIDs)
		list[i].Me = slices.Contains(list[i].UserIDs, w.botID)
	}
	return slices.DeleteFunc(list, func(r Reaction) bool { return r.Count == 0 })
}

func (w *world) emitReaction(event string, ch *channel, m *Message, userID string, e Emoji) {
	intent := intentGuildReactions
	data := map[string]any{
		"user_id": userID, "channel_id": ch.ID, "message_id": m.ID, "emoji": e,
		"message_author_id": m.Author.ID, "burst": false, "type": 0,
	}
	if ch.Type == TypeDM {
		intent = intentDirectReactions
	} else {
		data["guild_id"] = ch.GuildID
		if p := w.members[userID]; p != nil && event == "MESSAGE_REACTION_ADD" {
			data["member"] = p.Member
		}
	}
	w.emit(event, intent, ch, data, nil)
	w.announce()
}

func (s *Server) removeReaction(c *call) (reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, need := c.r.PathValue("user"), ManageMessages
	if id == "@me" {
		id, need = s.w.botID, 0
	}
	ch, m, err := s.openMessage(c, need)
	if err != nil {
		return reply{}, err
	}
	if err := s.w.unreact(ch, m, id, c.r.PathValue("emoji")); err != nil {
		return reply{}, err
	}
	return noContent()
}

func (s *Server) listReactions(c *call) (reply, error) {
	e, err := parseEmoji(c.r.PathValue("emoji"))
	if err != nil {
		return reply{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, m, err := s.openMessage(c, ReadMessageHistory)
	if err != nil {
		return reply{}, err
	}
	users := []User{}
	for _, r := range m.Reactions {
		if r.Emoji.Name == e.Name {
			for _, id := range r.UserIDs {
				users = append(users, s.w.user(id))
			}
		}
	}
	return ok(users)
}
