package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID     string         `json:"id"`
	At     time.Time      `json:"at"`
	Actor  AuditActor     `json:"actor"`
	Action string         `json:"action"` // "agent.updated"
	Target string         `json:"target"` // the id of what was changed
	Detail map[string]any `json:"detail"`
}

// AuditActor is who did it.
type AuditActor struct {
	Type       string `json:"type"`
	ID         string `json:"id"`
	Name       string `json:"name"`       // as it was then
	Credential string `json:"credential"` // the key or session that was shown
	Address    string `json:"address"`
}

// AuditFilter narrows the log; empty members do not.
type AuditFilter struct {
	Actor  string // an id
	Action string // "agent.updated", "agent.*"
	Target string // an id
	Since  time.Time
	Until  time.Time
}

// Audit is the log of whatever changed settings, rights or data. It is for admins.
type Audit struct{ c *Client }

// List walks the log, newest first.
func (s Audit) List(ctx context.Context, f AuditFilter) iter.Seq2[AuditEntry, error] {
	return items[AuditEntry](ctx, s.c, "/audit", url.Values(filter{}.text("actor", f.Actor).text("action", f.Action).text("target", f.Target).
		time("since", f.Since).time("until", f.Until)))
}
