package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertLink = `INSERT INTO link (id, conversation_id, inbox_id, role, slot, external_id, name, cursor, meta, card_message_id, opened, sync_due,
created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', '', $8, $9, $10, $10) ON CONFLICT DO NOTHING`
	linkColumns = `l.id, l.conversation_id, l.inbox_id, l.role, l.slot, l.external_id, l.name, l.cursor, l.meta, l.card_message_id, l.opened`
	// ticketName is what people call a ticket: the outside system's own id, else our number.
	ticketName = `CASE WHEN t.external_id <> '' THEN t.external_id ELSE '#' || CAST(t.number AS TEXT) END`
	sqlLink    = `SELECT ` + linkColumns + ` FROM link l WHERE l.id = $1`
	sqlLinks   = `SELECT ` + linkColumns + ` FROM link l WHERE l.conversation_id = $1 ORDER BY l.slot`
	sqlThread  = `SELECT ` + linkColumns + `, c.status, c.inbox_id, COALESCE(t.number, 0), COALESCE(` + ticketName + `, '') FROM link l JOIN conversation c ON c.id = l.conversation_id
LEFT JOIN ticket t ON t.conversation_id = c.id WHERE l.inbox_id = $1 AND l.external_id = $2 AND l.external_id <> '' AND l.role <> 'former'`
	sqlThreads = `SELECT ` + linkColumns + `, c.status, c.inbox_id, COALESCE(t.number, 0), COALESCE(` + ticketName + `, '') FROM link l JOIN conversation c ON c.id = l.conversation_id
LEFT JOIN ticket t ON t.conversation_id = c.id WHERE l.inbox_id = $1 AND l.external_id <> '' AND l.role <> 'former' AND c.status <> 'closed'
ORDER BY l.id`
	sqlOpenLink   = `UPDATE link SET external_id = $2, name = $3, meta = $4, card_message_id = $5, opened = opened + 1, updated_at = $6 WHERE id = $1`
	sqlGoneLink   = `UPDATE link SET external_id = '', cursor = '', updated_at = $3 WHERE id = $1 AND external_id = $2`
	sqlFormerLink = `UPDATE link SET role = 'former', slot = -slot - 1, sync_due = 0, updated_at = $2 WHERE id = $1`
	sqlSetCursor  = `UPDATE link SET cursor = $3, updated_at = $4 WHERE inbox_id = $1 AND external_id = $2 AND external_id <> '' AND role <> 'former'`
	sqlNameLink   = `UPDATE link SET name = $2, updated_at = $3 WHERE id = $1 AND name <> $2`
	sqlLinkMeta   = `UPDATE link SET meta = $2, updated_at = $3 WHERE id = $1`
	sqlSyncLink   = `UPDATE link SET sync_due = $2 WHERE id = $1`
	sqlSyncInbox  = `UPDATE link SET sync_due = $2 WHERE inbox_id = $1 AND role = 'customer' AND external_id <> ''
AND conversation_id IN (SELECT id FROM conversation WHERE status <> 'closed')`
	sqlDueSyncs = `SELECT ` + linkColumns + `, c.status, c.inbox_id, COALESCE(t.number, 0), COALESCE(` + ticketName + `, '') FROM link l JOIN conversation c ON c.id = l.conversation_id
LEFT JOIN ticket t ON t.conversation_id = c.id WHERE l.sync_due > 0 AND l.sync_due <= $1 AND l.inbox_id = $2 AND l.role = 'customer'
ORDER BY CASE WHEN l.opened = 0 THEN 0 ELSE 1 END, l.sync_due, l.id LIMIT CAST($3 AS BIGINT)`
	sqlNextSync = `SELECT COALESCE(MIN(sync_due), 0) FROM link WHERE sync_due > 0 AND inbox_id = $1`
)

// Link is a stored link with what only the rules need.
type Link struct {
	kefu.Link
	Slot          int64
	Name          string // channel_name, verbatim
	CardMessageID kefu.MessageID
	Opened        int64
	// Of the conversation and its ticket, where the query reads them (Thread, Threads, DueSyncs).
	Status        kefu.Status
	CustomerInbox kefu.InboxID
	Number        int64
	TicketName    string // what people call the ticket: the outside system's own id, else #12
}

func (l *Link) targets(meta *string) []any {
	return []any{&l.ID, &l.ConversationID, &l.InboxID, &l.Role, &l.Slot, &l.ExternalID, &l.Name, &l.Cursor, meta, &l.CardMessageID, &l.Opened}
}

func scanLink(s sqldb.Scanner) (l Link, err error) {
	var meta string
	err = s.Scan(l.targets(&meta)...)
	l.Meta = rawOrNil(meta)
	return l, err
}

func scanThread(s sqldb.Scanner) (l Link, err error) {
	var meta string
	err = s.Scan(append(l.targets(&meta), &l.Status, &l.CustomerInbox, &l.Number, &l.TicketName)...)
	l.Meta = rawOrNil(meta)
	return l, err
}

func rawOrNil(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// InsertLink stores a new link; false when its thread is linked already. A customer link with a thread is opened by being made.
func (tx *Tx) InsertLink(l Link, syncDue time.Time) (bool, error) {
	n, err := tx.Exec(sqlInsertLink, l.ID, l.ConversationID, l.InboxID, l.Role, l.Slot, l.ExternalID, l.Name, l.Opened, sqldb.Micros(syncDue), tx.now())
	return n > 0, err
}

// Link reads one link.
func (tx *Tx) Link(id kefu.LinkID) (Link, error) { return sqldb.One(tx.Tx, scanLink, sqlLink, id) }

// Links lists a conversation's links, former ones first, then the customer's, then the desks'.
func (tx *Tx) Links(id kefu.ConversationID) ([]Link, error) {
	return sqldb.Many(tx.Tx, scanLink, sqlLinks, id)
}

// Thread finds the link of an external thread; false when there is none.
func (tx *Tx) Thread(inbox kefu.InboxID, externalID string) (Link, bool, error) {
	found, err := sqldb.Many(tx.Tx, scanThread, sqlThread, inbox, externalID)
	if err != nil || len(found) == 0 {
		return Link{}, false, err
	}
	return found[0], true, nil
}

// Threads lists an inbox's threads of conversations that are not closed.
func (tx *Tx) Threads(inbox kefu.InboxID) ([]Link, error) {
	return sqldb.Many(tx.Tx, scanThread, sqlThreads, inbox)
}

// OpenLink stores the thread that was opened for a link. card names the message that goes out as its opening card, if any.
func (tx *Tx) OpenLink(id kefu.LinkID, externalID, name string, meta json.RawMessage, card kefu.MessageID) error {
	n, err := tx.Exec(sqlOpenLink, id, externalID, name, string(meta), card, tx.now())
	return must(n, err, "link", id)
}

// ForgetThread notes that a link's thread vanished; false when the link has another thread by now.
func (tx *Tx) ForgetThread(id kefu.LinkID, externalID string) (bool, error) {
	n, err := tx.alone(func(b *Batch) { b.ForgetThread(id, externalID) })
	return n > 0, err
}

// RetireLink keeps a link as history, so that its thread can be linked to a new conversation.
func (tx *Tx) RetireLink(id kefu.LinkID) error {
	n, err := tx.Exec(sqlFormerLink, id, tx.now())
	return must(n, err, "link", id)
}

// SetCursor moves the cursor of a thread, whichever link has it now. That of a thread which no link has any more counts nothing.
func (tx *Tx) SetCursor(inbox kefu.InboxID, externalID, cursor string) error {
	_, err := tx.alone(func(b *Batch) { b.SetCursor(inbox, externalID, cursor) })
	return err
}

// NameLink keeps the name that the customer's side gives the thread.
func (tx *Tx) NameLink(id kefu.LinkID, name string) error {
	_, err := tx.Exec(sqlNameLink, id, name, tx.now())
	return err
}

// SetLinkMeta replaces what is noted about a thread.
func (tx *Tx) SetLinkMeta(id kefu.LinkID, meta json.RawMessage) error {
	_, err := tx.Exec(sqlLinkMeta, id, string(meta), tx.now())
	return err
}

// ScheduleSync sets when a link is compared next; zero is never.
func (tx *Tx) ScheduleSync(id kefu.LinkID, due time.Time) error {
	_, err := tx.Exec(sqlSyncLink, id, sqldb.Micros(due))
	return err
}

// SyncInbox makes every open customer thread of an inbox due for comparison.
func (tx *Tx) SyncInbox(inbox kefu.InboxID, due time.Time) error {
	_, err := tx.Exec(sqlSyncInbox, inbox, sqldb.Micros(due))
	return err
}

// DueSyncs lists links whose comparison is due, the longest due first.
func (tx *Tx) DueSyncs(inbox kefu.InboxID, limit int) ([]Link, error) {
	return sqldb.Many(tx.Tx, scanThread, sqlDueSyncs, tx.now(), inbox, limit)
}

// NextSync is when an inbox's next comparison is due; zero when none is.
func (tx *Tx) NextSync(inbox kefu.InboxID) (time.Time, error) {
	us, err := sqldb.One(tx.Tx, scanInt, sqlNextSync, inbox)
	return sqldb.Time(us), err
}

func scanInt(s sqldb.Scanner) (v int64, err error) {
	err = s.Scan(&v)
	return v, err
}
