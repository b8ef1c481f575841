package discord

import (
	"context"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// maxHistory is how many messages a channel that is made again is filled with; older ones are in the transcript.
	maxHistory = 300
	// packRoom bounds the characters of one post that holds several messages, under Discord's 6,000 with room for attachments' lines.
	packRoom = 4000
)

// refill puts the card and the history into a channel that was made again, oldest first. What is there already is left out.
func (c *Connector) refill(ctx context.Context, o connector.Opening, channel string, found bool) error {
	l := c.language(ctx)
	there := map[place]bool{}
	cardTag := tag("card\x00" + channel)
	card := false
	if found {
		var err error
		if card, err = c.readBack(ctx, channel, cardTag, there); err != nil {
			return err
		}
	}
	if !card {
		if err := c.fillOne(ctx, channel, reopenCard(l, o, cardTag), "card"); err != nil {
			return err
		}
	}
	for _, p := range pack(missing(l, o, there)) {
		if err := c.fillOne(ctx, channel, p, p.place.String()); err != nil {
			return err
		}
	}
	return nil
}

func (c *Connector) fillOne(ctx context.Context, channel string, p post, part string) error {
	return patiently(ctx, func() error {
		_, err := c.deliver(ctx, channel, p, nonce(channel, part))
		return err
	})
}

// readBack notes the places that the channel holds already, and whether the card is there.
func (c *Connector) readBack(ctx context.Context, channel, cardTag string, there map[place]bool) (card bool, err error) {
	bot, err := c.self(ctx)
	if err != nil {
		return false, err
	}
	_, err = c.walk(ctx, channel, channel, lookPages, func(m api.Message) error {
		if m.Author.ID != bot.ID {
			return nil
		}
		for _, p := range placesOf(m) {
			there[p] = true
		}
		card = card || tagged(m, cardTag)
		return nil
	})
	return card, err
}

// reopenCard is the opening card without a first message: history follows.
func reopenCard(l lang, o connector.Opening, cardTag string) post {
	text := l.say("history")
	if o.Late {
		text = l.say("history_late")
	}
	if cutOff := len(o.History) - maxHistory; cutOff > 0 {
		text += "\n" + l.say("history_cut", cutOff)
	}
	p := words(text, colourSystem)
	out := connector.Outbound{Customer: o.Customer, Card: &connector.Card{Ticket: o.Ticket, Subject: o.Subject}}
	opening(l, &p, out)
	p.pieces[len(p.pieces)-1].embed.Footer = &api.EmbedFooter{Text: cardTag}
	return p
}

// missing makes the posts of the history that are not there yet.
func missing(l lang, o connector.Opening, there map[place]bool) []post {
	var posts []post
	history := o.History[max(0, len(o.History)-maxHistory):]
	for _, m := range history {
		for _, p := range render(l, connector.Outbound{Message: withoutChoices(m), Customer: o.Customer}) {
			if !there[p.place] {
				posts = append(posts, p)
			}
		}
	}
	return posts
}

// pack joins posts that follow each other as far as one Discord message holds them: a long history comes back in seconds, not minutes.
func pack(posts []post) []post {
	var packed []post
	for _, p := range posts {
		if n := len(packed); n > 0 && fits(packed[n-1], p) {
			packed[n-1].pieces = append(packed[n-1].pieces, p.pieces...)
			continue
		}
		packed = append(packed, p)
	}
	return packed
}

func fits(a, b post) bool {
	return len(a.pieces)+len(b.pieces) <= api.MaxEmbeds && size(a)+size(b) <= packRoom
}

func size(p post) int {
	n := 0
	for _, piece := range p.pieces {
		e := piece.embed
		n += width(e.Title) + width(e.Description)
		if e.Author != nil {
			n += width(e.Author.Name)
		}
		if e.Footer != nil {
			n += width(e.Footer.Text)
		}
		for _, f := range e.Fields {
			n += width(f.Name) + width(f.Value)
		}
	}
	return n
}
