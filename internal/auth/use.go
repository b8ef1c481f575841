package auth

import (
	"context"
	"maps"
	"sync"
	"time"

	"kefu/internal/store"
)

// uses remembers when programs were seen, so that no request waits for that to be stored.
type uses struct {
	mu sync.Mutex
	at map[string]time.Time
}

func newUses() *uses { return &uses{at: map[string]time.Time{}} }

// note is bounded by the number of credentials: only good ones come here.
func (u *uses) note(id string, at time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.at[id] = at
}

func (u *uses) take() map[string]time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.at) == 0 {
		return nil
	}
	out := u.at
	u.at = map[string]time.Time{}
	return out
}

// flush stores what was noted since the last time. What cannot be stored is lost: it is not worth keeping a request for.
func (a *Auth) flush(ctx context.Context) error {
	seen := a.used.take()
	if len(seen) == 0 {
		return nil
	}
	return a.Store.Update(ctx, func(t *store.Tx) error {
		for _, id := range sorted(maps.Keys(seen)) {
			if err := t.UseProgram(id, seen[id]); err != nil {
				return err
			}
		}
		return nil
	})
}

// purgeBatch is how many rows of a kind one transaction deletes.
const purgeBatch = 500

// Purge stores when programs were last seen, and deletes what nobody can use any more: nonces, tickets, tokens, sessions and the answers
// of Idempotency-Keys, in small transactions. Run it every minute, and once at the end.
func (a *Auth) Purge(ctx context.Context) error {
	if err := a.flush(ctx); err != nil {
		return err
	}
	for {
		var most int64
		err := a.Store.Update(ctx, func(t *store.Tx) (err error) {
			most, err = t.PurgeExpired(purgeBatch)
			return err
		})
		if err != nil || most < purgeBatch {
			return err
		}
	}
}
