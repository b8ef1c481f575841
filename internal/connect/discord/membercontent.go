package discord

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"kefu"
	api "kefu/internal/discord"
)

const (
	maxQuoted     = 100 // characters of what is answered
	discordImages = "https://cdn.discordapp.com"
	discordMedia  = "https://media.discordapp.net"
)

// memberContent makes plain text and files of all that a member can send: text, files, stickers, voice, polls, what was forwarded.
func (c *Connector) memberContent(ctx context.Context, m api.Message) (content kefu.Content, remarks []string) {
	l := c.language(ctx)
	var parts []string
	if m.Flags&api.MessageVoice != 0 {
		parts = append(parts, voiceWords(l, m))
	}
	parts = append(parts, strings.TrimSpace(readable(m)))
	for _, s := range m.Stickers {
		parts = append(parts, l.say("sticker", s.Name))
	}
	parts = append(parts, pollWords(l, m.Poll))
	files := m.Attachments
	for _, s := range m.Snapshots {
		parts = append(parts, l.say("forwarded")+"\n"+quoted(forwardedWords(l, s.Message)))
		files = append(slices.Clip(files), s.Message.Attachments...)
	}
	text := joined(parts)
	kept, remarks := c.copies(ctx, files)
	if len(files) > api.MaxAttachments {
		remarks = append(remarks, fmt.Sprintf("%d more attachments were not taken", len(files)-api.MaxAttachments))
	}
	kept = append(kept, c.stickerPictures(ctx, m.Stickers, api.MaxAttachments-len(kept))...)
	if text != "" || len(kept) > 0 {
		text = joined([]string{c.answered(ctx, l, m), text})
	}
	text, _ = kefu.CleanText(text)
	return said(text, kept), remarks
}

func voiceWords(l lang, m api.Message) string {
	var seconds float64
	for _, a := range m.Attachments {
		seconds += a.Duration
	}
	return l.say("voice", max(int(seconds+0.5), 1))
}

func pollWords(l lang, p *api.Poll) string {
	if p == nil {
		return ""
	}
	lines := []string{l.say("poll", p.Question.Text)}
	for _, a := range p.Answers {
		lines = append(lines, "- "+a.Media.Text)
	}
	return strings.Join(lines, "\n")
}

// forwardedWords is what a forwarded message said: its text, and the words of its cards.
func forwardedWords(l lang, m api.Message) string {
	parts := []string{strings.TrimSpace(readable(m))}
	for _, e := range m.Embeds {
		parts = append(parts, embedWords(e))
	}
	for _, s := range m.Stickers {
		parts = append(parts, l.say("sticker", s.Name))
	}
	return cmp.Or(joined(parts), l.say("no_text"))
}

func embedWords(e api.Embed) string {
	parts := []string{e.Title, e.Description}
	for _, f := range e.Fields {
		parts = append(parts, f.Name+": "+f.Value)
	}
	return joined(append(parts, e.URL))
}

// answered quotes what a message answers, unless that stands right above it.
func (c *Connector) answered(ctx context.Context, l lang, m api.Message) string {
	to := m.Referenced
	if m.Type != api.MessageReply || to == nil {
		return ""
	}
	above, err := c.api.Messages(ctx, m.ChannelID, api.Page{Before: m.ID, Limit: 1})
	if err == nil && len(above) == 1 && above[0].ID == to.ID {
		return ""
	}
	words := strings.Join(strings.Fields(forwardedWords(l, *to)), " ")
	return quoted(kefu.Excerpt(words, maxQuoted))
}

// stickerPictures copies the pictures of stickers, as many as there is room for. An animation that needs a player has none.
func (c *Connector) stickerPictures(ctx context.Context, list []api.Sticker, room int) (kept []kefu.Attachment) {
	ctx, cancel := context.WithTimeout(ctx, copyLimit)
	defer cancel()
	for _, s := range list {
		address, name := c.stickerPicture(s)
		if address == "" || len(kept) >= room {
			continue
		}
		a, err := c.deps.Files.Keep(ctx, address, name)
		if err != nil {
			c.log.WarnContext(ctx, "discord: picture of a sticker not copied", "sticker_id", s.ID, "err", err)
			continue
		}
		kept = append(kept, a)
	}
	return kept
}

// stickerPicture gives the address of a sticker's picture, and its file's name.
func (c *Connector) stickerPicture(s api.Sticker) (address, name string) {
	images, media := discordImages, discordMedia
	if u, err := url.Parse(c.set.apiURL); err == nil && c.set.apiURL != defaultAPI {
		images = u.Scheme + "://" + u.Host + "/cdn"
		media = images
	}
	switch s.Format {
	case api.StickerPNG, api.StickerAPNG:
		return images + "/stickers/" + s.ID + ".png", s.Name + ".png"
	case api.StickerGIF:
		return media + "/stickers/" + s.ID + ".gif", s.Name + ".gif"
	case api.StickerLottie:
	}
	return "", ""
}

// quoted puts text behind the marks of a quotation.
func quoted(text string) string { return "> " + strings.ReplaceAll(text, "\n", "\n> ") }

// joined puts what is not empty on lines of their own.
func joined(parts []string) string {
	var full []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, "\n")
}
