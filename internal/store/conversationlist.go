package store

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

// The newest are enough: a number is one's own, and an external id that hundreds share names nobody.
const sqlTicketsNamed = `SELECT conversation_id FROM (SELECT conversation_id, number FROM ticket WHERE number = $1
UNION SELECT conversation_id, number FROM ticket WHERE external_id = $2 AND external_id <> '') AS named ORDER BY number DESC LIMIT 200`

const listedColumns = `c.id, c.inbox_id, c.contact_id, c.subject, c.status, c.handler, c.priority, c.assignee_id, c.owner_link_id, c.last_seq, c.closed_at,
c.closed_by, c.previous_id, c.created_at, c.updated_at, c.initial_message_id, c.team_id, c.snoozed_until, c.epoch`

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

	named []kefu.ConversationID // whose ticket Text names
}

// Conversations lists what a sight reaches of the conversations that pass a filter. Each branch of the sight walks an index in the list's
// order and stops at its limit: how much is stored does not matter.
func (tx *Tx) Conversations(s kefu.Sight, f ConversationFilter, p Page) ([]Conversation, error) {
	if f.Text != "" {
		var err error
		if f.named, err = tx.ticketsNamed(f.Text); err != nil {
			return nil, err
		}
	}
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

// branches makes the reads of the list. Each is led by the one condition whose index has the list's order; all other conditions are
// written so that no index can be led by them, for a planner without figures takes the first that fits, and sorts. Where an index begins
// with an assignee, a team or an inbox, the status is next in it: a list of every status is a read for each.
func (f ConversationFilter) branches(s kefu.Sight, p Page) []*query {
	if f.Inboxes != nil && len(f.Inboxes) == 0 {
		return nil
	}
	all := views(s)
	lead := f.lead(s)
	inboxes := []kefu.InboxID{""}
	if lead == byInbox && f.Inbox == "" {
		inboxes = slices.Compact(slices.Sorted(slices.Values(f.Inboxes)))
	}
	statuses := []kefu.Status{f.Status}
	if f.Status == "" && (lead == byAssignee || lead == byTeam || lead == byInbox || lead == bySight) {
		statuses = []kefu.Status{kefu.StatusOpen, kefu.StatusPending, kefu.StatusSnoozed, kefu.StatusClosed}
	}
	if n := len(all) * len(statuses) * len(inboxes); n > mostBranches || n > 1 && (lead == byTime || lead == byContact) {
		if lead != byContact && lead != byLabel {
			lead = byTime
		}
		q := f.query(lead, f.Status, "", p)
		for i := range all {
			all[i].cond = notLed(all[i].cond)
		}
		q.seeAny(all)
		return []*query{q}
	}
	branches := make([]*query, 0, len(all)*len(statuses)*len(inboxes))
	for _, v := range all {
		for _, status := range statuses {
			for _, inbox := range inboxes {
				q := f.query(lead, status, inbox, p)
				q.and(notLedIf(lead != bySight && s.Kind != kefu.SeesOneContact, v.cond), v.args...)
				branches = append(branches, q)
			}
		}
	}
	return branches
}

// leader says which condition of a read leads it to an index.
type leader int

const (
	byTime leader = iota
	byContact
	byLabel
	byAssignee
	byTeam
	byInbox
	byStatus
	bySight
)

func (f ConversationFilter) lead(s kefu.Sight) leader {
	switch {
	case s.Kind == kefu.SeesOneContact, f.Contact != "":
		return byContact
	case f.ByUpdate:
		return byTime
	case f.Label != "":
		return byLabel
	case f.Assignee != "":
		return byAssignee
	case f.Team != "":
		return byTeam
	case s.Kind != kefu.SeesAll:
		return bySight
	case f.Inbox != "" || f.Inboxes != nil:
		return byInbox
	case f.Status != "":
		return byStatus
	}
	return byTime
}

// notLed writes a condition so that it leads to no index.
func notLed(cond string) string {
	return strings.NewReplacer(`c.assignee_id`, `(c.assignee_id || '')`, `c.team_id`, `(c.team_id || '')`, `c.inbox_id`, `(c.inbox_id || '')`,
		`c.contact_id`, `(c.contact_id || '')`, `c.status`, `(c.status || '')`, `c.id`, `(c.id || '')`).Replace(cond)
}

func notLedIf(is bool, cond string) string {
	if is {
		return notLed(cond)
	}
	return cond
}

func (f ConversationFilter) query(lead leader, status kefu.Status, inbox kefu.InboxID, p Page) *query {
	q := newQuery(`SELECT ` + listedColumns + ` FROM conversation c`)
	at, id := `c.created_at`, `c.id`
	if lead == byLabel {
		// From the label's own index, which has the order of the list: CROSS JOIN keeps SQLite to it.
		q.head = `SELECT ` + listedColumns + ` FROM conversation_label x CROSS JOIN conversation c`
		q.and(`c.id = x.conversation_id AND x.label_id = (SELECT l.id FROM label l WHERE l.name = ?)`, f.Label)
		at, id = `x.created_at`, `x.conversation_id`
	} else {
		q.andIf(f.Label != "", `EXISTS (SELECT 1 FROM conversation_label x WHERE x.conversation_id = c.id
AND x.label_id = (SELECT l.id FROM label l WHERE l.name = ?))`, f.Label)
	}
	if f.ByUpdate {
		at, id = `c.updated_at`, `c.id`
	}
	q.andIf(status != "", notLedIf(lead == byTime || lead == byContact || lead == byLabel, `c.status = ?`), status)
	q.andIf(f.Inbox != "", notLedIf(lead != byInbox, `c.inbox_id = ?`), f.Inbox)
	q.andIf(inbox != "", `c.inbox_id = ?`, inbox)
	if len(f.Inboxes) > 0 {
		places, args := anyOf(f.Inboxes)
		q.and(notLed(`c.inbox_id IN (`+places+`)`), args...)
	}
	q.andIf(f.Assignee != "", notLedIf(lead != byAssignee, `c.assignee_id = ? AND c.assignee_id <> ''`), f.Assignee)
	q.andIf(f.Unassigned, `c.assignee_id = ''`)
	q.andIf(f.Team != "", notLedIf(lead != byTeam, `c.team_id = ? AND c.team_id <> ''`), f.Team)
	q.andIf(f.Teamless, `c.team_id = ''`)
	q.andIf(f.Priority != "", `c.priority = ?`, f.Priority)
	q.andIf(f.Contact != "", notLedIf(lead != byContact, `c.contact_id = ?`), f.Contact)
	q.andIf(!f.UpdatedSince.IsZero(), ifSince(f.ByUpdate)+` >= ?`, sqldb.Micros(f.UpdatedSince))
	f.text(q)
	p.after(q, at, id)
	return q
}

// ifSince is the last change, which may lead only where it is the order too.
func ifSince(leads bool) string {
	if leads {
		return `c.updated_at`
	}
	return `(c.updated_at + 0)`
}

// ticketsNamed finds the conversations whose ticket has a number or external id.
func (tx *Tx) ticketsNamed(text string) ([]kefu.ConversationID, error) {
	number, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	if err != nil {
		number = -1
	}
	return sqldb.Many(tx.Tx, scanID[kefu.ConversationID], sqlTicketsNamed, number, text)
}

func (f ConversationFilter) text(q *query) {
	if f.Text == "" {
		return
	}
	places, args := anyOf(append([]kefu.ConversationID{""}, f.named...))
	q.and(`(LOWER(c.subject) LIKE ? ESCAPE '\' OR (c.id || '') IN (`+places+`))`, append([]any{containing(f.Text)}, args...)...)
}
