package store

import (
	"encoding/json"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlSaveTranscript = `INSERT INTO transcript (conversation_id, last_seq, files, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (conversation_id, last_seq) DO UPDATE SET files = excluded.files`
	sqlTranscript = `SELECT files FROM transcript WHERE conversation_id = $1 ORDER BY last_seq DESC LIMIT 1`
)

// SaveTranscript keeps where the transcript up to a seq is. Idempotent.
func (tx *Tx) SaveTranscript(id kefu.ConversationID, lastSeq int64, files []kefu.Attachment) error {
	_, err := tx.Exec(sqlSaveTranscript, id, lastSeq, encode(files), tx.now())
	return err
}

// Transcript reads the newest kept transcript's files; none is empty.
func (tx *Tx) Transcript(id kefu.ConversationID) ([]kefu.Attachment, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlTranscript, id)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var files []kefu.Attachment
	return files, json.Unmarshal([]byte(found[0]), &files)
}
