package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertMessage = `INSERT INTO message (id, conversation_id, seq, author_kind, author_id, author_name, author_via, private, content_type, text,
content, source_link_id, external_id, fingerprint, meta, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`
	messageColumns = `id, conversation_id, seq, author_kind, author_id, author_name, author_via, private, content_type, text, content,
source_link_id, external_id, fingerprint, meta, created_at`
	sqlMessage      = `SELECT ` + messageColumns + ` FROM message WHERE id = $1`
	sqlMessages     = `SELECT ` + messageColumns + ` FROM message WHERE conversation_id = $1 AND seq > $2 ORDER BY seq LIMIT CAST($3 AS BIGINT)`
	sqlLastMessages = `SELECT ` + messageColumns + ` FROM message WHERE conversation_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT CAST($3 AS BIGINT)`
	sqlEqualMessage = `SELECT ` + messageColumns + ` FROM message WHERE conversation_id = $1 AND fingerprint = $2 AND fingerprint <> '' AND created_at > $3
ORDER BY seq DESC LIMIT 1`
	sqlFingerprints = `SELECT ` + messageColumns + ` FROM message WHERE conversation_id = $1 AND source_link_id = $2 AND fingerprint <> '' ORDER BY seq`
	sqlSetMeta      = `UPDATE message SET meta = $2 WHERE id = $1`
	sqlSetContent   = `UPDATE message SET text = $2, content = $3, meta = $4 WHERE id = $1`
	sqlKeepVersion  = `INSERT INTO message_version (message_id, no, text, content, replaced_at)
SELECT m.id, 1 + (SELECT COUNT(*) FROM message_version v WHERE v.message_id = m.id), m.text, m.content, CAST($2 AS BIGINT) FROM message m WHERE m.id = $1`
	sqlCountMessages = `SELECT COUNT(*) FROM message`
)

// Message is a stored message with its fingerprint.
type Message struct {
	kefu.Message
	Fingerprint string
	Queued      bool // deliveries were made for it in this transaction
}

// rest is the part of a content that is not its text.
func encodeContent(c kefu.Content) string {
	c.Text = ""
	if len(c.Attachments) == 0 && len(c.Choices) == 0 && c.Order == nil && len(c.Articles) == 0 && c.Form == nil && c.Answer == nil {
		return ""
	}
	return encode(c)
}

func encodeMeta(m kefu.Meta) string {
	if s := encode(m); s != "{}" {
		return s
	}
	return ""
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		// Plain structs of strings and numbers always encode; a new field that does not is a programming error that tests meet.
		panic(err)
	}
	return string(b)
}

// InsertMessage stores a message at its place.
func (tx *Tx) InsertMessage(m Message) error {
	_, err := tx.alone(func(b *Batch) { b.InsertMessage(m) })
	return err
}

func scanMessage(s sqldb.Scanner) (Message, error) {
	var r messageRow
	if err := s.Scan(r.targets()...); err != nil {
		return Message{}, err
	}
	return r.message()
}

// messageRow is a message as its columns have it.
type messageRow struct {
	Message
	rest, meta string
	created    int64
}

func (r *messageRow) targets() []any {
	m := &r.Message
	return []any{&m.ID, &m.ConversationID, &m.Seq, &m.Author.Kind, &m.Author.ID, &m.Author.Name, &m.Author.Via, &m.Private, &m.Content.Type,
		&m.Content.Text, &r.rest, &m.SourceLinkID, &m.ExternalID, &m.Fingerprint, &r.meta, &r.created}
}

// message decodes what stands in columns as JSON.
func (r *messageRow) message() (m Message, err error) {
	m = r.Message
	m.CreatedAt = sqldb.Time(r.created)
	if r.rest != "" {
		text, kind := m.Content.Text, m.Content.Type
		err = json.Unmarshal([]byte(r.rest), &m.Content)
		m.Content.Text, m.Content.Type = text, kind
	}
	if r.meta != "" && err == nil {
		err = json.Unmarshal([]byte(r.meta), &m.Meta)
	}
	return m, err
}

// Message reads one message.
func (tx *Tx) Message(id kefu.MessageID) (Message, error) {
	return sqldb.One(tx.Tx, scanMessage, sqlMessage, id)
}

// Messages lists a conversation's messages after a seq, oldest first.
func (tx *Tx) Messages(id kefu.ConversationID, after int64, limit int) ([]Message, error) {
	return sqldb.Many(tx.Tx, scanMessage, sqlMessages, id, after, limit)
}

// MessagesBefore lists the newest messages before a seq, newest first.
func (tx *Tx) MessagesBefore(id kefu.ConversationID, before int64, limit int) ([]Message, error) {
	return sqldb.Many(tx.Tx, scanMessage, sqlLastMessages, id, before, limit)
}

// EqualSince finds the newest message of a conversation that has this fingerprint and is newer than since; false when there is none.
func (tx *Tx) EqualSince(id kefu.ConversationID, fingerprint string, since time.Time) (Message, bool, error) {
	found, err := sqldb.Many(tx.Tx, scanMessage, sqlEqualMessage, id, fingerprint, sqldb.Micros(since))
	if err != nil || len(found) == 0 {
		return Message{}, false, err
	}
	return found[0], true, nil
}

// FromLink lists the messages that came in by one link and can be compared, oldest first.
func (tx *Tx) FromLink(id kefu.ConversationID, link kefu.LinkID) ([]Message, error) {
	return sqldb.Many(tx.Tx, scanMessage, sqlFingerprints, id, link)
}

// SetMeta replaces a message's meta.
func (tx *Tx) SetMeta(id kefu.MessageID, m kefu.Meta) error {
	n, err := tx.Exec(sqlSetMeta, id, encodeMeta(m))
	return must(n, err, "message", id)
}

// ReplaceContent keeps the old content as a version and sets the new one.
func (tx *Tx) ReplaceContent(id kefu.MessageID, c kefu.Content, m kefu.Meta) error {
	if _, err := tx.Exec(sqlKeepVersion, id, tx.now()); err != nil {
		return err
	}
	n, err := tx.Exec(sqlSetContent, id, c.Text, encodeContent(c), encodeMeta(m))
	return must(n, err, "message", id)
}

// CountMessages counts all stored messages.
func (tx *Tx) CountMessages() (int64, error) { return sqldb.One(tx.Tx, scanInt, sqlCountMessages) }
