package discord

import (
	"encoding/json"
	"slices"
)

// Gateway intents that the fake knows.
const (
	intentGuilds          = 1 << 0
	intentMembers         = 1 << 1
	intentGuildMessages   = 1 << 9
	intentGuildReactions  = 1 << 10
	intentDirectMessages  = 1 << 12
	intentDirectReactions = 1 << 13
	intentContent         = 1 << 15
)

// emit queues an event to every session that asked for its intent (0 = all)
// and whose bot sees the channel (nil = no channel). blank is what sessions
// without the content intent get; nil is the same for all.
func (w *world) emit(typ string, intent int, c *channel, data, blank any) {
	if c != nil && w.permissions(w.botID, c)&ViewChannel == 0 {
		return
	}
	var full, empty json.RawMessage // made once, when first wanted
	for _, s := range w.sessions {
		if intent != 0 && s.intents&intent == 0 {
			continue
		}
		raw, from := &full, data
		if blank != nil && s.intents&intentContent == 0 {
			raw, from = &empty, blank
		}
		if *raw == nil {
			*raw = encode(from)
		}
		s.deliver(w, event{typ, *raw})
	}
}

// messageIntent is the intent of a channel's messages.
func messageIntent(c *channel) int {
	if c.Type == TypeDM {
		return intentDirectMessages
	}
	return intentGuildMessages
}

// emitMessage adds to the message what only gateway events carry.
func (w *world) emitMessage(typ string, c *channel, m *Message) {
	if len(w.sessions) == 0 {
		return
	}
	full := w.view(*m)
	full.GuildID = c.GuildID
	if typ != "MESSAGE_CREATE" {
		full.Nonce = ""
	}
	if p := w.members[m.Author.ID]; p != nil && c.GuildID != "" {
		author := p.Member
		author.User = nil
		full.Member = &author
	}
	if w.blankFor(m) {
		w.emit(typ, messageIntent(c), c, full, blanked(full))
		return
	}
	w.emit(typ, messageIntent(c), c, full, nil)
}

// blankFor says whether the content of m is kept from a bot without the
// content intent: not in DMs, not its own words, not where it is mentioned.
func (w *world) blankFor(m *Message) bool {
	if m.Author.ID == w.botID || w.channels[m.ChannelID].Type == TypeDM {
		return false
	}
	return !slices.ContainsFunc(m.Mentions, func(u User) bool { return u.ID == w.botID })
}

func blanked(m Message) Message {
	m.Content, m.Attachments, m.Embeds, m.Components = "", []Attachment{}, []Embed{}, []Component{}
	m.Poll = nil
	return m
}
