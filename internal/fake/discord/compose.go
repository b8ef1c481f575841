package discord

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var (
	userMention = regexp.MustCompile(`<@!?(\d+)>`)
	roleMention = regexp.MustCompile(`<@&(\d+)>`)
)

// compose makes a message of a checked draft; it is not in the channel yet.
func (w *world) compose(c *channel, authorID string, d draft) *Message {
	m := &Message{
		ID: w.id(), ChannelID: c.ID, Author: w.user(authorID), Content: d.content.value,
		Timestamp: timeField(w.now()), TTS: d.tts, Nonce: d.nonce, Flags: d.flags & (1<<2 | 1<<12 | FlagEphemeral | FlagComponentsV2),
		Mentions: []User{}, MentionRoles: []string{}, Attachments: []Attachment{}, Embeds: []Embed{}, Components: []Component{},
	}
	m.Ephemeral = m.Flags&FlagEphemeral != 0
	if authorID == w.botID {
		m.ApplicationID = w.appID
	}
	w.mention(m, c, d.allowed)
	w.attach(m, d)
	m.Embeds = w.embedded(m, append([]Embed{}, d.embeds.value...))
	m.Components = append(m.Components, d.components.value...)
	w.refer(m, c, d)
	return m
}

// mention resolves who the text pings, as far as it may.
func (w *world) mention(m *Message, c *channel, a *allowedMentions) {
	m.Mentions, m.MentionRoles, m.MentionEveryone = []User{}, []string{}, false
	for _, hit := range userMention.FindAllStringSubmatch(m.Content, 100) {
		if person := w.members[hit[1]]; person != nil && a.user(hit[1]) {
			m.Mentions = append(m.Mentions, *person.User)
		}
	}
	for _, hit := range roleMention.FindAllStringSubmatch(m.Content, 100) {
		if w.role(hit[1]) != nil && a.role(hit[1]) {
			m.MentionRoles = append(m.MentionRoles, hit[1])
		}
	}
	loud := strings.Contains(m.Content, "@everyone") || strings.Contains(m.Content, "@here")
	m.MentionEveryone = loud && a.everyone() && w.permissions(m.Author.ID, c)&MentionEveryone != 0
}

// attach stores the uploads, with the descriptions the body gives them.
func (w *world) attach(m *Message, d draft) {
	list := slices.Clone(m.Attachments)
	for _, u := range d.files {
		a := Attachment{ID: w.id(), Filename: fileName(u.Name), ContentType: contentType(u.File), Size: len(u.Data)}
		for _, in := range d.keep.value {
			if in.key() == u.key {
				a.Description = in.Description
				a.Filename = cmp.Or(fileName(in.Filename), a.Filename)
			}
		}
		a.URL = w.files.store(m.ChannelID, a, u.Data)
		list = append(list, a)
	}
	m.Attachments = list
}

// embedded replaces attachment:// pictures by the uploads they name, which
// then no longer count as attachments of their own.
func (w *world) embedded(m *Message, list []Embed) []Embed {
	for i := range list {
		list[i].Type = "rich"
		list[i].Image = w.embeddedPicture(m, list[i].Image)
		list[i].Thumbnail = w.embeddedPicture(m, list[i].Thumbnail)
	}
	return list
}

func (w *world) embeddedPicture(m *Message, p *EmbedImage) *EmbedImage {
	if p == nil || !strings.HasPrefix(p.URL, "attachment://") {
		return p
	}
	name := strings.TrimPrefix(p.URL, "attachment://")
	at := slices.IndexFunc(m.Attachments, func(a Attachment) bool { return a.Filename == name })
	if at < 0 {
		return p
	}
	out := &EmbedImage{URL: m.Attachments[at].URL}
	m.Attachments = slices.Delete(slices.Clone(m.Attachments), at, at+1)
	return out
}

// refer makes the message a reply when its draft names one.
func (w *world) refer(m *Message, c *channel, d draft) {
	if d.reference == nil {
		return
	}
	to := w.messages[d.reference.MessageID]
	if to == nil || to.Deleted || to.ChannelID != c.ID {
		return
	}
	m.Type = messageReply
	m.Reference = &MessageReference{MessageID: to.ID, ChannelID: c.ID, GuildID: c.GuildID}
	seen := *to
	seen.ReferencedMessage, seen.Nonce = nil, ""
	m.ReferencedMessage = &seen
	if d.allowed == nil || d.allowed.RepliedUser {
		m.Mentions = append(m.Mentions, to.Author)
	}
}

// post puts a composed message into its channel and tells the gateway.
func (w *world) post(c *channel, m *Message) {
	w.messages[m.ID] = m
	w.kept++
	if m.Author.ID == w.botID {
		w.ledger = append(w.ledger, m)
	}
	if !m.Ephemeral {
		c.messages = append(c.messages, m)
		c.living++
		c.LastMessageID = m.ID
		if c.isThread() {
			c.MessageCount++
			w.unarchive(c)
		}
		w.emitMessage("MESSAGE_CREATE", c, m)
	}
	w.announce()
}

// unarchive: a message in an archived thread brings the thread back.
func (w *world) unarchive(c *channel) {
	if !c.Thread.Archived {
		return
	}
	meta := *c.Thread
	meta.Archived, meta.ArchiveTimestamp = false, timeField(w.now())
	c.Thread = &meta
	w.emit("THREAD_UPDATE", intentGuilds, c, c.Channel, nil)
}

// amend applies an edit to a message in place.
func (w *world) amend(c *channel, m *Message, d draft) {
	if d.keep.set {
		m.Attachments = slices.DeleteFunc(slices.Clone(m.Attachments), func(a Attachment) bool {
			return !slices.ContainsFunc(d.keep.value, func(in attachmentIn) bool { return in.key() == a.ID })
		})
	}
	w.attach(m, d)
	if d.content.set {
		m.Content = d.content.value
		w.mention(m, c, d.allowed)
	}
	if d.embeds.set {
		m.Embeds = w.embedded(m, append([]Embed{}, d.embeds.value...))
	}
	if d.components.set {
		m.Components = append([]Component{}, d.components.value...)
	}
	w.edited(c, m)
}

// edited stamps a changed message and tells the gateway.
func (w *world) edited(c *channel, m *Message) {
	at := timeField(w.now())
	m.EditedTimestamp = &at
	if !m.Ephemeral {
		w.emitMessage("MESSAGE_UPDATE", c, m)
	}
	w.announce()
}

// erase deletes one message.
func (w *world) erase(c *channel, m *Message) {
	m.Deleted = true
	if !m.Ephemeral {
		c.living--
		w.emit("MESSAGE_DELETE", messageIntent(c), c, map[string]any{"id": m.ID, "channel_id": c.ID, "guild_id": nullable(c.GuildID)}, nil)
	}
	w.announce()
}

// remembered is the earlier message under a nonce, nil after the window.
func (w *world) remembered(c *channel, key string) *Message {
	n, found := c.nonces[key]
	if !found || n.message.Deleted || w.now().Sub(n.at) >= w.opt.NonceWindow {
		return nil
	}
	return n.message
}

// remember keeps a nonce for the window; older ones go, so that memory stays small.
func (w *world) remember(c *channel, key string, m *Message) {
	now := w.now()
	for len(c.nonceAge) > 0 && now.Sub(c.nonces[c.nonceAge[0]].at) >= w.opt.NonceWindow {
		delete(c.nonces, c.nonceAge[0])
		c.nonceAge = c.nonceAge[1:]
	}
	if c.nonces == nil {
		c.nonces = map[string]nonce{}
	}
	if _, again := c.nonces[key]; !again {
		c.nonceAge = append(c.nonceAge, key)
	}
	c.nonces[key] = nonce{m, now}
}
