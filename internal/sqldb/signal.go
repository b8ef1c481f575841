package sqldb

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// listenRest is the pause before a lost listening connection is made again.
const listenRest = time.Second

// Notify tells every process that listens on channel, when the transaction commits; several equal ones of a transaction are one. On SQLite
// there is nobody else to tell. A notification is a hint: it may be lost, and whoever waits for one also looks by the clock.
func (tx *Tx) Notify(channel, payload string) error {
	if tx.dialect == SQLite {
		return nil
	}
	_, err := tx.Exec("SELECT pg_notify($1, $2)", channel, payload)
	return err
}

// Listen calls hear for every notification on channel, this process's own too, until ctx ends, and then returns nil. After its connection
// was lost and made again it calls hear with "": something may have been missed. hear must not block.
func (db *DB) Listen(ctx context.Context, channel string, hear func(payload string)) error {
	if db.dialect == SQLite {
		<-ctx.Done()
		return nil
	}
	for ctx.Err() == nil {
		if err := db.listen(ctx, channel, hear); err != nil && ctx.Err() == nil {
			db.log.WarnContext(ctx, "signals of other nodes are not heard; their work is found by looking", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenRest):
			hear("")
		}
	}
	return nil
}

func (db *DB) listen(ctx context.Context, channel string, hear func(string)) error {
	config, err := pgConfig(db.url)
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("sqldb: listen: %w", err)
	}
	defer hangUp(ctx, conn)
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		hear(n.Payload)
	}
}
