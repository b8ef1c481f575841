package switchboard

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"kefu"
	"kefu/internal/store"
)

// AuditEntry is a line of the audit log as the API shows it.
type AuditEntry struct {
	ID     string         `json:"id" doc:"Its place in the log."`
	At     time.Time      `json:"at" doc:"When it happened."`
	Actor  AuditActor     `json:"actor" doc:"Who did it."`
	Action string         `json:"action" doc:"What was done: agent.created, contact.erased."`
	Target string         `json:"target" doc:"Id of what it was done to."`
	Detail map[string]any `json:"detail" doc:"What changed; no secrets and no texts of people."`
}

// AuditActor is who did something.
type AuditActor struct {
	Type       kefu.CallerKind `json:"type" doc:"agent, client, contact or system."`
	ID         string          `json:"id" doc:"Id of the actor."`
	Name       string          `json:"name" doc:"The name as it was then."`
	Credential string          `json:"credential" doc:"Id of the key or session that was shown."`
	Address    string          `json:"address" doc:"Where the request came from."`
}

// AuditQuery narrows the log; zero members do not. Action may end in .* for everything of a noun.
type AuditQuery struct {
	Actor, Action, Target string
	Since, Until          time.Time
}

// AuditLog lists what was changed by whom, newest first. It is for those who may see everything.
func (b *Switchboard) AuditLog(ctx context.Context, by kefu.Caller, q AuditQuery, p Paging) (List[AuditEntry], error) {
	at, err := p.Place()
	if err != nil {
		return List[AuditEntry]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[AuditEntry], error) {
		if sight.Kind != kefu.SeesAll {
			return List[AuditEntry]{}, kefu.Errorf(kefu.KindForbidden, "the audit log is for admins")
		}
		rows, err := tx.AuditLog(store.AuditFilter{Actor: q.Actor, Action: q.Action, Target: q.Target, Since: q.Since, Until: q.Until,
			Before: at.Key, Limit: p.Size() + 1})
		out := List[AuditEntry]{Items: make([]AuditEntry, 0, len(rows))}
		for i, e := range rows {
			if i == p.Size() {
				out.NextCursor = place{Key: rows[i-1].N}.Cursor()
				break
			}
			out.Items = append(out.Items, showAudit(e))
		}
		return out, err
	})
}

func showAudit(e store.AuditEntry) AuditEntry {
	out := AuditEntry{ID: strconv.FormatInt(e.N, 10), At: e.At, Action: e.Action, Target: e.Target, Actor: AuditActor{Type: e.Actor.Kind, ID: e.Actor.ID,
		Name: e.Actor.Name, Credential: e.Actor.Credential, Address: e.Actor.Address}}
	if json.Unmarshal(e.Detail, &out.Detail) != nil || out.Detail == nil {
		out.Detail = map[string]any{}
	}
	return out
}
