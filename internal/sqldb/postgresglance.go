package sqldb

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// ahead is how far the database's clock is ahead of ours, in nanoseconds, as it was seen last. 0 is not known.
type ahead struct{ by atomic.Int64 }

func (a *ahead) learn(now time.Time) {
	by := int64(time.Until(now))
	if by == 0 {
		by = 1
	}
	a.by.Store(by)
}

// now is the database's clock by ours; false before it was ever asked.
func (a *ahead) now() (time.Time, bool) {
	by := a.by.Load()
	return stamp(time.Now().Add(time.Duration(by))), by != 0
}

var errGlance = errors.New("sqldb: a glance only reads")

// glanceRunner reads and does nothing else.
type glanceRunner struct{ pgRunner }

func (glanceRunner) execAll(_ context.Context, all []Statement) ([]int64, string, error) {
	return nil, all[0].Query, errGlance
}

func (e *pgEngine) glance(ctx context.Context, fn func(*Tx) error) error {
	now, known := e.ahead.now()
	if !known {
		return e.view(ctx, fn)
	}
	for attempt := 1; ; attempt++ {
		conn, err := e.readers.Conn(ctx)
		if err != nil {
			return err
		}
		err = call(&Tx{Now: now, ctx: nested(ctx), dialect: PostgreSQL, run: glanceRunner{pgRunner{conn, e.texts}}}, fn)
		dead := err != nil && ctx.Err() == nil && isDead(err)
		if dead {
			discard(conn)
		}
		conn.Close()
		if !dead || attempt == attempts {
			return err
		}
	}
}
