package discord

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// nonceWindow is how long Discord is relied upon to answer a repeated nonce with the first post; "a few minutes", it says.
	nonceWindow = 2 * time.Minute
	// clockSlack is how far our clock and Discord's may differ when posts since a time are looked for.
	clockSlack = 10 * time.Minute
	// lookPages bounds the reading for one post: 100 messages each.
	lookPages = 30
)

// Send posts a message in the conversation's channel, cut into parts where it is long. It blocks until Discord has answered for every
// part. Unsure, it relies on the nonce while Discord remembers it, and reads the channel first after that.
func (c *Connector) Send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	if out.Thread.Role == kefu.RoleCustomer {
		return c.sendCustomer(ctx, out)
	}
	posts := render(c.language(ctx), out)
	there := map[int]connector.Part{}
	for _, p := range out.Known {
		there[p.N] = p
	}
	found, err := c.search(ctx, out, posts, there)
	if err == nil {
		err = c.sendMissing(ctx, out, posts, there)
	}
	return connector.Receipt{Parts: inOrder(there), Found: found && err == nil}, c.patientFailure(ctx, out.Thread.ExternalID, err)
}

// search adds the parts that an earlier attempt posted without learning of it; found says that nothing is left to send.
func (c *Connector) search(ctx context.Context, out connector.Outbound, posts []post, there map[int]connector.Part) (found bool, err error) {
	now := c.deps.Now()
	if !out.Unsure || !out.UnsureSince.IsZero() && now.Sub(out.UnsureSince) < nonceWindow && !now.Before(out.UnsureSince) {
		return false, nil
	}
	bot, err := c.self(ctx)
	if err != nil {
		return false, err
	}
	after := out.Thread.ExternalID // no message of a channel is older than the channel
	if !out.UnsureSince.IsZero() {
		after = before(out.UnsureSince)
	}
	complete, err := c.walk(ctx, out.Thread.ExternalID, after, lookPages, func(m api.Message) error {
		switch {
		case m.Author.ID != bot.ID:
		case out.Thread.Role == kefu.RoleCustomer:
			noteMarked(m, string(out.DeliveryID), len(posts), there)
		default:
			noteParts(m, out.Message.Seq, len(posts), there)
		}
		return nil
	})
	switch {
	case err != nil:
		return false, err
	case len(there) == len(posts):
		return true, nil
	case !complete:
		return false, fail(connector.Uncertain, connector.ScopeThread, 0, c.language(ctx).say("why_long"), nil)
	}
	return false, nil
}

// before gives an id to read after, older than anything that was posted since t.
func before(t time.Time) string { return api.SnowflakeAt(t.Add(-clockSlack)) }

func noteParts(m api.Message, seq int64, of int, there map[int]connector.Part) {
	for _, p := range placesOf(m) {
		if _, known := there[p.N]; !known && p.Seq == seq && p.Of == of {
			there[p.N] = connector.Part{N: p.N, ExternalID: m.ID}
		}
	}
}

// sendMissing posts, in order, the parts that are not there, and adds them.
func (c *Connector) sendMissing(ctx context.Context, out connector.Outbound, posts []post, there map[int]connector.Part) error {
	for i, p := range posts {
		if _, ok := there[i]; ok {
			continue
		}
		m, err := c.deliver(ctx, out.Thread.ExternalID, p, nonce(string(out.DeliveryID), strconv.Itoa(i)))
		if err != nil {
			return err
		}
		there[i] = connector.Part{N: i, ExternalID: m.ID}
	}
	return nil
}

func inOrder(there map[int]connector.Part) []connector.Part {
	parts := make([]connector.Part, 0, len(there))
	for _, p := range there {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b connector.Part) int { return a.N - b.N })
	return parts
}

// deliver posts p. A thread that went to sleep is woken, once.
func (c *Connector) deliver(ctx context.Context, channel string, p post, n api.Nonce) (api.Message, error) {
	m, err := c.upload(ctx, channel, p, n)
	if api.Code(err) != api.CodeThreadArchived {
		return m, err
	}
	if _, wake := c.api.ModifyChannel(ctx, channel, api.ChannelEdit{Archived: new(bool)}); wake != nil {
		return m, errors.Join(err, wake)
	}
	return c.upload(ctx, channel, p, n)
}

func (c *Connector) upload(ctx context.Context, channel string, p post, n api.Nonce) (api.Message, error) {
	send, release := c.prepare(ctx, p)
	defer release()
	send.Nonce, send.EnforceNonce = n, true
	if p.answers != "" {
		send.Reference = &api.MessageReference{MessageID: p.answers, FailIfMissing: new(bool)}
	}
	m, err := c.api.CreateMessage(ctx, channel, send)
	if send.Reference != nil && formAbout(err, "message_reference") {
		p.answers = "" // what it answers was deleted
		return c.upload(ctx, channel, p, n)
	}
	return m, err
}

// walk reads what a channel holds after an id, oldest first, until fn fails or pages are read. complete says that the end was reached.
func (c *Connector) walk(ctx context.Context, channel, after string, pages int, fn func(api.Message) error) (complete bool, err error) {
	for range pages {
		var page []api.Message
		err := patiently(ctx, func() (err error) {
			page, err = c.api.Messages(ctx, channel, api.Page{After: after, Limit: api.MaxPage})
			return err
		})
		if err != nil {
			return false, err
		}
		slices.SortFunc(page, func(a, b api.Message) int { return api.Compare(a.ID, b.ID) })
		for _, m := range page {
			if err := fn(m); err != nil {
				return false, err
			}
			after = m.ID
		}
		if len(page) < api.MaxPage {
			return true, nil
		}
	}
	return false, nil
}

// notice posts words of Kefu's own about a delivery, once: it carries the delivery's tag. With unsure it is looked for after an id
// before it is posted.
func (c *Connector) notice(ctx context.Context, channel, delivery string, unsure bool, after string, p post) error {
	mark := tag(delivery)
	if unsure {
		there, err := c.tagThere(ctx, channel, mark, after)
		if err != nil || there {
			return err
		}
	}
	last := &p.pieces[len(p.pieces)-1].embed
	if last.Footer != nil {
		mark = last.Footer.Text + " " + mark
	}
	last.Footer = &api.EmbedFooter{Text: mark}
	return patiently(ctx, func() error {
		_, err := c.deliver(ctx, channel, p, nonce(delivery, "notice"))
		return err
	})
}

func (c *Connector) tagThere(ctx context.Context, channel, mark, after string) (there bool, err error) {
	bot, err := c.self(ctx)
	if err != nil {
		return false, err
	}
	_, err = c.walk(ctx, channel, after, lookPages, func(m api.Message) error {
		there = there || m.Author.ID == bot.ID && tagged(m, mark)
		return nil
	})
	return there, err
}

// words is a notice without anything but words.
func words(text string, colour int, rows ...api.Component) post {
	return post{pieces: []piece{{embed: api.Embed{Description: text, Color: colour}}}, rows: rows}
}
