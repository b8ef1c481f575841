package store

import (
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const listedColumns = `c.id, c.inbox_id, c.contact_id, c.subject, c.status, c.handler, c.priority, c.assignee_id, c.owner_link_id, c.last_seq, c.closed_at,
c.closed_by, c.previous_id, c.created_at, c.updated_at, c.initial_message_id, c.team_id, c.snoozed_until`

// mostBranches is how many reads one list may be put together from. A sight that needs more is one condition of one read.
const mostBranches = 64

// ConversationFilter narrows the list of conversations; zero members do not.
type ConversationFilter struct {
	Status     kefu.Status
	Inbox      kefu.InboxID
	Inboxes    []kefu.InboxID // one of them; nil does not narrow, empty leaves nothing
	Assignee   kefu.AgentID
	Unassigned bool
	Team       kefu.TeamID
	Teamless   bool
	Label      string // its name
	Priority   kefu.Priority
	Contact    kefu.ContactID

	UpdatedSince time.Time
	// Text is in the subject, or is the ticket's number or external id.
	Text string
	// ByUpdate sorts by the last change instead of by the beginning.
	ByUpdate bool
}

// Conversations lists what a sight reaches of the conversations that pass a filter. Each branch of the sight walks an index in the list's
// order and stops at its limit: how much is stored does not matter.
func (tx *Tx) Conversations(s kefu.Sight, f ConversationFilter, p Page) ([]Conversation, error) {
	branches := f.branches(s, p)
	if len(branches) == 0 {
		return nil, nil
	}
	at, down := f.sorting(p)
	text, args := union(branches, at+down+`, id`+down, p.Limit)
	return sqldb.Many(tx.Tx, scanConversation, text, args...)
}

func (f ConversationFilter) sorting(p Page) (at, down string) {
	at = `created_at`
	if f.ByUpdate {
		at = `updated_at`
	}
	if p.Newest {
		down = ` DESC`
	}
	return at, down
}

// branches makes the reads of the list. Where an index begins with an assignee, a team or an inbox, the status is next in it: a list of
// every status is a read for each.
func (f ConversationFilter) branches(s kefu.Sight, p Page) []*query {
	if f.Inboxes != nil && len(f.Inboxes) == 0 {
		return nil
	}
	all := views(s)
	statuses := []kefu.Status{f.Status}
	narrow := f.Assignee != "" || f.Team != "" || f.Inbox != "" || s.Kind == kefu.SeesOwn || s.Kind == kefu.SeesTeams || s.Kind == kefu.SeesBound
	if f.Status == "" && narrow && f.Label == "" && !f.ByUpdate {
		statuses = []kefu.Status{kefu.StatusOpen, kefu.StatusPending, kefu.StatusSnoozed, kefu.StatusClosed}
	}
	if len(all)*len(statuses) > mostBranches {
		q := f.query(f.Status, p)
		q.see(s)
		return []*query{q}
	}
	branches := make([]*query, 0, len(all)*len(statuses))
	for _, v := range all {
		for _, status := range statuses {
			q := f.query(status, p)
			q.and(v.cond, v.args...)
			branches = append(branches, q)
		}
	}
	return branches
}

func (f ConversationFilter) query(status kefu.Status, p Page) *query {
	q := newQuery(`SELECT ` + listedColumns + ` FROM conversation c`)
	at, id := `c.created_at`, `c.id`
	if f.Label != "" {
		// From the label's own index, which has the order of the list: CROSS JOIN keeps SQLite to it.
		q.head = `SELECT ` + listedColumns + ` FROM conversation_label x CROSS JOIN conversation c`
		q.and(`c.id = x.conversation_id AND x.label_id = (SELECT l.id FROM label l WHERE l.name = ?)`, f.Label)
		at, id = `x.created_at`, `x.conversation_id`
	}
	if f.ByUpdate {
		at, id = `c.updated_at`, `c.id`
	}
	q.andIf(status != "", `c.status = ?`, status)
	q.andIf(f.Inbox != "", `c.inbox_id = ?`, f.Inbox)
	if len(f.Inboxes) > 0 {
		places, args := anyOf(f.Inboxes)
		q.and(`c.inbox_id IN (`+places+`)`, args...)
	}
	q.andIf(f.Assignee != "", `c.assignee_id = ? AND c.assignee_id <> ''`, f.Assignee)
	q.andIf(f.Unassigned, `c.assignee_id = ''`)
	q.andIf(f.Team != "", `c.team_id = ? AND c.team_id <> ''`, f.Team)
	q.andIf(f.Teamless, `c.team_id = ''`)
	q.andIf(f.Priority != "", `c.priority = ?`, f.Priority)
	q.andIf(f.Contact != "", `c.contact_id = ?`, f.Contact)
	q.andIf(!f.UpdatedSince.IsZero(), `c.updated_at >= ?`, sqldb.Micros(f.UpdatedSince))
	f.text(q)
	p.after(q, at, id)
	return q
}

func (f ConversationFilter) text(q *query) {
	if f.Text == "" {
		return
	}
	number, err := strconv.ParseInt(strings.TrimPrefix(f.Text, "#"), 10, 64)
	if err != nil {
		number = -1
	}
	q.and(`(LOWER(c.subject) LIKE ? ESCAPE '\' OR EXISTS (SELECT 1 FROM ticket t WHERE t.conversation_id = c.id AND (t.number = ? OR t.external_id = ?)))`,
		containing(f.Text), number, f.Text)
}
