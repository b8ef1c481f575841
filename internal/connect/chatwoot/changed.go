package chatwoot

import (
	"context"
	"errors"
	"time"

	api "kefu/chatwoot"
	"kefu/internal/connector"
	"kefu/internal/safehttp"
)

const (
	// mostChanged bounds what one question names, and mostResolved what is looked through of the resolved at the first start; firstThreads what is looked at once more after a start.
	mostChanged  = 5000
	mostResolved = 1000
	firstThreads = 200
	// slack is how much farther back a server is asked, that has to round.
	slack = time.Minute
)

// Changed names the conversations of the inbox in which something happened since. At the first start it names those that Kefu made, and
// those that are not resolved.
func (c *Connector) Changed(ctx context.Context, since time.Time) ([]string, error) {
	if c.user == nil {
		return nil, nil
	}
	n := names{seen: map[string]bool{}}
	if err := c.ours(ctx, &n); err != nil {
		return nil, err
	}
	var err error
	if since.IsZero() {
		err = c.first(ctx, &n)
	} else {
		err = c.after(ctx, &n, since)
	}
	if err != nil {
		return nil, c.reading("", err)
	}
	c.known.begun()
	return n.list, nil
}

// first names what an empty store is filled from. Of what is resolved, which may be all of many years, only the latest is looked through.
func (c *Connector) first(ctx context.Context, n *names) error {
	for _, s := range []api.Status{api.Open, api.Pending, api.Snoozed} {
		if err := c.list(ctx, n, api.ConversationQuery{Status: string(s)}, mostChanged, func(*api.Conversation) (named, end bool) { return true, false }); err != nil {
			return err
		}
	}
	return c.list(ctx, n, api.ConversationQuery{Status: string(api.Resolved)}, mostResolved, func(conv *api.Conversation) (named, end bool) {
		return linked(conv) != "", false
	})
}

// after names what has changed since. What changed in a long time is more than one answer may hold: then the pages are walked, which do not
// tell of what changed without anybody writing.
func (c *Connector) after(ctx context.Context, n *names, since time.Time) error {
	border := since.Add(-skew)
	old := func(conv *api.Conversation) (named, end bool) {
		if conv.LastActivityAt.Before(border) && conv.UpdatedAt.Before(border) && !conv.LastActivityAt.IsZero() {
			return false, true // a server that does not know the question gives all, the latest first
		}
		return true, false
	}
	err := c.list(ctx, n, api.ConversationQuery{Status: "all", UpdatedWithin: max(c.deps.Now().Sub(since), 0) + slack}, mostChanged, old)
	if errors.Is(err, api.ErrTooLarge) || errors.Is(err, safehttp.ErrTooLarge) {
		c.log.WarnContext(ctx, "chatwoot: more has changed than one answer holds; it is read page by page", "since", since)
		err = c.list(ctx, n, api.ConversationQuery{Status: "all"}, mostChanged, old)
	}
	return err
}

// list goes through at most so many conversations of the inbox, and names those that judge wants named, until it says that the rest is not
// wanted.
func (c *Connector) list(ctx context.Context, n *names, query api.ConversationQuery, most int, judge func(*api.Conversation) (named, end bool)) error {
	query.Assignee, query.InboxID = "all", c.set.inboxID
	seen := 0
	for conv, err := range c.user.Conversations(ctx, query) {
		if err != nil {
			return err
		}
		named, end := judge(&conv)
		if end {
			return nil
		}
		if named && conv.InboxID == c.set.inboxID {
			n.add(placeOf(&conv).String())
		}
		if seen++; seen >= most {
			c.log.WarnContext(ctx, "chatwoot: there are more conversations than are read at once; the rest is read when it changes again", "status", query.Status, "most", most)
			return nil
		}
	}
	return nil
}

// ours names what no list tells of: threads with something to be filled in, and after a start those in use.
func (c *Connector) ours(ctx context.Context, n *names) error {
	for _, thread := range c.known.asking(c.deps.Now()) {
		n.add(thread)
	}
	if !c.known.first() {
		return nil
	}
	threads, err := c.deps.Directory.Threads(ctx)
	if err != nil {
		return err
	}
	for _, t := range threads[max(0, len(threads)-firstThreads):] {
		if _, ok := parsePlace(t.ExternalID); ok {
			n.add(t.ExternalID)
		}
	}
	return nil
}

type names struct {
	list []string
	seen map[string]bool
}

func (n *names) add(thread string) {
	if !n.seen[thread] {
		n.seen[thread] = true
		n.list = append(n.list, thread)
	}
}

var (
	_ connector.Receiver       = (*Connector)(nil)
	_ connector.Opener         = (*Connector)(nil)
	_ connector.Marker         = (*Connector)(nil)
	_ connector.StatusSender   = (*Connector)(nil)
	_ connector.StandingSender = (*Connector)(nil)
	_ connector.Watcher        = (*Connector)(nil)
)
