package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertMerge = `INSERT INTO contact_merge (id, from_id, into_id, moved, merged_at, undone_at) VALUES ($1, $2, $3, $4, $5, 0)`
	mergeColumns   = `id, from_id, into_id, moved, merged_at`
	sqlMergeOf     = `SELECT ` + mergeColumns + ` FROM contact_merge WHERE from_id = $1 AND undone_at = 0 ORDER BY merged_at DESC, id DESC LIMIT 1`
	sqlUndoneMerge = `UPDATE contact_merge SET undone_at = $2, moved = '{}' WHERE id = $1 AND undone_at = 0`
	sqlPruneMerges = `DELETE FROM contact_merge WHERE merged_at < $1`
	sqlDropMerges  = `DELETE FROM contact_merge WHERE from_id = $1 OR into_id = $1`

	sqlGiveConversation = `UPDATE conversation SET contact_id = $3, updated_at = $4 WHERE id = $1 AND contact_id = $2`
	sqlGiveMessages     = `UPDATE message SET author_id = $3 WHERE conversation_id = $1 AND author_kind = 'contact' AND author_id = $2`
	sqlGiveReader       = `UPDATE read_state SET reader_id = $3 WHERE conversation_id = $1 AND reader_kind = 'contact' AND reader_id = $2`
	sqlGiveRating       = `UPDATE rating SET contact_id = $3 WHERE conversation_id = $1 AND contact_id = $2`
	sqlGiveIdentity     = `UPDATE identity SET contact_id = $4 WHERE inbox_id = $1 AND external_id = $2 AND contact_id = $3`
	sqlGiveMerged       = `UPDATE contact SET merged_into = $3, updated_at = $4 WHERE id = $1 AND merged_into = $2`
)

// ContactMerge is a merge of two contacts that can be undone.
type ContactMerge struct {
	ID         string // mrg_…
	From, Into kefu.ContactID
	Moved      Moved
	MergedAt   time.Time
}

// Moved is what one contact gave to another when they were merged.
type Moved struct {
	Conversations []kefu.ConversationID `json:"conversations,omitempty"`
	Identities    []IdentityKey         `json:"identities,omitempty"`
	// Merged are the contacts that had become part of the one that was merged.
	Merged []kefu.ContactID `json:"merged,omitempty"`
	// Before and After are the members of the contact that stayed.
	Before ContactMembers `json:"before"`
	After  ContactMembers `json:"after"`
}

// IdentityKey names an identity.
type IdentityKey struct {
	InboxID    kefu.InboxID `json:"inbox_id"`
	ExternalID string       `json:"external_id"`
}

// ContactMembers are the members of a contact that a merge fills.
type ContactMembers struct {
	Name       string          `json:"name,omitempty"`
	Email      string          `json:"email,omitempty"`
	Phone      string          `json:"phone,omitempty"`
	ExternalID string          `json:"external_id,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty"`
	Locale     kefu.Locale     `json:"locale,omitempty"`
	BlockedAt  time.Time       `json:"blocked_at,omitzero"`
}

func scanMerge(s sqldb.Scanner) (m ContactMerge, err error) {
	var moved string
	var merged int64
	if err := s.Scan(&m.ID, &m.From, &m.Into, &moved, &merged); err != nil {
		return m, err
	}
	m.MergedAt = sqldb.Time(merged)
	return m, json.Unmarshal([]byte(moved), &m.Moved)
}

// InsertMerge writes down a merge.
func (tx *Tx) InsertMerge(m ContactMerge) error {
	_, err := tx.Exec(sqlInsertMerge, m.ID, m.From, m.Into, encode(m.Moved), tx.now())
	return err
}

// MergeOf reads the merge by which a contact became part of another one; false when none is known.
func (tx *Tx) MergeOf(from kefu.ContactID) (ContactMerge, bool, error) {
	found, err := sqldb.Many(tx.Tx, scanMerge, sqlMergeOf, from)
	if err != nil || len(found) == 0 {
		return ContactMerge{}, false, err
	}
	return found[0], true, nil
}

// FinishUnmerge notes that a merge was undone.
func (tx *Tx) FinishUnmerge(id string) error {
	n, err := tx.Exec(sqlUndoneMerge, id, tx.now())
	return must(n, err, "merge", id)
}

// PruneMerges forgets the merges before a time: they cannot be undone any more.
func (tx *Tx) PruneMerges(before time.Time) error {
	_, err := tx.Exec(sqlPruneMerges, sqldb.Micros(before))
	return err
}

// DropMerges forgets the merges of a contact, with what they tell of the person.
func (tx *Tx) DropMerges(id kefu.ContactID) error {
	_, err := tx.Exec(sqlDropMerges, id)
	return err
}

// GiveConversation gives a conversation of one contact to another, with what they said, read and thought. The conversation must be locked.
func (tx *Tx) GiveConversation(id kefu.ConversationID, from, to kefu.ContactID) error {
	if _, err := tx.Exec(sqlGiveConversation, id, from, to, tx.now()); err != nil {
		return err
	}
	for _, text := range []string{sqlGiveMessages, sqlGiveReader, sqlGiveRating} {
		if _, err := tx.Exec(text, id, from, to); err != nil {
			return err
		}
	}
	return nil
}

// GiveIdentity gives an identity of one contact to another; false when it is not the first one's.
func (tx *Tx) GiveIdentity(k IdentityKey, from, to kefu.ContactID) (bool, error) {
	n, err := tx.Exec(sqlGiveIdentity, k.InboxID, k.ExternalID, from, to)
	return n > 0, err
}

// GiveMerged has a contact that became part of one be part of another.
func (tx *Tx) GiveMerged(id, from, to kefu.ContactID) error {
	_, err := tx.Exec(sqlGiveMerged, id, from, to, tx.now())
	return err
}
