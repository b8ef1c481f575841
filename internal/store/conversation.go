package store

import (
	"slices"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertConversation = `INSERT INTO conversation (id, inbox_id, contact_id, subject, status, handler, priority, assignee_id, owner_link_id,
initial_message_id, last_seq, last_ord, closed_at, closed_by, previous_id, created_at, updated_at, team_id, snoozed_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, 0, 0, '', $10, $11, $11, $12, 0)`
	conversationColumns = `id, inbox_id, contact_id, subject, status, handler, priority, assignee_id, owner_link_id, last_seq, closed_at, closed_by,
previous_id, created_at, updated_at, initial_message_id, team_id, snoozed_until, epoch`
	sqlConversation = `SELECT ` + conversationColumns + ` FROM conversation WHERE id = $1`
	// The name that people have for the ticket belongs into each line of the log, and costs no statement of its own here.
	conversationTicket = `, COALESCE((SELECT ` + ticketName + ` FROM ticket t WHERE t.conversation_id = conversation.id), '')`
	// So does whether something is being asked field by field.
	conversationAsking  = `, EXISTS (SELECT 1 FROM dialogue d WHERE d.conversation_id = conversation.id)`
	sqlLockConversation = `SELECT ` + conversationColumns + conversationTicket + conversationAsking + ` FROM conversation WHERE id = $1 /*for update*/`
	// Sorted, so that two who hold several do not wait for each other.
	sqlHoldConversations = `SELECT id FROM conversation WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY id /*for update*/`
	sqlNextPlace         = `UPDATE conversation SET last_seq = last_seq + $2, last_ord = last_ord + 1, updated_at = $3 WHERE id = $1
RETURNING last_seq, last_ord`
	sqlSetStatus  = `UPDATE conversation SET status = $2, closed_at = $3, closed_by = $4, updated_at = $5, snoozed_until = 0 WHERE id = $1`
	sqlSetHandler = `UPDATE conversation SET handler = $2, assignee_id = $3, owner_link_id = $4, updated_at = $5,
epoch = epoch + CASE WHEN handler = $2 THEN 0 ELSE 1 END WHERE id = $1`
	sqlSetInitial = `UPDATE conversation SET initial_message_id = $2, subject = $3, updated_at = $4 WHERE id = $1`
)

// Conversation is a stored conversation with what only the rules need. Its labels are read apart (LabelsOf): nil is not read.
type Conversation struct {
	kefu.Conversation
	InitialMessageID kefu.MessageID // "" until the ticket's first message is known
	// TicketName is what people call its ticket, where the row was locked: the outside system's own id, else #12; "" while it has none.
	TicketName string
	// Asking says, where the row was locked, that a form is being asked field by field.
	Asking bool
	// Epoch counts the changes of the handler. Only the statements that change the handler move it: what was begun in another epoch is void.
	Epoch int64
}

func scanConversation(s sqldb.Scanner) (c Conversation, err error) {
	var r conversationRow
	err = s.Scan(r.targets(&c)...)
	r.finish(&c)
	return c, err
}

// conversationRow holds the times of a conversation as its columns have them.
type conversationRow struct{ closed, created, updated, snoozed int64 }

func (r *conversationRow) targets(c *Conversation) []any {
	return []any{&c.ID, &c.InboxID, &c.ContactID, &c.Subject, &c.Status, &c.Handler, &c.Priority, &c.AssigneeID, &c.OwnerLinkID, &c.LastSeq,
		&r.closed, &c.ClosedBy, &c.PreviousID, &r.created, &r.updated, &c.InitialMessageID, &c.TeamID, &r.snoozed, &c.Epoch}
}

func (r *conversationRow) finish(c *Conversation) {
	c.ClosedAt, c.CreatedAt, c.UpdatedAt, c.SnoozedUntil = sqldb.Time(r.closed), sqldb.Time(r.created), sqldb.Time(r.updated), sqldb.Time(r.snoozed)
}

// InsertConversation stores a new conversation without messages.
func (tx *Tx) InsertConversation(c kefu.Conversation) error {
	_, err := tx.Exec(sqlInsertConversation, c.ID, c.InboxID, c.ContactID, c.Subject, c.Status, c.Handler, c.Priority, c.AssigneeID, c.OwnerLinkID,
		c.PreviousID, tx.now(), c.TeamID)
	return err
}

// Conversation reads one conversation.
func (tx *Tx) Conversation(id kefu.ConversationID) (Conversation, error) {
	return sqldb.One(tx.Tx, scanConversation, sqlConversation, id)
}

// LockConversation reads one conversation and holds its row until the transaction ends: who has it may give out places and promote lines.
func (tx *Tx) LockConversation(id kefu.ConversationID) (Conversation, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (c Conversation, err error) {
		var r conversationRow
		err = s.Scan(append(r.targets(&c), &c.TicketName, &c.Asking)...)
		r.finish(&c)
		return c, err
	}, sqlLockConversation, id)
}

// HoldConversations holds the rows of conversations until the transaction ends, without reading them.
func (tx *Tx) HoldConversations(ids []kefu.ConversationID) error {
	sorted := slices.Compact(slices.Sorted(slices.Values(ids)))
	for batch := range slices.Chunk(sorted, inBatch) {
		if _, err := sqldb.Many(tx.Tx, scanString, sqlHoldConversations, inList(batch)...); err != nil {
			return err
		}
	}
	return nil
}

// inBatch is how many values the lists of IN have.
const inBatch = 8

// inList fills a list up: one text for every length, because the same value again changes nothing.
func inList[T any](values []T) []any {
	args := make([]any, inBatch)
	for i := range args {
		args[i] = values[min(i, len(values)-1)]
	}
	return args
}

// Place is a place in a conversation: Seq of a message, Ord of the deliveries made with it.
type Place struct{ Seq, Ord int64 }

// NextPlace gives out the next places and holds the conversation's row. With withSeq false only Ord moves on.
func (tx *Tx) NextPlace(id kefu.ConversationID, withSeq bool) (Place, error) {
	step := int64(0)
	if withSeq {
		step = 1
	}
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (p Place, err error) {
		err = s.Scan(&p.Seq, &p.Ord)
		return p, err
	}, sqlNextPlace, id, step, tx.now())
}

// SetStatus changes a conversation's status; closedAt is zero unless it is closed. It sleeps no more.
func (tx *Tx) SetStatus(id kefu.ConversationID, s kefu.Status, closedAt time.Time, closedBy string) error {
	n, err := tx.Exec(sqlSetStatus, id, s, sqldb.Micros(closedAt), closedBy, tx.now())
	return must(n, err, "conversation", id)
}

// SetHandler changes who answers: handler, assignee and the desk that owns the talk.
func (tx *Tx) SetHandler(id kefu.ConversationID, h kefu.Handler, assignee kefu.AgentID, owner kefu.LinkID) error {
	n, err := tx.Exec(sqlSetHandler, id, h, assignee, owner, tx.now())
	return must(n, err, "conversation", id)
}

// SetInitial notes the ticket's first message and its title.
func (tx *Tx) SetInitial(id kefu.ConversationID, m kefu.MessageID, subject string) error {
	n, err := tx.Exec(sqlSetInitial, id, m, subject, tx.now())
	return must(n, err, "conversation", id)
}
