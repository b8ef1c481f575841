package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const sqlSaveInbox = `INSERT INTO inbox (id, channel, name, provisioned, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, name = excluded.name, provisioned = excluded.provisioned, settings = '', hours = '', deleted_at = 0,
updated_at = excluded.updated_at`

// SaveInbox creates or updates a configured inbox.
func (tx *Tx) SaveInbox(id kefu.InboxID, channel, name string, provisioned bool) error {
	_, err := tx.Exec(sqlSaveInbox, id, channel, name, provisioned, tx.now())
	return err
}

const (
	sqlLoadState = `SELECT value FROM connector_state WHERE inbox_id = $1 AND key = $2`
	sqlSaveState = `INSERT INTO connector_state (inbox_id, key, value, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (inbox_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`
)

// LoadState reads a connector's small value; an unknown key is "".
func (tx *Tx) LoadState(inbox kefu.InboxID, key string) (string, error) {
	values, err := sqldb.Many(tx.Tx, scanString, sqlLoadState, inbox, key)
	if err != nil || len(values) == 0 {
		return "", err
	}
	return values[0], nil
}

// SaveState keeps a connector's small value.
func (tx *Tx) SaveState(inbox kefu.InboxID, key, value string) error {
	_, err := tx.Exec(sqlSaveState, inbox, key, value, tx.now())
	return err
}

func scanString(s sqldb.Scanner) (v string, err error) {
	err = s.Scan(&v)
	return v, err
}
