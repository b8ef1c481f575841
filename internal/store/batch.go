package store

import (
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// Batch collects changes of one transaction of which nothing is read back but how many rows they changed, so that they cost one round trip
// together. Run runs them in the order in which they were added.
type Batch struct {
	tx  *Tx
	all []sqldb.Statement
}

// Batch begins an empty batch.
func (tx *Tx) Batch() *Batch { return &Batch{tx: tx} }

// Run runs what was added, reports how many rows each change changed, and empties the batch.
func (b *Batch) Run() ([]int64, error) {
	all := b.all
	b.all = nil
	return b.tx.ExecAll(all)
}

// alone runs one change by itself.
func (tx *Tx) alone(add func(*Batch)) (rowsAffected int64, err error) {
	b := tx.Batch()
	add(b)
	changed, err := b.Run()
	if err != nil {
		return 0, err
	}
	return changed[0], nil
}

// add returns the change's place among those of the next Run.
func (b *Batch) add(query string, args ...any) int {
	b.all = append(b.all, sqldb.Statement{Query: query, Args: args})
	return len(b.all) - 1
}

// InsertMessage stores a message at its place.
func (b *Batch) InsertMessage(m Message) {
	b.add(sqlInsertMessage, m.ID, m.ConversationID, m.Seq, m.Author.Kind, m.Author.ID, m.Author.Name, m.Author.Via, m.Private,
		m.Content.Type, m.Content.Text, encodeContent(m.Content), m.SourceLinkID, m.ExternalID, m.Fingerprint, encodeMeta(m.Meta), sqldb.Micros(m.CreatedAt))
}

// QueueMessage makes a delivery of a message to every link of its conversation but the source; role narrows it to one side ("" is both).
// fingerprint is what the customer's side will know the message by, if it is known. It returns its place in what Run reports, which is how
// many deliveries were made.
func (b *Batch) QueueMessage(m Message, ord int64, role kefu.LinkRole, fingerprint string) (place int) {
	return b.add(sqlQueueMessage, "dlv_"+string(m.ID[len("msg_"):]), m.ID, ord, b.tx.now(), m.ConversationID, m.SourceLinkID, role, fingerprint)
}

// AppendEvent writes a fact into the transaction of the change. It has no position yet.
func (b *Batch) AppendEvent(e kefu.Event) {
	b.add(sqlAppendEvent, e.ID, e.Type, e.ConversationID, encode(e.Actor), string(e.Data), b.tx.now())
}

// Finish records where a delivery stands after an attempt; no row is changed when node does not hold it any more. The conversation must
// be locked.
func (b *Batch) Finish(d kefu.Delivery, node string, f Finish) {
	counts, done := int64(0), int64(0)
	if f.Counts {
		counts = 1
	}
	if f.State.Final() {
		done = b.tx.now()
	}
	b.add(sqlFinish, d.ID, f.State, !f.State.Final(), sqldb.Micros(b.tx.Now.Add(f.DueIn)), counts, f.Unsure, f.Reason, done, string(f.Payload), node)
}

// Promote makes the next delivery of a line its head. The conversation must be locked.
func (b *Batch) Promote(line string) { b.add(sqlPromote, line) }

// SaveAttempt records one try.
func (b *Batch) SaveAttempt(a kefu.Attempt) {
	b.add(sqlInsertAttempt, a.DeliveryID, sqldb.Micros(a.StartedAt), a.Duration.Microseconds(), a.Outcome, a.Error, a.ExternalID)
}

// SavePart records a piece that arrived.
func (b *Batch) SavePart(d kefu.Delivery, p Part) {
	b.add(sqlSavePart, d.ID, p.N, d.LinkID, p.ExternalID, p.Fingerprint)
}

// ForgetParts forgets the pieces of a delivery: the thread that had them vanished.
func (b *Batch) ForgetParts(id kefu.DeliveryID) { b.add(sqlForgetParts, id) }

// ForgetThread notes that a link's thread vanished; no row is changed when the link has another thread by now.
func (b *Batch) ForgetThread(id kefu.LinkID, externalID string) {
	b.add(sqlGoneLink, id, externalID, b.tx.now())
}

// SetCursor moves the cursor of a thread, whichever link has it now. That of a thread which no link has any more counts nothing.
func (b *Batch) SetCursor(inbox kefu.InboxID, externalID, cursor string) {
	b.add(sqlSetCursor, inbox, externalID, cursor, b.tx.now())
}

// LookAgain lets a mark that was shown look again at once, if somebody woke it meanwhile.
func (b *Batch) LookAgain(id kefu.DeliveryID, now time.Time) {
	b.add(sqlLookAgain, id, sqldb.Micros(now))
}

// WakeMark lets the mark of a message look again, at a time. A mark that is being shown looks again when it is done (LookAgain).
func (b *Batch) WakeMark(id kefu.MessageID, at time.Time) {
	b.add(sqlWakeMark, id, sqldb.Micros(at))
}
