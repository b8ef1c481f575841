package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlContactConversations = `SELECT ` + conversationColumns + ` FROM conversation WHERE contact_id = $1 ORDER BY created_at, id`
	sqlMoveConversations    = `UPDATE conversation SET contact_id = $2, updated_at = $3 WHERE contact_id = $1`
	sqlMoveIdentities       = `UPDATE identity SET contact_id = $2 WHERE contact_id = $1 AND contact_id <> ''`
	sqlMoveAuthor           = `UPDATE message SET author_id = $2 WHERE author_kind = 'contact' AND author_id = $1
AND conversation_id IN (SELECT c.id FROM conversation c WHERE c.contact_id = $2)`
	sqlMoveReader = `UPDATE read_state SET reader_id = $2 WHERE reader_kind = 'contact' AND reader_id = $1
AND conversation_id IN (SELECT c.id FROM conversation c WHERE c.contact_id = $2)`
	sqlMoveMerged = `UPDATE contact SET merged_into = $2, updated_at = $3 WHERE merged_into = $1 AND merged_into <> ''`
	sqlMergedInto = `SELECT ` + contactColumns + ` FROM contact k WHERE k.merged_into = $1 AND k.merged_into <> '' ORDER BY k.id`
)

// ConversationsOf lists all conversations of a contact, oldest first.
func (tx *Tx) ConversationsOf(id kefu.ContactID) ([]Conversation, error) {
	return sqldb.Many(tx.Tx, scanConversation, sqlContactConversations, id)
}

// MergedInto lists the contacts that became part of a contact.
func (tx *Tx) MergedInto(id kefu.ContactID) ([]kefu.Contact, error) {
	return sqldb.Many(tx.Tx, scanContact, sqlMergedInto, id)
}

// MoveContact gives everything that one contact has to another: conversations, messages, identities, what was read, and whoever became
// part of it before. The rows of both are the caller's.
func (tx *Tx) MoveContact(from, to kefu.ContactID) error {
	for _, text := range []string{sqlMoveConversations, sqlMoveMerged} {
		if _, err := tx.Exec(text, from, to, tx.now()); err != nil {
			return err
		}
	}
	for _, text := range []string{sqlMoveIdentities, sqlMoveAuthor, sqlMoveReader, sqlMoveRatings} {
		if _, err := tx.Exec(text, from, to); err != nil {
			return err
		}
	}
	return nil
}
