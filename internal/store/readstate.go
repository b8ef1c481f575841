package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlSaveRead = `INSERT INTO read_state (conversation_id, reader_kind, reader_id, seq, read_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (conversation_id, reader_kind, reader_id) DO UPDATE SET seq = excluded.seq, read_at = excluded.read_at WHERE read_state.seq < excluded.seq`
	sqlReadState = `SELECT seq, read_at FROM read_state WHERE conversation_id = $1 AND reader_kind = $2 AND reader_id = $3`
)

// ReadState is how far somebody has read.
type ReadState struct {
	Seq    int64
	ReadAt time.Time
}

// SaveRead notes how far somebody has read, which never goes back, and tells how far that is now.
func (tx *Tx) SaveRead(id kefu.ConversationID, by kefu.Caller, seq int64) (ReadState, error) {
	n, err := tx.Exec(sqlSaveRead, id, by.Kind, by.ID, seq, tx.now())
	if err != nil || n > 0 {
		return ReadState{Seq: seq, ReadAt: tx.Now}, err
	}
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (r ReadState, err error) {
		var at int64
		err = s.Scan(&r.Seq, &at)
		r.ReadAt = sqldb.Time(at)
		return r, err
	}, sqlReadState, id, by.Kind, by.ID)
}
