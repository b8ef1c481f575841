package switchboard

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// AgentPresence is whether an agent can answer now, and by whose word.
type AgentPresence struct {
	AgentID kefu.AgentID     `json:"agent_id" doc:"The agent."`
	Status  kefu.AgentStatus `json:"status" doc:"The effective status, the best of what the sources say: online, away, busy or offline."`
	Sources []StatusSource   `json:"sources" doc:"What each source says; none of them means offline."`
}

// StatusSource is what one source says of an agent.
type StatusSource struct {
	Source    string           `json:"source" doc:"self, which is what the agent set by REST or WebSocket, or the inbox of a desk."`
	Status    kefu.AgentStatus `json:"status" doc:"online, away, busy or offline."`
	ExpiresAt *time.Time       `json:"expires_at" doc:"When it ends; null is never, or not while the agent has a WebSocket open (connected)."`
	Connected bool             `json:"connected" doc:"It was set over a WebSocket, or by opening one, and ends a minute after the agent's last one."`
	UpdatedAt time.Time        `json:"updated_at" doc:"When it was said."`
}

// StatusRequest sets the status of an agent.
type StatusRequest struct {
	Status kefu.AgentStatus `json:"status" doc:"online, away, busy or offline."`
}

// Linger is how long a status that was set over a WebSocket outlives its agent's last connection (contracts: vocabulary).
const Linger = time.Minute

// dueBatch bounds how many agents one look at what has ended takes.
const dueBatch = 100

type agentStatusData struct {
	AgentID   kefu.AgentID     `json:"agent_id"`
	Status    kefu.AgentStatus `json:"status"`
	Previous  kefu.AgentStatus `json:"previous_status"`
	Timestamp int64            `json:"timestamp"`
}

// SetAgentStatus is what an agent, or somebody who may change agents, says by REST. It stays until something else is said.
func (b *Switchboard) SetAgentStatus(ctx context.Context, ask kefu.Ask, id kefu.AgentID, req StatusRequest) (AgentPresence, error) {
	own := ask.Caller.Kind == kefu.CallerAgent && ask.Caller.ID == string(id)
	if !own && !ask.Caller.May("agents:write") {
		return AgentPresence{}, kefu.Errorf(kefu.KindForbidden, "only the agent, or a caller with the scope agents:write, sets an agent's status")
	}
	return b.report(ctx, ask, id, store.ReportedStatus{Source: store.SourceSelf, Status: req.Status})
}

// SetOwnStatus is what an agent says over a WebSocket: it ends Linger after the agent's last connection.
func (b *Switchboard) SetOwnStatus(ctx context.Context, ask kefu.Ask, status kefu.AgentStatus) (AgentPresence, error) {
	if ask.Caller.Kind != kefu.CallerAgent {
		return AgentPresence{}, kefu.Errorf(kefu.KindForbidden, "only agents have a status")
	}
	return b.report(ctx, ask, kefu.AgentID(ask.Caller.ID), store.ReportedStatus{Source: store.SourceSelf, Status: status, Connected: true})
}

// ReportStatus is what a desk says of an agent: until expires, or until it says something else when that is zero.
func (b *Switchboard) ReportStatus(ctx context.Context, inbox kefu.InboxID, id kefu.AgentID, status kefu.AgentStatus, expires time.Time) (AgentPresence, error) {
	ask := kefu.Ask{Caller: kefu.SystemCaller(string(inbox))}
	return b.report(ctx, ask, id, store.ReportedStatus{Source: string(inbox), Status: status, ExpiresAt: expires})
}

const (
	// atDesk is how long an agent counts as online at a desk where they wrote, which cannot tell by itself; atDeskLeft is how much of that
	// must be left for another message not to begin it anew.
	atDesk     = 15 * time.Minute
	atDeskLeft = 10 * time.Minute
)

// seenAt notes that an agent has just written at a desk.
func (c *change) seenAt(desk kefu.InboxID, id kefu.AgentID) error {
	until, err := c.OnlineUntil(id, string(desk))
	if err != nil || until.Sub(c.Now) > atDeskLeft {
		return err
	}
	before, err := c.LockPresence(id)
	if err != nil || !before.Active {
		return err
	}
	if err := c.SaveStatus(id, store.ReportedStatus{Source: string(desk), Status: kefu.AgentOnline, ExpiresAt: c.Now.Add(atDesk)}); err != nil {
		return err
	}
	_, err = c.settlePresence(id, before.Status, kefu.System())
	return err
}

// AgentPresence reads whether an agent can answer now.
func (b *Switchboard) AgentPresence(ctx context.Context, by kefu.Caller, id kefu.AgentID) (AgentPresence, error) {
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (AgentPresence, error) {
		a, err := tx.Agent(id)
		if err == nil && a.ID == "" {
			err = sqldb.ErrNoRows
		}
		if err != nil {
			return AgentPresence{}, found(err, "agent")
		}
		said, err := tx.Statuses(id)
		return showPresence(id, said, tx.Now), err
	})
}

func (b *Switchboard) report(ctx context.Context, ask kefu.Ask, id kefu.AgentID, r store.ReportedStatus) (AgentPresence, error) {
	var f kefu.Faults
	if !r.Status.Valid() {
		f.Add("status", "must be online, away, busy or offline")
	}
	if err := f.Err("the status cannot be set"); err != nil {
		return AgentPresence{}, err
	}
	return do(ctx, b, ask, func(c *change) (AgentPresence, error) {
		before, err := c.lockPresence(id)
		if err != nil {
			return AgentPresence{}, err
		}
		if err := c.SaveStatus(id, r); err != nil {
			return AgentPresence{}, err
		}
		// An agent who says it over a WebSocket may have lost that connection by now: the minute runs.
		if r.Connected {
			if err := c.lingerUnlessOpen(id); err != nil {
				return AgentPresence{}, err
			}
		}
		return c.settlePresence(id, before.Status, ask.Caller.Author())
	})
}

// lockPresence holds an agent's row. Who was deactivated has no status.
func (c *change) lockPresence(id kefu.AgentID) (store.Presence, error) {
	p, err := c.LockPresence(id)
	if err == nil && !p.Active {
		err = sqldb.ErrNoRows
	}
	return p, found(err, "agent")
}

func (c *change) lingerUnlessOpen(id kefu.AgentID) error {
	open, err := c.HasSocket(id)
	if err != nil || open {
		return err
	}
	return c.Tx.Linger(id, Linger)
}

// settlePresence makes the best of what the sources say the effective status, and an event when that changed.
func (c *change) settlePresence(id kefu.AgentID, before kefu.AgentStatus, actor kefu.Author) (AgentPresence, error) {
	said, err := c.Statuses(id)
	if err != nil {
		return AgentPresence{}, err
	}
	now := showPresence(id, said, c.Now)
	if now.Status == before {
		return now, nil
	}
	if err := c.SetPresence(id, now.Status); err != nil {
		return AgentPresence{}, err
	}
	return now, c.event("agent.status_changed", "", actor, agentStatusData{AgentID: id, Status: now.Status, Previous: before, Timestamp: c.Now.Unix()})
}

// endPresence forgets what every source said of an agent who is no longer one.
func (c *change) endPresence(id kefu.AgentID, actor kefu.Author) error {
	before, err := c.LockPresence(id)
	if err != nil {
		return err
	}
	if err := c.DropStatuses(id); err != nil {
		return err
	}
	_, err = c.settlePresence(id, before.Status, actor)
	return err
}

func showPresence(id kefu.AgentID, said []store.ReportedStatus, now time.Time) AgentPresence {
	out := AgentPresence{AgentID: id, Sources: make([]StatusSource, 0, len(said))}
	words := make([]kefu.AgentStatus, 0, len(said))
	for _, r := range said {
		if !r.ExpiresAt.IsZero() && !r.ExpiresAt.After(now) {
			continue
		}
		words = append(words, r.Status)
		out.Sources = append(out.Sources, StatusSource{Source: r.Source, Status: r.Status, ExpiresAt: timeOrNull(r.ExpiresAt), Connected: r.Connected,
			UpdatedAt: r.UpdatedAt})
	}
	out.Status = kefu.BestStatus(words...)
	return out
}
