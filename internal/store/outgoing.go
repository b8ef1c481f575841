package store

import (
	"slices"
	"strconv"

	"kefu"
	"kefu/internal/sqldb"
)

// One statement reads for eight deliveries what five would for each, because every delivery needs it, and on PostgreSQL each statement
// is a round trip. A delivery may be about no message.
const sqlOutgoing = `SELECT d.id, ` + linkColumns + `, c.inbox_id, c.contact_id, c.subject, c.status,
COALESCE(t.number, 0), COALESCE(t.id, ''), COALESCE(t.external_id, ''), COALESCE(t.inbox_id, ''), COALESCE(t.title, ''), COALESCE(t.status, ''),
COALESCE(t.priority, ''), COALESCE(t.category, ''), COALESCE(t.assignee_id, ''), COALESCE(t.created_at, 0), COALESCE(t.updated_at, 0),
p.name, p.email, p.phone, p.locale, p.created_at, p.updated_at, (SELECT COUNT(*) FROM part WHERE part.delivery_id = d.id) > 0, COALESCE(m.id, ''),
COALESCE(m.conversation_id, ''), COALESCE(m.seq, 0), COALESCE(m.author_kind, ''), COALESCE(m.author_id, ''), COALESCE(m.author_name, ''),
COALESCE(m.author_via, ''), COALESCE(m.private, FALSE), COALESCE(m.content_type, ''), COALESCE(m.text, ''), COALESCE(m.content, ''),
COALESCE(m.source_link_id, ''), COALESCE(m.external_id, ''), COALESCE(m.fingerprint, ''), COALESCE(m.meta, ''), COALESCE(m.created_at, 0)
FROM delivery d JOIN link l ON l.id = d.link_id JOIN conversation c ON c.id = l.conversation_id LEFT JOIN ticket t ON t.conversation_id = c.id
JOIN contact p ON p.id = c.contact_id LEFT JOIN message m ON m.id = d.message_id
WHERE d.id IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY d.id`

// Outgoing is what a delivery needs to be sent: where it goes, whom it is about, and what it carries.
type Outgoing struct {
	ID       kefu.DeliveryID
	Link     Link
	Subject  string
	Status   kefu.Status // of the conversation
	Ticket   kefu.Ticket
	Customer kefu.Contact
	Message  kefu.Message // the zero Message when the delivery is about none
	HasParts bool         // some of the delivery has arrived
	Err      error        // the message cannot be decoded: one that is spoilt must not hold up the others
}

// Outgoing reads what deliveries need to be sent, in no order that matters.
func (tx *Tx) Outgoing(ids []kefu.DeliveryID) ([]Outgoing, error) {
	all := make([]Outgoing, 0, len(ids))
	for batch := range slices.Chunk(ids, inBatch) {
		found, err := sqldb.Many(tx.Tx, scanOutgoing, sqlOutgoing, inList(batch)...)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func scanOutgoing(s sqldb.Scanner) (o Outgoing, err error) {
	var linkMeta string
	var made, changed, met, updated int64
	var m messageRow
	t, p := &o.Ticket, &o.Customer
	to := append([]any{&o.ID}, o.Link.targets(&linkMeta)...)
	to = append(to, &o.Link.CustomerInbox, &p.ID, &o.Subject, &o.Status, &t.Number, &t.ID, &t.ExternalID, &t.InboxID, &t.Title, &t.Status, &t.Priority,
		&t.Category, &t.AssigneeID, &made, &changed, &p.Name, &p.Email, &p.Phone, &p.Locale, &met, &updated, &o.HasParts)
	if err := s.Scan(append(to, m.targets()...)...); err != nil {
		return o, err
	}
	o.Link.Meta, o.Link.Status, o.Link.Number, o.Link.TicketName = rawOrNil(linkMeta), o.Status, t.Number, t.ExternalID
	if t.ExternalID == "" && t.Number > 0 {
		o.Link.TicketName = "#" + strconv.FormatInt(t.Number, 10)
	}
	t.ConversationID = o.Link.ConversationID
	t.CreatedAt, t.UpdatedAt = sqldb.Time(made), sqldb.Time(changed)
	p.CreatedAt, p.UpdatedAt = sqldb.Time(met), sqldb.Time(updated)
	if m.ID == "" {
		return o, nil
	}
	whole, err := m.message()
	o.Message, o.Err = whole.Message, err
	return o, nil
}
