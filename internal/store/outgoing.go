package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

// One statement reads what five would, because a worker asks for every delivery, and on PostgreSQL each statement is a round trip.
const sqlOutgoing = `SELECT ` + linkColumns + `, c.inbox_id, c.contact_id, c.subject, c.status, t.number, t.id, t.external_id, t.inbox_id, t.title, t.status,
t.priority, t.category, t.assignee_id, t.created_at, t.updated_at, p.name, p.email, p.phone, p.created_at, p.updated_at,
EXISTS (SELECT 1 FROM part WHERE part.delivery_id = $2)
FROM link l JOIN conversation c ON c.id = l.conversation_id JOIN ticket t ON t.conversation_id = c.id JOIN contact p ON p.id = c.contact_id
WHERE l.id = $1`

// Outgoing is what surrounds a delivery: where it goes and whom it is about.
type Outgoing struct {
	Link     Link
	Subject  string
	Status   kefu.Status // of the conversation
	Ticket   kefu.Ticket
	Customer kefu.Contact
	HasParts bool // some of the delivery has arrived
}

// Outgoing reads what surrounds a delivery to a link.
func (tx *Tx) Outgoing(id kefu.DeliveryID, link kefu.LinkID) (Outgoing, error) {
	return sqldb.One(tx.Tx, scanOutgoing, sqlOutgoing, link, id)
}

func scanOutgoing(s sqldb.Scanner) (o Outgoing, err error) {
	var meta string
	var made, changed, met, updated int64
	t, p := &o.Ticket, &o.Customer
	err = s.Scan(append(o.Link.targets(&meta), &o.Link.CustomerInbox, &p.ID, &o.Subject, &o.Status, &t.Number, &t.ID, &t.ExternalID, &t.InboxID, &t.Title,
		&t.Status, &t.Priority, &t.Category, &t.AssigneeID, &made, &changed, &p.Name, &p.Email, &p.Phone, &met, &updated, &o.HasParts)...)
	o.Link.Meta, o.Link.Status, o.Link.Number, o.Link.TicketName = rawOrNil(meta), o.Status, t.Number, t.ExternalID
	t.ConversationID = o.Link.ConversationID
	t.CreatedAt, t.UpdatedAt = sqldb.Time(made), sqldb.Time(changed)
	p.CreatedAt, p.UpdatedAt = sqldb.Time(met), sqldb.Time(updated)
	return o, err
}
