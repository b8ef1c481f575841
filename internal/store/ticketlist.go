package store

import (
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// TicketFilter narrows the list of tickets; zero members do not.
type TicketFilter struct {
	Status         kefu.TicketStatus
	Priority       kefu.Priority
	Category       string
	Assignee       kefu.AgentID
	Unassigned     bool
	Team           kefu.TeamID
	Teamless       bool
	Inbox          kefu.InboxID
	Contact        kefu.ContactID
	ConversationID kefu.ConversationID
	ExternalID     string
	Number         int64
	UpdatedSince   time.Time
	DueBefore      time.Time
	// Text is in the title or the description, or is the number or the external id.
	Text string
}

// Tickets lists what a sight reaches of the tickets that pass a filter. A ticket has assignee, team and inbox of its conversation, so the
// branches of the sight are conditions of the ticket's own columns, and each walks an index in the list's order.
func (tx *Tx) Tickets(s kefu.Sight, f TicketFilter, p Page) ([]kefu.Ticket, error) {
	branches := f.branches(s, p)
	if len(branches) == 0 {
		return nil, nil
	}
	down := ``
	if p.Newest {
		down = ` DESC`
	}
	text, args := union(branches, `created_at`+down+`, id`+down, p.Limit)
	return sqldb.Many(tx.Tx, scanTicket, text, args...)
}

// branches makes the reads of the list. A contact sees no tickets.
func (f TicketFilter) branches(s kefu.Sight, p Page) []*query {
	all := views(s)
	if len(all) == 0 || s.Kind == kefu.SeesOneContact {
		return nil
	}
	if len(all) > mostBranches {
		q := f.query(p)
		for i := range all {
			all[i].cond = notLed(all[i].cond)
		}
		q.seeAny(all)
		return []*query{q}
	}
	branches := make([]*query, 0, len(all))
	for _, v := range all {
		q := f.query(p)
		q.and(v.cond, v.args...)
		branches = append(branches, q)
	}
	return branches
}

func (f TicketFilter) query(p Page) *query {
	q := newQuery(`SELECT ` + ticketColumns + ` FROM ticket c`)
	q.andIf(f.Status != "", `c.status = ?`, f.Status)
	q.andIf(f.Priority != "", `c.priority = ?`, f.Priority)
	q.andIf(f.Category != "", `c.category = ?`, f.Category)
	q.andIf(f.Assignee != "", `c.assignee_id = ? AND c.assignee_id <> ''`, f.Assignee)
	q.andIf(f.Unassigned, `c.assignee_id = ''`)
	q.andIf(f.Team != "", `c.team_id = ? AND c.team_id <> ''`, f.Team)
	q.andIf(f.Teamless, `c.team_id = ''`)
	q.andIf(f.Inbox != "", `c.inbox_id = ?`, f.Inbox)
	q.andIf(f.Contact != "", `c.conversation_id IN (SELECT k.id FROM conversation k WHERE k.contact_id = ? AND k.contact_id <> '')`, f.Contact)
	q.andIf(f.ConversationID != "", `c.conversation_id = ?`, f.ConversationID)
	q.andIf(f.ExternalID != "", `c.external_id = ? AND c.external_id <> ''`, f.ExternalID)
	q.andIf(f.Number > 0, `c.number = ?`, f.Number)
	q.andIf(!f.UpdatedSince.IsZero(), `c.updated_at >= ?`, sqldb.Micros(f.UpdatedSince))
	q.andIf(!f.DueBefore.IsZero(), `c.due_at > 0 AND c.due_at < ?`, sqldb.Micros(f.DueBefore))
	if f.Text != "" {
		number, err := strconv.ParseInt(strings.TrimPrefix(f.Text, "#"), 10, 64)
		if err != nil {
			number = -1
		}
		like := containing(f.Text)
		q.and(`(LOWER(c.title) LIKE ? ESCAPE '\' OR LOWER(c.description) LIKE ? ESCAPE '\' OR c.number = ? OR c.external_id = ?)`, like, like, number, f.Text)
	}
	p.after(q, `c.created_at`, `c.id`)
	return q
}

// TicketAround is what tickets are shown with that stands in other tables.
type TicketAround struct {
	ContactID kefu.ContactID
	Opening   string // the text that the conversation was opened with
	// Duplicates are the tickets that say the same as this one, oldest first.
	Duplicates []kefu.TicketID
}

// TicketsAround reads what stands around tickets, by the conversation.
func (tx *Tx) TicketsAround(all ...kefu.Ticket) (map[kefu.ConversationID]TicketAround, error) {
	out := make(map[kefu.ConversationID]TicketAround, len(all))
	if len(all) == 0 {
		return out, nil
	}
	convs, ids := make([]kefu.ConversationID, 0, len(all)), make([]kefu.TicketID, 0, len(all))
	of := make(map[kefu.TicketID]kefu.ConversationID, len(all))
	for _, t := range all {
		convs, ids, of[t.ID] = append(convs, t.ConversationID), append(ids, t.ID), t.ConversationID
	}
	places, args := anyOf(convs)
	type row struct {
		id kefu.ConversationID
		TicketAround
	}
	rows, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r row, err error) {
		err = s.Scan(&r.id, &r.ContactID, &r.Opening)
		return r, err
	}, numbered(`SELECT c.id, c.contact_id, COALESCE(m.text, '') FROM conversation c LEFT JOIN message m ON m.id = c.initial_message_id
WHERE c.id IN (`+places+`)`), args...)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		out[r.id] = r.TicketAround
	}
	pairs, err := tx.Duplicates(ids...)
	for _, t := range pairs {
		around := out[of[t.DuplicateOf]]
		around.Duplicates = append(around.Duplicates, t.ID)
		out[of[t.DuplicateOf]] = around
	}
	return out, err
}

// Duplicates lists the tickets that are duplicates of others, oldest first.
func (tx *Tx) Duplicates(of ...kefu.TicketID) ([]kefu.Ticket, error) {
	places, args := anyOf(of)
	return sqldb.Many(tx.Tx, scanTicket, numbered(`SELECT `+ticketColumns+` FROM ticket WHERE duplicate_of <> '' AND duplicate_of IN (`+places+`)
ORDER BY number`), args...)
}
