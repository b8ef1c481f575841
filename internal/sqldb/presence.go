package sqldb

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Presence on PostgreSQL: how often a holder makes sure of its connection, and what it grants one question.
const (
	presenceBeat  = 5 * time.Second
	presenceLimit = 5 * time.Second
)

var errPresent = errors.New("sqldb: another process holds the presence of this node: give every node a name of its own")

// HoldPresence shows others that this process, under the name node, is alive, until release or Close; release may be called again. ctx
// bounds the call only. On PostgreSQL the presence is a lock of a connection of its own: it ends when the process does, and is taken
// again when the connection breaks and comes back. On SQLite one process owns the file, so that only its own presences count.
func (db *DB) HoldPresence(ctx context.Context, node string) (release func(), err error) {
	if err := db.enter(ctx); err != nil {
		return nil, err
	}
	if db.dialect == SQLite {
		return db.holdHere(node)
	}
	p := &presence{db: db, key: presenceKey(node)}
	if err := p.connect(ctx); err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(db.life)
	ended := make(chan struct{})
	db.wg.Go(func() { defer close(ended); p.keep(life) })
	return func() { cancel(); <-ended }, nil
}

// PresenceAlive reports whether a living process holds the presence of node.
func (db *DB) PresenceAlive(ctx context.Context, node string) (alive bool, err error) {
	if err := db.enter(ctx); err != nil {
		return false, err
	}
	if db.dialect == SQLite {
		db.mu.Lock()
		defer db.mu.Unlock()
		return db.held[node], nil
	}
	err = db.View(ctx, func(tx *Tx) error {
		return tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
			AND ((classid::bigint << 32) | objid::bigint) = $1)`, presenceKey(node)).Scan(&alive)
	})
	return alive, err
}

func (db *DB) holdHere(node string) (release func(), err error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.held[node] {
		return nil, errPresent
	}
	db.held[node] = true
	return sync.OnceFunc(func() {
		db.mu.Lock()
		defer db.mu.Unlock()
		delete(db.held, node)
	}), nil
}

func presenceKey(node string) int64 { return lockKey("kefu node " + node) }

// lockKey makes the number of an advisory lock out of its name.
func lockKey(name string) int64 {
	sum := sha256.Sum256([]byte(name))
	return int64(binary.BigEndian.Uint64(sum[:8])) //nolint:gosec // any 64 bits will do
}

// presence is a PostgreSQL connection that holds one advisory lock.
type presence struct {
	db   *DB
	key  int64
	conn *pgx.Conn // nil while the connection is lost
}

// connect opens the connection and takes the lock. The server is told to notice within half a minute when our machine is gone.
func (p *presence) connect(ctx context.Context) error {
	config, err := pgConfig(p.db.url)
	if err != nil {
		return err
	}
	maps.Copy(config.RuntimeParams, map[string]string{
		"tcp_keepalives_idle":     "10",
		"tcp_keepalives_interval": "5",
		"tcp_keepalives_count":    "3",
	})
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("sqldb: presence: %w", err)
	}
	var mine bool
	err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", p.key).Scan(&mine)
	if err == nil && !mine {
		err = errPresent
	}
	if err != nil {
		hangUp(ctx, conn)
		return err
	}
	p.conn = conn
	return nil
}

// keep watches over the connection until life ends.
func (p *presence) keep(life context.Context) {
	for life.Err() == nil {
		p.watch(life)
		p.regain(life)
	}
	if p.conn != nil {
		hangUp(life, p.conn)
	}
}

// watch returns when the connection is lost. Waiting for a notification, though none will come, is how a closed connection is noticed
// at once; the beat in between finds one that died silently.
func (p *presence) watch(life context.Context) {
	for {
		beat, cancel := context.WithTimeout(life, presenceBeat)
		_, err := p.conn.WaitForNotification(beat)
		quiet := beat.Err() != nil
		cancel()
		if life.Err() != nil {
			return
		}
		if quiet {
			err = p.ping(life)
		}
		if err != nil {
			p.db.log.Warn("presence lost: others may take over what this process has claimed", "error", err)
			return
		}
	}
}

func (p *presence) ping(life context.Context) error {
	ctx, cancel := context.WithTimeout(life, presenceLimit)
	defer cancel()
	return p.conn.Ping(ctx)
}

// regain connects anew, as often as it takes.
func (p *presence) regain(life context.Context) {
	hangUp(life, p.conn)
	p.conn = nil
	for attempt := 1; life.Err() == nil; attempt++ {
		ctx, cancel := context.WithTimeout(life, presenceLimit)
		err := p.connect(ctx)
		cancel()
		if err == nil {
			p.db.log.Info("presence taken again", "attempts", attempt)
			return
		}
		if pause(life, min(attempt, 8)) != nil {
			return
		}
	}
}

func hangUp(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), presenceLimit)
	defer cancel()
	_ = conn.Close(ctx) // one that is lost cannot say goodbye
}
