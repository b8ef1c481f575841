package chatwoot

import (
	"context"
	"time"

	api "kefu/chatwoot"
	"kefu/internal/connector"
)

const (
	// mostChanged bounds what one question names; firstThreads what is looked at once more after a start.
	mostChanged  = 5000
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
	query := api.ConversationQuery{Status: "all", Assignee: "all", InboxID: c.set.inboxID}
	border := time.Time{}
	if !since.IsZero() {
		query.UpdatedWithin = max(c.deps.Now().Sub(since), 0) + slack
		border = since.Add(-skew)
	}
	for conv, err := range c.user.Conversations(ctx, query) {
		if err != nil {
			return nil, c.reading("", err)
		}
		if conv.LastActivityAt.Before(border) && conv.UpdatedAt.Before(border) && !conv.LastActivityAt.IsZero() {
			break // a server that does not know the question gives all, the latest first
		}
		if conv.InboxID == c.set.inboxID && (!since.IsZero() || linked(&conv) != "" || conv.Status != api.Resolved) {
			n.add(placeOf(&conv).String())
		}
		if len(n.list) >= mostChanged {
			c.log.WarnContext(ctx, "chatwoot: more conversations have changed than are read at once; the rest is read when it changes again", "most", mostChanged)
			break
		}
	}
	c.known.begun()
	return n.list, nil
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
