package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// Where the customer writes to no thread of ours there is nobody to ask field by field.
	sqlBeginDialogue = `INSERT INTO dialogue (conversation_id, message_id, step, tries, said, asked_at)
SELECT l.conversation_id, CAST($2 AS TEXT), 1, 1, '', CAST($3 AS BIGINT) FROM link l WHERE l.conversation_id = $1 AND l.role = 'customer' AND l.id <> $4
ON CONFLICT (conversation_id) DO UPDATE SET message_id = excluded.message_id, step = 1, tries = 1, said = '', asked_at = excluded.asked_at`
	sqlDialogue     = `SELECT message_id, step, tries, said, asked_at FROM dialogue WHERE conversation_id = $1`
	sqlMoveDialogue = `UPDATE dialogue SET step = $2, tries = $3, said = $4, asked_at = $5 WHERE conversation_id = $1`
	sqlEndDialogue  = `DELETE FROM dialogue WHERE conversation_id = $1`
	sqlEndAsked     = `DELETE FROM dialogue WHERE conversation_id = $1 AND message_id = $2`
	sqlSentMessage  = `SELECT d.message_id FROM part p JOIN delivery d ON d.id = p.delivery_id WHERE p.link_id = $1 AND p.external_id = $2
AND p.external_id <> '' AND d.kind = 'message' ORDER BY p.delivery_id LIMIT 1`
	// The newest question of a dialogue, as its delivery stands: what asks, or what the system asked for one of its fields since.
	sqlQuestionState = `SELECT CASE WHEN d.state = 'queued' AND d.unsure THEN 'uncertain' ELSE d.state END FROM message m JOIN delivery d ON d.message_id = m.id AND d.message_id <> '' AND d.link_id = $3 AND d.kind = 'message'
WHERE m.conversation_id = $1 AND m.seq >= (SELECT a.seq FROM message a WHERE a.id = $2)
AND (m.id = $2 OR m.author_kind = 'system' AND m.content_type = 'form') ORDER BY m.seq DESC LIMIT 1`
	sqlPurgeDialogues = `DELETE FROM dialogue WHERE conversation_id IN
(SELECT d.conversation_id FROM dialogue d WHERE d.asked_at <= $1 ORDER BY d.asked_at LIMIT CAST($2 AS BIGINT))`
)

// DialogueFor is how long a question of a dialogue may be answered.
const DialogueFor = 24 * time.Hour

// Dialogue is a form that is asked field by field: where it stands.
type Dialogue struct {
	MessageID kefu.MessageID // what asks
	Step      int            // the field that is asked now, from 1
	Tries     int            // how often it was asked
	Said      map[string]string
	AskedAt   time.Time
}

// Over tells whether it is too late to answer.
func (d Dialogue) Over(now time.Time) bool { return now.Sub(d.AskedAt) > DialogueFor }

// BeginDialogue has a message that asks be answered field by field, where the customer has a thread that the message goes to. It takes the
// place of what is being asked there.
func (b *Batch) BeginDialogue(m Message) {
	b.add(sqlBeginDialogue, m.ConversationID, m.ID, b.tx.now(), m.SourceLinkID)
}

// EndDialogue ends what is being asked.
func (b *Batch) EndDialogue(id kefu.ConversationID) { b.add(sqlEndDialogue, id) }

// EndDialogue ends what is being asked in a conversation.
func (tx *Tx) EndDialogue(id kefu.ConversationID) error {
	_, err := tx.Exec(sqlEndDialogue, id)
	return err
}

// EndAsked ends what a message asks field by field, if it does.
func (tx *Tx) EndAsked(id kefu.ConversationID, message kefu.MessageID) error {
	_, err := tx.Exec(sqlEndAsked, id, message)
	return err
}

// Dialogue reads what is being asked in a conversation; false when nothing is.
func (tx *Tx) Dialogue(id kefu.ConversationID) (Dialogue, bool, error) {
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (d Dialogue, err error) {
		var said string
		var asked int64
		if err := s.Scan(&d.MessageID, &d.Step, &d.Tries, &said, &asked); err != nil {
			return d, err
		}
		d.Said, d.AskedAt = map[string]string{}, sqldb.Time(asked)
		if said != "" {
			err = json.Unmarshal([]byte(said), &d.Said)
		}
		return d, err
	}, sqlDialogue, id)
	if err != nil || len(found) == 0 {
		return Dialogue{}, false, err
	}
	return found[0], true, nil
}

// QuestionState tells what became of the newest question of a dialogue on its way to a link; "" when nothing is known of it. One that
// may have arrived and is tried again is uncertain.
func (tx *Tx) QuestionState(id kefu.ConversationID, asked kefu.MessageID, link kefu.LinkID) (kefu.DeliveryState, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlQuestionState, id, asked, link)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return kefu.DeliveryState(found[0]), nil
}

// MoveDialogue keeps where a dialogue stands, as asked now.
func (tx *Tx) MoveDialogue(id kefu.ConversationID, d Dialogue) error {
	n, err := tx.Exec(sqlMoveDialogue, id, d.Step, d.Tries, encode(d.Said), tx.now())
	return must(n, err, "dialogue", id)
}

// SentMessage finds the message of ours that a thread knows by an id of its own; "" when there is none.
func (tx *Tx) SentMessage(link kefu.LinkID, externalID string) (kefu.MessageID, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlSentMessage, link, externalID)
	if err != nil || len(found) == 0 {
		return "", err
	}
	return kefu.MessageID(found[0]), nil
}
