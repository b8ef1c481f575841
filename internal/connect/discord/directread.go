package discord

import (
	"context"
	"slices"
	"time"

	"kefu/internal/connector"
	api "kefu/internal/discord"
)

// firstLook and firstSince bound what is read of a channel that the rules do not know, before its first message is taken.
const (
	firstLook  = 20
	firstSince = 24 * time.Hour
)

// readFirst takes in what a customer wrote, since we last said something there, in a channel that the rules do not know: Kefu was down.
func (l *listener) readFirst(m api.Message) {
	l.mu.Lock()
	_, done := l.readTo[m.ChannelID]
	l.mu.Unlock()
	if done {
		return
	}
	last := ""
	emit := func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		in.Recovered = true
		return l.take(in)
	}
	err := untilTaken(l.ctx, func() error {
		page, err := l.c.api.Messages(l.ctx, m.ChannelID, api.Page{Before: m.ID, Limit: firstLook})
		if refusedRead(err) {
			return nil
		}
		for _, old := range unheard(page, m.Author.ID, api.SnowflakeAt(l.c.deps.Now().Add(-firstSince))) {
			if err := l.takeCustomers(old, emit); err != nil {
				return err
			}
			last = old.ID
		}
		return err
	})
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readTo[m.ChannelID] = last
}

// unheard are the messages of one writer after the last of anybody else, oldest first; page is newest first.
func unheard(page []api.Message, writer, since string) []api.Message {
	var list []api.Message
	for _, m := range page {
		if m.Author.ID != writer || !api.After(m.ID, since) {
			break
		}
		if human(m) {
			list = append(list, m)
		}
	}
	slices.Reverse(list)
	return list
}

// recoverCustomer takes in a message that is read back in a customer's channel.
func (c *Connector) recoverCustomer(ctx context.Context, m api.Message, r reading) (missed int, err error) {
	owner, err := c.deps.State.Load(ctx, roomKey+m.ChannelID)
	if err != nil || !human(m) || owner != "" && owner != m.Author.ID {
		return 0, err
	}
	taken, err := c.takeFrom(ctx, m, func(ctx context.Context, in connector.Inbound) (connector.Result, error) {
		in.Recovered = in.OccurredAt.Before(r.live)
		return r.emit(ctx, in)
	})
	switch {
	case refusedForGood(err):
		c.log.WarnContext(ctx, "discord: a member's message was not taken", "message_id", m.ID, "err", err)
		return 0, nil
	case taken && api.SnowflakeTime(m.ID).Before(r.live):
		return 1, err
	}
	return 0, err
}
