package discord

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// What an article takes of a post: three of them and a part of text stay under Discord's 6,000 characters.
	maxArticles = 3
	maxExcerpt  = 600

	// Names of what members press under messages and notices, beside the commands: helped, person, rate.
	pressSay     = "say"     // + thread
	pressComment = "comment" // + rating

	choiceHelped    = "helped:yes"
	choiceNotHelped = "helped:no"
	choicePerson    = "person"
)

// customerPosts makes the posts of a message as a customer sees them, oldest part first; there is always at least one.
func customerPosts(l lang, out connector.Outbound) []post {
	m := out.Message
	_, report := reporter(out.Thread.ExternalID)
	o := offers(l, m, out.Thread.ExternalID)
	said := m.Content
	if len(said.Articles) > 0 && (said.Text == "" || m.Meta.Source == kefu.SourceExcerpts) {
		said.Text = l.say("articles_lead") // the excerpts stand below it
	}
	chunks := api.SplitMessage(paragraphs(wording(l, said), escape(strings.Join(o.lines, "\n"))), api.MaxContent)
	if len(chunks) == 0 {
		chunks = []string{""}
	}
	posts := make([]post, 0, len(chunks))
	for _, chunk := range chunks {
		posts = append(posts, post{pieces: []piece{{embed: speechTo(l, m, chunk)}}})
	}
	posts = addArticles(attach(l, posts, m), m)
	var more []api.Component
	if report {
		posts[0].pieces[0].embed.Title = heading(out.Thread.TicketNumber, out.Thread.Name)
		more = append(more, answerButton(l, out.Thread.ExternalID))
	}
	posts[len(posts)-1].rows = o.rows(more...)
	mark(l, posts, out)
	return posts
}

// speechTo is the embed of one part of a message.
func speechTo(l lang, m kefu.Message, text string) api.Embed {
	e := speech(l, m, text)
	name, _ := kefu.CleanText(strings.TrimSpace(m.Author.Name))
	switch m.Author.Kind {
	case kefu.AuthorBot:
		name = "🤖 " + cmp.Or(name, kefu.Bot().Name)
	case kefu.AuthorContact:
		name = cmp.Or(name, l.say("customer"))
	case kefu.AuthorAgent, kefu.AuthorSystem:
		name = cmp.Or(name, l.say("support"))
	}
	e.Author = &api.EmbedAuthor{Name: cut(name, maxAuthor)}
	return e
}

// heading tells the posts of one report from others in the same direct messages.
func heading(number int64, title string) string {
	title = escape(oneLine(title))
	if number == 0 {
		return cut(title, maxTitle)
	}
	return cut(strings.TrimSpace(fmt.Sprintf("#%d %s", number, title)), maxTitle)
}

func answerButton(l lang, thread string) api.Component {
	return api.Button(api.ButtonPrimary, memberID(pressSay, thread), l.say("button_reply"))
}

// addArticles shows articles below the text, a few in each post: all that somebody recommends, and the best that a bot's answer is based on.
func addArticles(posts []post, m kefu.Message) []post {
	list := m.Content.Articles
	if m.Author.Kind == kefu.AuthorBot {
		list = list[:min(len(list), maxArticles)]
	}
	for i, a := range list {
		if last := posts[len(posts)-1]; i%maxArticles == 0 && (i > 0 || len(last.pieces) > 1 || last.pieces[0].file != nil || len(last.pieces[0].embed.Fields) > 0) {
			posts = append(posts, post{})
		}
		last := &posts[len(posts)-1]
		last.pieces = append(last.pieces, piece{embed: api.Embed{
			Title: cut(cmp.Or(escape(oneLine(a.Title)), "–"), maxTitle), Description: cut(escape(strings.TrimSpace(a.Excerpt)), maxExcerpt),
			URL: webLink(a.URL), Color: colourOf(m),
		}})
	}
	return posts
}

// articleLines shows a desk which articles the customer sees; what the text says already is not said again.
func articleLines(l lang, c kefu.Content) string {
	list := slices.Clone(c.Articles)
	for i, a := range list {
		if strings.Contains(c.Text, strings.TrimSpace(a.Excerpt)) {
			list[i].Excerpt = ""
		}
	}
	return card.ArticlesMarkdown(list, l.String())
}

// offers makes what can be pressed: what a bot may be answered, a form, choices, addresses; and lines of text of all else. Where a thread is
// a report's own, there is a button more.
func offers(l lang, m kefu.Message, thread string) (o offer) {
	room, at := maxRows*buttonsInRow-1, ""
	if _, report := reporter(thread); report {
		at = thread
	}
	if m.Content.Form == nil && m.Content.Asks() != nil && m.Author.Kind != kefu.AuthorContact {
		return picks(l, m, at, room)
	}
	o.buttons = fillButton(l, m, at)
	for _, ch := range m.Content.Choices {
		if b, ok := botOffer(l, m, ch.Value); ok && len(o.buttons) < room {
			o.buttons = append(o.buttons, b)
		} else {
			o.link(ch, room)
		}
	}
	return o
}

func botOffer(l lang, m kefu.Message, value string) (api.Component, bool) {
	if m.Author.Kind != kefu.AuthorBot {
		return api.Component{}, false
	}
	switch value {
	case choiceHelped:
		return api.Button(api.ButtonSuccess, memberID(connector.CmdHelped, string(m.ID)+":yes"), l.say("button_helped")), true
	case choiceNotHelped:
		return api.Button(api.ButtonSecondary, memberID(connector.CmdHelped, string(m.ID)+":no"), l.say("button_nothelped")), true
	case choicePerson:
		return api.Button(api.ButtonPrimary, memberID(connector.CmdPerson, ""), l.say("button_person")), true
	}
	return api.Component{}, false
}

// partMark names a part of a delivery to a customer. Places in a conversation would not do: direct messages show many conversations.
func partMark(delivery string, n int) string { return tag(delivery + "\x00" + strconv.Itoa(n)) }

// mark writes below each post which part it is, and by what it is found again when its answer was lost.
func mark(l lang, posts []post, out connector.Outbound) {
	for i := range posts {
		var words []string
		if len(posts) > 1 {
			words = append(words, fmt.Sprintf("%d/%d", i+1, len(posts)))
		}
		if out.Message.Meta.Edited {
			words = append(words, l.say("edited"))
		}
		if out.Late || out.Message.Meta.Late {
			words = append(words, l.say("late"))
		}
		words = append(words, partMark(string(out.DeliveryID), i))
		pieces := posts[i].pieces
		pieces[len(pieces)-1].embed.Footer = &api.EmbedFooter{Text: strings.Join(words, " · ")}
	}
}
