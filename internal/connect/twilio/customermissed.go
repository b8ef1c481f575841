package twilio

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// mostListed bounds the pages of conversations in one state that one sweep reads.
	mostListed = 50
	// silent is for how long a conversation may be there before the first word in it is written, and looked at by each sweep until then:
	// that a message was written does not show on the conversation.
	silent = 24 * time.Hour
)

// placeOfCursor reads a customer's cursor: the conversation and the index of what was read last there; "" and -1 for none.
func placeOfCursor(cursor string) (sid string, index int) {
	sid, at, _ := strings.Cut(cursor, ":")
	index, err := strconv.Atoi(at)
	if err != nil || !isSID("CH", sid) {
		return "", -1
	}
	return sid, index
}

// finish takes in what is unread in the conversation in which the pair talked before, if that is the older one: it may have ended before
// anybody told us of its last words, and nothing leads back to it.
func (l *looking) finish(ctx context.Context, sid string, after int) error {
	if sid == "" {
		return nil
	}
	before, err := l.c.api.Conversation(ctx, sid)
	switch {
	case api.Status(err) == http.StatusNotFound:
		return nil
	case err != nil:
		return l.c.failure(err)
	case before.Created.After(l.n.Created):
		return nil
	}
	list, err := l.c.newer(ctx, sid, after, time.Time{})
	if err != nil {
		return err
	}
	old := *l
	old.n, old.now = before, true // its cursor is still the thread's
	for _, m := range list {
		if err := old.message(ctx, m, m.Index > after); err != nil {
			return err
		}
	}
	return nil
}

// changedCustomers names the conversations in which customers may have written since: those of open threads, those that are young or have
// changed, and after an absence also those that have begun and ended in it.
func (c *Connector) changedCustomers(ctx context.Context, threads []connector.Thread, since time.Time) ([]string, error) {
	if c.set.desk() {
		return nil, nil
	}
	names := make([]string, 0, len(threads))
	for _, t := range threads {
		if _, ok := parsePair(t.ExternalID); ok && t.Role == kefu.RoleCustomer {
			names = append(names, t.ExternalID)
		}
	}
	if !since.IsZero() {
		since = since.Add(-slack)
	}
	for _, state := range []api.State{api.Active, api.Inactive, api.Closed} {
		from := time.Time{}
		if state == api.Closed {
			if from = since; since.IsZero() || c.deps.Now().Sub(since) < 2*(c.set.sweepEvery+slack) {
				continue // what had ended before the beginning is not taken in; what ends while we listen was told
			}
		}
		var err error
		if names, err = c.listed(ctx, names, state, from, since); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// listed adds the conversations in a state, of those made from a day on, that may hold something new since a time.
func (c *Connector) listed(ctx context.Context, names []string, state api.State, from, since time.Time) ([]string, error) {
	young := c.deps.Now().Add(-silent)
	for after, page := "", 0; page == 0 || after != "" && page < mostListed; page++ {
		list, next, err := c.api.Conversations(ctx, state, from, after)
		if err != nil {
			return nil, c.failure(fmt.Errorf("list the conversations: %w", err))
		}
		for _, n := range list {
			_, ours := markOf(n)
			r, known := c.rooms.get(n.SID)
			open := known && slices.Contains(names, r.pair.thread())
			changed := !n.Created.Before(since) || !n.Updated.Before(since)
			if !ours && (changed || state != api.Closed && !open && n.Created.After(young)) && !slices.Contains(names, n.SID) {
				names = append(names, n.SID)
			}
		}
		after = next
	}
	return names, nil
}
