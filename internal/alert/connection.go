package alert

import (
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// healthy is the State of a connection that is well.
const healthy = "ok"

// Connection is a connection that one node at a time holds.
type Connection struct {
	Inbox kefu.InboxID
	// Report says how the connection is kept on this node. It must not block.
	Report func() connector.Health
	// Lease is what the node that holds the connection has.
	Lease string
}

// line is what a watcher knows of one connection.
type line struct {
	Connection

	up    bool // this node holds it, and it is well
	away  bool // another node holds it
	words string
	// downSince is when this node first saw that the connection is neither up nor away; it is no longer when the connection was up in
	// between. Two nodes that take turns in vain both see it.
	downSince time.Time
	awaySince time.Time
}

// look asks how the connection is. Only of one that is not well here it asks the store who has it.
func (l *line) look(tx *store.Tx, node string, patience time.Duration) error {
	h := l.Report()
	l.up, l.away, l.words = h.State == healthy, false, h.Words
	if l.up {
		l.downSince, l.awaySince = time.Time{}, time.Time{}
		return nil
	}
	holder, err := tx.LeaseHolder(l.Lease)
	if err != nil {
		return err
	}
	if l.away = holder != "" && holder != node; !l.away {
		l.awaySince = time.Time{}
		if l.downSince.IsZero() {
			l.downSince = tx.Now
		}
		return nil
	}
	if l.awaySince.IsZero() {
		l.awaySince = tx.Now
	}
	if tx.Now.Sub(l.awaySince) > patience {
		l.downSince = time.Time{} // it has long been another node's: what was seen here before counts no more
	}
	return nil
}

// down tells for how long the connection has been lost, as far as this node can say.
func (l *line) down(now time.Time) time.Duration {
	if l.downSince.IsZero() || l.away {
		return 0
	}
	return now.Sub(l.downSince)
}
