package discord

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	notePrefix = "//"
	// noteSuffix tells the note in a message from what of the same message goes to the customer, so that an edit never turns one into
	// the other.
	noteSuffix = "n"
	// copyLimit is how long a message waits for its files to be copied; their addresses expire, so that it cannot be done later.
	copyLimit = 20 * time.Second
)

var (
	mentionForm = regexp.MustCompile(`<@!?(\d+)>`)
	emojiForm   = regexp.MustCompile(`<a?(:\w+:)\d+>`)
)

// messageOf gives the Discord message that an external id stands for.
func messageOf(externalID string) string { return strings.TrimSuffix(externalID, noteSuffix) }

// human tells whether a person wrote the message; bots, webhooks and Discord's own notices are never taken in.
func human(m api.Message) bool {
	return m.Author.ID != "" && !m.Author.Bot && !m.Author.System && m.WebhookID == "" &&
		(m.Type == api.MessageDefault || m.Type == api.MessageReply)
}

// staff tells whether somebody with these roles may answer customers. Without roles in the settings everybody may who is in the channel.
func (c *Connector) staff(roles []string) bool {
	return len(c.set.agentRoles) == 0 || slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(c.set.agentRoles, r) })
}

// written makes what a staff message says: what goes to the customer, then the note in it; at most one of each, none if it is empty.
func (c *Connector) written(ctx context.Context, m api.Message) []connector.Inbound {
	base := connector.Inbound{
		Kind: connector.InMessage, Key: "m:" + m.ID, ThreadID: m.ChannelID, ExternalID: m.ID, Cursor: m.ID,
		Sender: author(m), OccurredAt: api.SnowflakeTime(m.ID),
	}
	text, note := c.spoken(m)
	files, remarks := c.copies(ctx, m.Attachments)
	base.Content.Attachments, base.Notes = files, remarks
	var list []connector.Inbound
	if whole := base; text != "" || note == "" && len(files) > 0 {
		whole.Note = c.set.talk == talkInternal
		whole.Content = said(text, files)
		list = append(list, whole)
		files = nil
	}
	if note != "" {
		base.Key, base.ExternalID, base.Note, base.Content = base.Key+noteSuffix, base.ExternalID+noteSuffix, true, said(note, files)
		list = append(list, base)
	}
	return list
}

// spoken parts a message's text into what is for the customer and what is a note. Where all talk is internal nothing needs parting.
func (c *Connector) spoken(m api.Message) (text, note string) {
	plain := readable(m)
	if c.set.talk == talkInternal {
		return strings.TrimSpace(strings.TrimPrefix(plain, notePrefix)), ""
	}
	return partNotes(plain)
}

// partNotes takes the lines that begin with "//" out of a text, but for those inside code. A text that begins with such a line is a
// note as a whole: who starts a note goes on writing it.
func partNotes(text string) (public, note string) {
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), notePrefix); ok {
		lines := strings.Split(rest, "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(lines[i]), notePrefix))
		}
		return "", strings.TrimSpace(strings.Join(lines, "\n"))
	}
	var open, private []string
	fenced := false
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), notePrefix); ok && !fenced {
			private = append(private, strings.TrimSpace(rest))
			continue
		}
		if strings.Count(line, "```")%2 == 1 {
			fenced = !fenced
		}
		open = append(open, line)
	}
	return strings.TrimSpace(strings.Join(open, "")), strings.Join(private, "\n")
}

// readable puts names where Discord has ids: a customer can do nothing with <@123>.
func readable(m api.Message) string {
	text := mentionForm.ReplaceAllStringFunc(m.Content, func(mention string) string {
		id := mentionForm.FindStringSubmatch(mention)[1]
		if i := slices.IndexFunc(m.Mentions, func(u api.User) bool { return u.ID == id }); i >= 0 {
			return "@" + m.Mentions[i].DisplayName()
		}
		return mention
	})
	text, _ = kefu.CleanText(emojiForm.ReplaceAllString(text, "$1"))
	return text
}

func said(text string, files []kefu.Attachment) kefu.Content {
	content := kefu.Content{Type: kefu.ContentText, Text: text, Attachments: files}
	switch {
	case text != "" || len(files) == 0:
	case files[0].IsImage():
		content.Type = kefu.ContentImage
	default:
		content.Type = kefu.ContentFile
	}
	return content
}

func author(m api.Message) connector.Sender { return sender(m.Author, m.Member) }

func sender(u api.User, m *api.Member) connector.Sender {
	name := u.DisplayName()
	if m != nil && m.Nick != "" {
		name = m.Nick
	}
	return connector.Sender{Kind: kefu.AuthorAgent, ID: u.ID, Name: name, Via: "Discord"}
}

// copies keeps the files at once: Discord's addresses are signed and expire. A file that cannot be copied stays as its address, and the
// message says so.
func (c *Connector) copies(ctx context.Context, list []api.Attachment) (files []kefu.Attachment, remarks []string) {
	if len(list) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, copyLimit)
	defer cancel()
	for _, a := range list[:min(len(list), api.MaxAttachments)] {
		kept, err := c.deps.Files.Keep(ctx, a.URL, a.Filename)
		if err != nil {
			c.log.WarnContext(ctx, "discord: attachment not copied", "size", a.Size, "err", err)
			remarks = append(remarks, "attachment "+a.Filename+" could not be copied: its link expires within a day")
			kept = kefu.Attachment{Name: a.Filename, Type: a.ContentType, Size: a.Size, URL: a.URL}
		}
		kept.Name = cmp.Or(kept.Name, a.Filename)
		files = append(files, kept)
	}
	return files, remarks
}

// edited makes what became of both halves of a message that was changed: the half that has nothing left was withdrawn.
func (c *Connector) edited(ctx context.Context, m api.Message) []connector.Inbound {
	text, note := c.spoken(m)
	files, remarks := c.copies(ctx, m.Attachments)
	when := api.SnowflakeTime(m.ID)
	if m.EditedTimestamp != nil {
		when = *m.EditedTimestamp
	}
	key := "e:" + m.ID + ":" + when.UTC().Format(time.RFC3339Nano)
	half := func(suffix string, content kefu.Content) connector.Inbound {
		in := connector.Inbound{Kind: connector.InEdit, Key: key + suffix, ThreadID: m.ChannelID, ExternalID: m.ID + suffix,
			Sender: author(m), Note: suffix != "", Content: content, Notes: remarks, OccurredAt: when}
		if content.Empty() {
			in.Kind = connector.InDelete
		}
		return in
	}
	if text == "" && note != "" {
		return []connector.Inbound{half("", kefu.Content{}), half(noteSuffix, said(note, files))}
	}
	return []connector.Inbound{half("", said(text, files)), half(noteSuffix, said(note, nil))}
}

// removed makes the deletion of both halves of a message; of those that never were the rules know nothing and do nothing.
func removed(channel, id string, now time.Time) []connector.Inbound {
	list := make([]connector.Inbound, 0, 2)
	for _, suffix := range []string{"", noteSuffix} {
		list = append(list, connector.Inbound{Kind: connector.InDelete, Key: "d:" + id + suffix, ThreadID: channel, ExternalID: id + suffix,
			Sender: connector.Sender{Kind: kefu.AuthorAgent, Via: "Discord"}, OccurredAt: now})
	}
	return list
}
