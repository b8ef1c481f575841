package discord

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// Colours tell at a glance who speaks.
const (
	colourCustomer = 0x3498DB
	colourAgent    = 0x2ECC71
	colourBot      = 0x9B59B6
	colourSystem   = 0x95A5A6
	colourNote     = 0xF1C40F
)

const (
	maxAuthor      = 256
	maxTitle       = 256
	maxFieldValue  = 1024
	maxFields      = 25
	maxButtonLabel = 80
	maxButtons     = 20 // the opening card has a row of its own
	// maxPieces leaves room under Discord's 10 embeds and 6,000 characters for what the opening card adds.
	maxPieces    = 5
	buttonsInRow = 5
)

// post is one Discord message to be: its embeds, with what belongs to each, and its buttons. How a message is cut into posts depends
// on the message alone, so that every attempt cuts it the same way.
type post struct {
	place   place
	pieces  []piece
	rows    []api.Component
	answers string   // id of the message that it answers, "" for none
	calls   []string // ids of the roles that it pings
}

// piece is an embed with the picture or file that it shows.
type piece struct {
	embed api.Embed
	file  *kefu.Attachment
}

// render makes the posts of a message, oldest part first; there is always at least one.
func render(l lang, out connector.Outbound) []post {
	m := out.Message
	shown := shownChoices(m)
	chunks := api.SplitMessage(paragraphs(wording(l, m.Content), articleLines(l, m.Content), escape(strings.Join(shown.lines, "\n"))), api.MaxContent)
	if len(chunks) == 0 {
		chunks = []string{""}
	}
	posts := make([]post, 0, len(chunks))
	for _, text := range chunks {
		posts = append(posts, post{pieces: []piece{{embed: speech(l, m, text)}}})
	}
	posts = attach(l, posts, m)
	last := &posts[len(posts)-1]
	last.rows = shown.rows()
	if out.Card != nil {
		opening(l, &posts[0], out)
	}
	number(l, posts, m, out.Late)
	return posts
}

// speech is the embed of one part of a message.
func speech(l lang, m kefu.Message, text string) api.Embed {
	e := api.Embed{Author: &api.EmbedAuthor{Name: cut(speaker(l, m), maxAuthor)}, Description: text, Color: colourOf(m)}
	switch {
	case m.Meta.Deleted:
		e.Description = l.say("deleted_post")
	case m.Content.Empty():
		e.Description = l.say("no_text")
	}
	return e
}

// speaker names who wrote, and where if it was not the customer: a note must never be taken for something that was said.
func speaker(l lang, m kefu.Message) string {
	name, _ := kefu.CleanText(strings.TrimSpace(m.Author.Name))
	if name == "" {
		name = l.say("customer")
	}
	if m.Author.Via != "" && m.Author.Kind != kefu.AuthorContact {
		name += " (" + m.Author.Via + ")"
	}
	if m.Private {
		return "📝 " + l.say("note") + " · " + name
	}
	return name
}

func colourOf(m kefu.Message) int {
	if m.Private {
		return colourNote
	}
	switch m.Author.Kind {
	case kefu.AuthorAgent:
		return colourAgent
	case kefu.AuthorBot:
		return colourBot
	case kefu.AuthorSystem:
		return colourSystem
	}
	return colourCustomer
}

// attach adds the order, in a post of its own, and the attachments: the first picture into the last embed, the rest below it, and into
// further posts when there are more than one holds.
func attach(l lang, posts []post, m kefu.Message) []post {
	if m.Content.Order != nil {
		posts = append(posts, post{pieces: []piece{{embed: orderEmbed(l, *m.Content.Order)}}})
	}
	last := len(posts) - 1
	for i := range m.Content.Attachments {
		a := m.Content.Attachments[i]
		if i == 0 && posts[last].pieces[0].file == nil {
			posts[last].pieces[0].file = &a
			continue
		}
		if len(posts[len(posts)-1].pieces) >= maxPieces {
			posts = append(posts, post{})
		}
		p := &posts[len(posts)-1]
		p.pieces = append(p.pieces, piece{embed: api.Embed{Color: colourOf(m)}, file: &a})
	}
	return posts
}

// number writes each post's place under it.
func number(l lang, posts []post, m kefu.Message, late bool) {
	for i := range posts {
		p := &posts[i]
		p.place = place{Seq: m.Seq, N: i, Of: len(posts)}
		foot := p.place.String()
		if m.Meta.Edited {
			foot += " · " + l.say("edited")
		}
		if late || m.Meta.Late {
			foot += " · " + l.say("late")
		}
		p.pieces[len(p.pieces)-1].embed.Footer = &api.EmbedFooter{Text: foot}
	}
}

// shownChoices makes buttons of what can be chosen. What a customer is asked is shown as buttons that cannot be pressed: a desk never
// answers for them. What the desks themselves are asked, which no customer sees, they can press.
func shownChoices(m kefu.Message) (o offer) {
	for i, ch := range m.Content.Choices {
		switch {
		case ch.URL != "":
			o.link(ch, maxButtons)
		case len(o.buttons) >= maxButtons:
			o.lines = append(o.lines, "• "+clean(ch.Label))
		case m.Private && pressable(ch.Value):
			o.buttons = append(o.buttons, api.Button(api.ButtonSecondary, customID(ch.Value, ""), o.label(ch)))
		default:
			b := api.Button(api.ButtonSecondary, customID(showOnly, strconv.Itoa(i)), o.label(ch))
			b.Disabled = true
			o.buttons = append(o.buttons, b)
		}
	}
	return o
}

// unlike drops buttons whose id is there already: Discord refuses the whole message for it.
func unlike(buttons []api.Component) []api.Component {
	seen := map[string]bool{}
	kept := buttons[:0]
	for _, b := range buttons {
		if b.CustomID == "" || !seen[b.CustomID] {
			kept = append(kept, b)
		}
		seen[b.CustomID] = true
	}
	return kept
}

func rowsOf(buttons []api.Component) []api.Component {
	var rows []api.Component
	for len(buttons) > 0 {
		n := min(len(buttons), buttonsInRow)
		rows = append(rows, api.Row(buttons[:n]...))
		buttons = buttons[n:]
	}
	return rows
}

// quote makes text show as it was written: what Markdown would take for formatting is escaped, but for links and for the code fences
// that the writer put there.
func quote(text string) string {
	const fence = "```"
	text, _ = kefu.CleanText(text)
	segments := strings.Split(text, fence)
	var b strings.Builder
	for i, segment := range segments {
		switch {
		case i%2 == 0:
			b.WriteString(escape(segment))
		case i < len(segments)-1:
			b.WriteString(fence + segment + fence)
		default: // a fence that was never closed
			b.WriteString(escape(fence + segment))
		}
	}
	return b.String()
}

// escape makes text show as it was written, code fences as well.
func escape(text string) string {
	text, _ = kefu.CleanText(text)
	return api.EscapeMarkdown(text)
}

// cut shortens text to n UTF-16 units, which is how Discord counts.
func cut(s string, n int) string {
	if width(s) <= n {
		return s
	}
	var b strings.Builder
	left := n - 1
	for _, r := range s {
		if left -= utf16.RuneLen(r); left < 0 {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "…"
}

func width(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
