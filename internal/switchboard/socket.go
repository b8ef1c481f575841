package switchboard

import (
	"context"
	"errors"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Socket is an open WebSocket of an agent.
type Socket struct {
	ID      string
	AgentID kefu.AgentID
}

// Connect notes a connection of an agent to a node. An agent of whom nothing is said by themselves becomes online by it; what they have
// said before stays as it is.
func (b *Switchboard) Connect(ctx context.Context, k Socket, node string) error {
	return b.update(ctx, func(c *change) error {
		before, err := c.lockPresence(k.AgentID)
		if err != nil {
			return err
		}
		if err := c.DropDue(k.AgentID); err != nil {
			return err
		}
		if err := c.OpenSocket(store.Socket(k), node); err != nil {
			return err
		}
		if err := c.onlineUnlessSaid(k.AgentID); err != nil {
			return err
		}
		_, err = c.settlePresence(k.AgentID, before.Status, kefu.System())
		return err
	})
}

func (c *change) onlineUnlessSaid(id kefu.AgentID) error {
	said, err := c.Statuses(id)
	if err != nil {
		return err
	}
	for _, r := range said {
		if r.Source == store.SourceSelf {
			return nil
		}
	}
	return c.SaveStatus(id, store.ReportedStatus{Source: store.SourceSelf, Status: kefu.AgentOnline, Connected: true})
}

// Disconnect forgets connections. After an agent's last one, on any node, what was said over it ends after linger. Again is harmless.
func (b *Switchboard) Disconnect(ctx context.Context, gone []Socket, linger time.Duration) error {
	sorted := make([]store.Socket, 0, len(gone))
	for _, k := range gone {
		sorted = append(sorted, store.Socket(k))
	}
	store.SortSockets(sorted)
	return b.update(ctx, func(c *change) error {
		for i, k := range sorted {
			if i == 0 || sorted[i-1].AgentID != k.AgentID {
				if _, err := c.LockPresence(k.AgentID); err != nil && !errors.Is(err, sqldb.ErrNoRows) {
					return err
				}
			}
			if err := c.CloseSocket(k, linger); err != nil {
				return err
			}
		}
		return nil
	})
}

// Abandoned lists connections that nodes have noted which are no longer alive, some at a time.
func (b *Switchboard) Abandoned(ctx context.Context, self string) (gone []Socket, err error) {
	nodes, err := b.socketNodes(ctx)
	for _, node := range nodes {
		if node == self {
			continue
		}
		alive, err := b.store.DB().PresenceAlive(ctx, node)
		if err != nil {
			return nil, err
		}
		if alive {
			continue
		}
		if gone, err = b.SocketsOf(ctx, node); err != nil || len(gone) > 0 {
			return gone, err
		}
	}
	return nil, err
}

func (b *Switchboard) socketNodes(ctx context.Context) (nodes []string, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) (err error) {
		nodes, err = tx.SocketNodes()
		return err
	})
	return nodes, err
}

// SocketsOf lists connections that a node has noted, at most 500.
func (b *Switchboard) SocketsOf(ctx context.Context, node string) (all []Socket, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) error {
		all = nil
		rows, err := tx.SocketsOf(node, 500)
		for _, k := range rows {
			all = append(all, Socket(k))
		}
		return err
	})
	return all, err
}

// EndStatuses ends what has expired of what sources said of agents, and tells how many agents there were.
func (b *Switchboard) EndStatuses(ctx context.Context) (int, error) {
	var due []kefu.AgentID
	err := b.store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueStatuses(dueBatch)
		return err
	})
	for _, id := range due {
		if err := b.endDue(ctx, id); err != nil {
			return 0, err
		}
	}
	return len(due), err
}

func (b *Switchboard) endDue(ctx context.Context, id kefu.AgentID) error {
	return b.update(ctx, func(c *change) error {
		before, err := c.LockPresence(id)
		if err != nil {
			return err
		}
		if err := c.DropDue(id); err != nil {
			return err
		}
		_, err = c.settlePresence(id, before.Status, kefu.System())
		return err
	})
}
