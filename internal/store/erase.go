package store

import (
	"encoding/json"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	// What was sent is known by its fingerprint: without it nothing tells what a message said.
	sqlBlankMessage = `UPDATE message SET text = '', content = '', fingerprint = '', meta = $2,
author_name = CASE WHEN author_kind = 'contact' THEN '' ELSE author_name END,
external_id = CASE WHEN author_kind = 'contact' THEN '' ELSE external_id END WHERE id = $1`
	sqlVersionContents = `SELECT content FROM message_version WHERE message_id = $1 AND content <> ''`
	sqlDropVersions    = `DELETE FROM message_version WHERE message_id = $1`
	sqlBlankTalk       = `UPDATE conversation SET subject = '', closed_by = $2, updated_at = $3 WHERE id = $1`
	sqlBlankTicket     = `UPDATE ticket SET title = '', category = '', description = '', handler = '', custom_fields = '', updated_at = $2
WHERE conversation_id = $1`
	sqlBlankLink       = `UPDATE link SET name = '', meta = CASE WHEN role = 'desk' THEN meta ELSE '' END, updated_at = $2 WHERE conversation_id = $1`
	sqlBlankPayload    = `UPDATE delivery SET payload = '' WHERE id = $1 AND kind = 'status' AND state <> 'queued' AND state <> 'sending'`
	sqlDropParked      = `DELETE FROM parked WHERE link_id = $1`
	sqlTranscripts     = `SELECT files FROM transcript WHERE conversation_id = $1`
	sqlDropTranscripts = `DELETE FROM transcript WHERE conversation_id = $1`
	sqlDropReader      = `DELETE FROM read_state WHERE conversation_id = $1 AND reader_kind = 'contact'`
	sqlDropIdentities  = `DELETE FROM identity WHERE contact_id = $1 AND contact_id <> ''`
	sqlBlankSessions   = `UPDATE session SET address = '', user_agent = '' WHERE subject_id = $1 AND kind = 'contact'`
	sqlEventsOf        = `SELECT n, id, actor, data FROM event WHERE conversation_id IN ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlEventsAbout     = `SELECT n, id, actor, data FROM event WHERE conversation_id = '' AND data LIKE $1 ORDER BY n`
	sqlRewriteEvent    = `UPDATE event SET actor = $2, data = $3 WHERE n = $1`
	sqlOnceAnswers     = `SELECT caller, key, answer FROM idempotency WHERE (caller, key) > ($1, $2) ORDER BY caller, key LIMIT CAST($3 AS BIGINT)`
	sqlLeaveFile       = `INSERT INTO file_garbage (sha256, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	sqlLeftFiles       = `SELECT sha256 FROM file_garbage ORDER BY sha256 LIMIT CAST($1 AS BIGINT)`
	sqlForgetFile      = `DELETE FROM file_garbage WHERE sha256 = $1`
	sqlFileInMessage   = `SELECT EXISTS (SELECT 1 FROM message WHERE content <> '' AND content LIKE $1)`
	sqlFileInVersion   = `SELECT EXISTS (SELECT 1 FROM message_version WHERE content <> '' AND content LIKE $1)`
	sqlFileInHistory   = `SELECT EXISTS (SELECT 1 FROM transcript WHERE files LIKE $1)`
)

// BlankMessage takes everything that a message said, and its older texts, and returns the sums of the files that it had.
func (tx *Tx) BlankMessage(m Message) (files []string, err error) {
	old, err := sqldb.Many(tx.Tx, scanString, sqlVersionContents, m.ID)
	if err != nil {
		return nil, err
	}
	all := m.Content.Attachments
	for _, raw := range old {
		var c kefu.Content
		if err := json.Unmarshal([]byte(raw), &c); err != nil {
			return nil, err
		}
		all = append(all, c.Attachments...)
	}
	for _, a := range all {
		if a.SHA256 != "" {
			files = append(files, a.SHA256)
		}
	}
	if _, err := tx.Exec(sqlDropVersions, m.ID); err != nil {
		return nil, err
	}
	n, err := tx.Exec(sqlBlankMessage, m.ID, encodeMeta(kefu.Meta{Deleted: true, Initial: m.Meta.Initial}))
	return files, must(n, err, "message", m.ID)
}

// BlankConversation takes what a conversation says about the person besides its messages, and returns the sums of its transcripts. closedBy
// replaces who closed it. The conversation must be locked.
func (tx *Tx) BlankConversation(id kefu.ConversationID, links []Link, closedBy string) (files []string, err error) {
	kept, err := sqldb.Many(tx.Tx, scanString, sqlTranscripts, id)
	if err != nil {
		return nil, err
	}
	for _, raw := range kept {
		var all []kefu.Attachment
		if err := json.Unmarshal([]byte(raw), &all); err != nil {
			return nil, err
		}
		for _, a := range all {
			files = append(files, a.SHA256)
		}
	}
	for _, l := range links {
		if _, err := tx.Exec(sqlDropParked, l.ID); err != nil {
			return nil, err
		}
	}
	for _, text := range []string{sqlDropTranscripts, sqlDropReader, sqlBlankChanges, sqlEndDialogue} {
		if _, err := tx.Exec(text, id); err != nil {
			return nil, err
		}
	}
	for _, text := range []string{sqlBlankTicket, sqlBlankLink} {
		if _, err := tx.Exec(text, id, tx.now()); err != nil {
			return nil, err
		}
	}
	_, err = tx.Exec(sqlBlankTalk, id, closedBy, tx.now())
	return files, err
}

// BlankStatus takes the words of a change of status that was told already.
func (tx *Tx) BlankStatus(id kefu.DeliveryID) error {
	_, err := tx.Exec(sqlBlankPayload, id)
	return err
}

// ForgetContact removes the identities of a contact, so that nothing links the person to the contact again, and what its sessions tell.
func (tx *Tx) ForgetContact(id kefu.ContactID) (identities int64, err error) {
	if _, err := tx.Exec(sqlBlankSessions, id); err != nil {
		return 0, err
	}
	return tx.Exec(sqlDropIdentities, id)
}

// storedEvent is an event as it is kept, by its row.
type storedEvent struct {
	n           int64
	id          kefu.EventID
	actor, data string
}

func scanStoredEvent(s sqldb.Scanner) (e storedEvent, err error) {
	err = s.Scan(&e.n, &e.id, &e.actor, &e.data)
	return e, err
}

// RewriteEvents changes the kept events of conversations and those about a contact: rewrite gets actor and data and gives what is to stand
// there. What webhooks keep of these events is emptied, and of events that are no longer kept, because nothing tells any more whose they
// were. It reads the whole table: erasing is rare.
func (tx *Tx) RewriteEvents(id kefu.ContactID, convs []kefu.ConversationID, rewrite func(actor, data string) (string, string, error)) (n int64, err error) {
	all, err := sqldb.Many(tx.Tx, scanStoredEvent, sqlEventsAbout, "%"+string(id)+"%")
	if err != nil {
		return 0, err
	}
	for len(convs) > 0 {
		batch := convs[:min(inBatch, len(convs))]
		convs = convs[len(batch):]
		more, err := sqldb.Many(tx.Tx, scanStoredEvent, sqlEventsOf, inList(batch)...)
		if err != nil {
			return 0, err
		}
		all = append(all, more...)
	}
	for _, e := range all {
		actor, data, err := rewrite(e.actor, e.data)
		if err != nil {
			return n, err
		}
		b := tx.Batch()
		b.add(sqlRewriteEvent, e.n, actor, data)
		b.blankWebhooks(e.id)
		if _, err := b.Run(); err != nil {
			return n, err
		}
		n++
	}
	b := tx.Batch()
	b.blankLostWebhooks()
	_, err = b.Run()
	return n, err
}

// answersAtOnce is how many kept answers are read at once.
const answersAtOnce = 500

// RewriteAnswers changes the kept answers to requests with an Idempotency-Key: rewrite gets an opened answer and gives what is to stand
// there, and whether that is another.
func (tx *Tx) RewriteAnswers(box Sealer, rewrite func(answer string) (string, bool, error)) error {
	type row struct{ caller, key, answer string }
	at := row{}
	for {
		rows, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
			err = s.Scan(&r.caller, &r.key, &r.answer)
			return r, err
		}, sqlOnceAnswers, at.caller, at.key, answersAtOnce)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if at = r; r.answer == "" {
				continue
			}
			plain, err := box.Open(r.answer, r.caller+"/"+r.key)
			if err != nil {
				return err
			}
			plain, other, err := rewrite(plain)
			if err != nil || !other {
				if err != nil {
					return err
				}
				continue
			}
			sealed, err := box.Seal(plain, r.caller+"/"+r.key)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(sqlFinishOnce, r.caller, r.key, sealed); err != nil {
				return err
			}
		}
		if len(rows) < answersAtOnce {
			return nil
		}
	}
}

// LeaveFile notes a file that may be removed from the vault when nothing refers to it.
func (tx *Tx) LeaveFile(sha string) error {
	_, err := tx.Exec(sqlLeaveFile, sha, tx.now())
	return err
}

// LeftFiles lists files that may be removed.
func (tx *Tx) LeftFiles(limit int) ([]string, error) {
	return sqldb.Many(tx.Tx, scanString, sqlLeftFiles, limit)
}

// FileInUse tells whether a message, an older text of one or a transcript refers to a file. It reads every message that has more than text.
func (tx *Tx) FileInUse(sha string) (bool, error) {
	for _, text := range []string{sqlFileInMessage, sqlFileInVersion, sqlFileInHistory} {
		used, err := sqldb.One(tx.Tx, func(s sqldb.Scanner) (used bool, err error) {
			err = s.Scan(&used)
			return used, err
		}, text, "%"+sha+"%")
		if used || err != nil {
			return used, err
		}
	}
	return false, nil
}

// ForgetFile notes that a file was removed, or is needed after all.
func (tx *Tx) ForgetFile(sha string) error {
	_, err := tx.Exec(sqlForgetFile, sha)
	return err
}
