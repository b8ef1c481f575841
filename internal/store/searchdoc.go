package store

import (
	"strings"

	"kefu"
	"kefu/internal/sqldb"
)

// SearchKind says what a row of the search index stands for.
type SearchKind string

// What can be found.
const (
	FoundMessage      SearchKind = "message"
	FoundConversation SearchKind = "conversation"
	FoundTicket       SearchKind = "ticket"
	FoundContact      SearchKind = "contact"
	FoundArticle      SearchKind = "article"
)

// SearchKinds lists them in the order in which the index walks their tables.
func SearchKinds() []SearchKind {
	return []SearchKind{FoundMessage, FoundConversation, FoundTicket, FoundContact, FoundArticle}
}

// SearchDoc is something that can be found, as it stands now.
type SearchDoc struct {
	Kind           SearchKind
	Ref            string
	ConversationID kefu.ConversationID // "" for a contact and an article
	InboxID        kefu.InboxID
	// Title is what it is called by; Texts are what is looked through, the title too when it has words of its own.
	Title string
	Texts []string
	At    int64 // microseconds
}

// Text is all that is looked through.
func (d SearchDoc) Text() string { return strings.TrimSpace(strings.Join(d.Texts, "\n")) }

const (
	searchMessages = `SELECT m.id, m.conversation_id, c.inbox_id, c.subject, m.created_at, m.text, m.content, m.meta
FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.id`
	searchConversations = `SELECT id, id, inbox_id, subject, created_at, subject, '', '' FROM conversation WHERE id`
	searchTickets       = `SELECT id, conversation_id, inbox_id, title, created_at, title, CAST(number AS TEXT), external_id || ' ' || description
FROM ticket WHERE id`
	searchContacts = `SELECT id, '', '', name, created_at, name, email || ' ' || phone, external_id FROM contact WHERE erased_at = 0 AND merged_into = '' AND id`
	searchArticles = `SELECT id, '', '', title, created_at, title, keywords, body FROM article WHERE published AND id`

	sqlTicketIDs        = `SELECT id FROM ticket WHERE conversation_id IN ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlContactIDs       = `SELECT contact_id FROM conversation WHERE contact_id <> '' AND id IN ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlErasedContacts   = `SELECT id FROM contact WHERE erased_at <> 0 AND id IN ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlMessagesOf       = `SELECT m.id FROM conversation c JOIN message m ON m.conversation_id = c.id WHERE c.contact_id = $1 AND c.contact_id <> ''`
	sqlConversationsOf  = `SELECT id FROM conversation WHERE contact_id = $1 AND contact_id <> ''`
	sqlWalkMessage      = `SELECT id FROM message WHERE id < $1 ORDER BY id DESC LIMIT CAST($2 AS BIGINT)`
	sqlWalkConversation = `SELECT id FROM conversation WHERE id < $1 ORDER BY id DESC LIMIT CAST($2 AS BIGINT)`
	sqlWalkTicket       = `SELECT id FROM ticket WHERE id < $1 ORDER BY id DESC LIMIT CAST($2 AS BIGINT)`
	sqlWalkContact      = `SELECT id FROM contact WHERE id < $1 ORDER BY id DESC LIMIT CAST($2 AS BIGINT)`
	sqlWalkArticle      = `SELECT id FROM article WHERE id < $1 ORDER BY id DESC LIMIT CAST($2 AS BIGINT)`
)

// SearchDocs reads what stands behind rows of the index, or is to stand there. What is gone, recalled, erased or empty is left out.
func (tx *Tx) SearchDocs(kind SearchKind, refs []string) ([]SearchDoc, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	places, args := anyOf(refs)
	head := map[SearchKind]string{FoundMessage: searchMessages, FoundConversation: searchConversations, FoundTicket: searchTickets,
		FoundContact: searchContacts, FoundArticle: searchArticles}[kind]
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (SearchDoc, error) {
		d := SearchDoc{Kind: kind}
		var one, two, three string
		if err := s.Scan(&d.Ref, &d.ConversationID, &d.InboxID, &d.Title, &d.At, &one, &two, &three); err != nil {
			return d, err
		}
		if kind != FoundMessage {
			d.Texts = []string{one, two, three}
			return d, nil
		}
		row := messageRow{rest: two, meta: three}
		row.Content.Text = one
		m, err := row.message()
		if !m.Meta.Deleted {
			d.Texts = searched(m.Content)
		}
		return d, err
	}, numbered(head+` IN (`+places+`)`), args...)
}

// searched lists the parts of a message that are looked through.
func searched(c kefu.Content) []string {
	texts := []string{c.Text}
	for _, a := range c.Attachments {
		texts = append(texts, a.Name)
	}
	if c.Order != nil {
		texts = append(texts, c.Order.ID)
		for _, item := range c.Order.Items {
			texts = append(texts, item.Name)
		}
	}
	return append(texts, askedAndAnswered(c)...)
}

// askedAndAnswered is what a message asks, and what it answers as far as its text does not say that.
func askedAndAnswered(c kefu.Content) (texts []string) {
	if c.Form != nil {
		texts = append(texts, c.Form.Title)
	}
	if asks := c.Asks(); asks != nil {
		for _, f := range asks.Fields {
			if f.Label != c.Text {
				texts = append(texts, f.Label)
			}
			for _, o := range f.Options {
				texts = append(texts, o.Label)
			}
		}
	}
	if c.Answer == nil {
		return texts
	}
	for _, v := range c.Answer.Values {
		for _, said := range []string{v.Label, v.Value, v.Shown} {
			if !strings.Contains(c.Text, said) {
				texts = append(texts, said)
			}
		}
	}
	return texts
}

// WalkSearch lists the next ids of a table below one, the highest first.
func (tx *Tx) WalkSearch(kind SearchKind, below string, limit int) ([]string, error) {
	text := map[SearchKind]string{FoundMessage: sqlWalkMessage, FoundConversation: sqlWalkConversation, FoundTicket: sqlWalkTicket,
		FoundContact: sqlWalkContact, FoundArticle: sqlWalkArticle}[kind]
	return sqldb.Many(tx.Tx, scanString, text, below, limit)
}

// AroundConversations lists the tickets and the contacts of conversations.
func (tx *Tx) AroundConversations(ids []string) (tickets, contacts []string, err error) {
	if tickets, err = tx.inEach(sqlTicketIDs, ids); err != nil {
		return nil, nil, err
	}
	contacts, err = tx.inEach(sqlContactIDs, ids)
	return tickets, contacts, err
}

// inEach runs a text that takes a list of inBatch ids until all were asked for.
func (tx *Tx) inEach(text string, ids []string) (all []string, err error) {
	for len(ids) > 0 && err == nil {
		n := min(len(ids), inBatch)
		var found []string
		found, err = sqldb.Many(tx.Tx, scanString, text, inList(ids[:n])...)
		all, ids = append(all, found...), ids[n:]
	}
	return all, err
}

// ErasedMessages lists the conversations and messages of those of the contacts whose data was erased.
func (tx *Tx) ErasedMessages(contacts []string) (conversations, messages []string, err error) {
	erased, err := tx.inEach(sqlErasedContacts, contacts)
	for _, id := range erased {
		if err != nil {
			break
		}
		var some []string
		if some, err = sqldb.Many(tx.Tx, scanString, sqlConversationsOf, id); err != nil {
			break
		}
		conversations = append(conversations, some...)
		some, err = sqldb.Many(tx.Tx, scanString, sqlMessagesOf, id)
		messages = append(messages, some...)
	}
	return conversations, messages, err
}
