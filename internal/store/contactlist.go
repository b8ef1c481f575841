package store

import (
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlLockContact     = `SELECT ` + contactColumns + ` FROM contact k WHERE k.id = $1 /*for update*/`
	sqlContactExternal = `SELECT ` + contactColumns + ` FROM contact k WHERE k.external_id = $1 AND k.external_id <> ''`
	sqlSaveContact     = `UPDATE contact SET name = $2, email = $3, phone = $4, external_id = $5, attributes = $6, merged_into = $7, erased_at = $8,
locale = $9, blocked_at = $10, updated_at = $11 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM contact o WHERE o.external_id = $5 AND o.external_id <> '' AND o.id <> $1)`
	identityColumns      = `inbox_id, external_id, contact_id, agent_id, created_at`
	sqlContactIdentities = `SELECT ` + identityColumns + ` FROM identity WHERE contact_id = $1 AND contact_id <> '' ORDER BY inbox_id, external_id`
	sqlAgentIdentities   = `SELECT ` + identityColumns + ` FROM identity WHERE agent_id = $1 AND agent_id <> '' ORDER BY inbox_id, external_id`
	sqlBindIdentity      = `UPDATE identity SET agent_id = $3 WHERE inbox_id = $1 AND external_id = $2`
)

// LockContact reads one contact and holds its row until the transaction ends.
func (tx *Tx) LockContact(id kefu.ContactID) (kefu.Contact, error) {
	return sqldb.One(tx.Tx, scanContact, sqlLockContact, id)
}

// ContactByExternal finds the contact of an outside id; ErrNoRows when there is none.
func (tx *Tx) ContactByExternal(externalID string) (kefu.Contact, error) {
	return sqldb.One(tx.Tx, scanContact, sqlContactExternal, externalID)
}

// SaveContact stores everything of a contact; false when its external id is another's.
func (tx *Tx) SaveContact(c kefu.Contact) (bool, error) {
	n, err := tx.Exec(sqlSaveContact, c.ID, c.Name, c.Email, c.Phone, c.ExternalID, string(c.Attributes), c.MergedInto, sqldb.Micros(c.ErasedAt), c.Locale,
		sqldb.Micros(c.BlockedAt), tx.now())
	return n > 0, err
}

// Identity is a person's id in one inbox.
type Identity struct {
	InboxID    kefu.InboxID
	ExternalID string
	ContactID  kefu.ContactID
	AgentID    kefu.AgentID
	CreatedAt  time.Time
}

func scanIdentity(s sqldb.Scanner) (i Identity, err error) {
	var created int64
	err = s.Scan(&i.InboxID, &i.ExternalID, &i.ContactID, &i.AgentID, &created)
	i.CreatedAt = sqldb.Time(created)
	return i, err
}

// ContactIdentities lists where a contact is known, and as whom.
func (tx *Tx) ContactIdentities(id kefu.ContactID) ([]Identity, error) {
	return sqldb.Many(tx.Tx, scanIdentity, sqlContactIdentities, id)
}

// AgentIdentities lists where an agent is known, and as whom.
func (tx *Tx) AgentIdentities(id kefu.AgentID) ([]Identity, error) {
	return sqldb.Many(tx.Tx, scanIdentity, sqlAgentIdentities, id)
}

// BindIdentity gives an id that an inbox knows to another agent.
func (tx *Tx) BindIdentity(inbox kefu.InboxID, externalID string, a kefu.AgentID) error {
	n, err := tx.Exec(sqlBindIdentity, inbox, externalID, a)
	return must(n, err, "identity", externalID)
}

// ContactFilter narrows the list of contacts; zero members do not. With UpdatedSince the page is in the order of the last change.
type ContactFilter struct {
	Q                          string // part of a name, e-mail, phone or external id
	Email, Phone, ExternalID   string
	Inbox                      kefu.InboxID
	Blocked                    bool // only those that are
	CreatedSince, UpdatedSince time.Time
}

// ContactWindow is how many contacts one page of a search for a part of a text looks at, at most.
const ContactWindow = 100_000

// Contacts lists the contacts that a sight shows, in the page's order. scanned is the last row that was looked at when the search ended
// with the window and not with the table: the next page begins there.
func (tx *Tx) Contacts(s kefu.Sight, f ContactFilter, p Page) (rows []kefu.Contact, scanned *kefu.Contact, err error) {
	at := `created_at`
	if !f.UpdatedSince.IsZero() {
		at = `updated_at`
	}
	if f.Q == "" || s.Kind != kefu.SeesAll && s.Kind != kefu.SeesBound {
		q := newQuery(`SELECT ` + contactColumns + ` FROM contact k`)
		f.narrow(q, s)
		p.after(q, `k.`+at, `k.id`)
		rows, err = list(tx, q, scanContact)
		return rows, nil, err
	}
	window := newQuery(`SELECT * FROM contact w`)
	Page{At: p.At, ID: p.ID, Newest: p.Newest, Limit: ContactWindow}.after(window, `w.`+at, `w.id`)
	q := within(`SELECT `+contactColumns+` FROM (%) k`, window)
	f.narrow(q, s)
	Page{Newest: p.Newest, Limit: p.Limit}.after(q, `k.`+at, `k.id`)
	if rows, err = list(tx, q, scanContact); err != nil || len(rows) == p.Limit {
		return rows, nil, err
	}
	scanned, err = tx.windowEnd(within(`SELECT `+contactColumns+` FROM (%) k`, window), at, p)
	return rows, scanned, err
}

// within is a query over the rows of another one, which stands in the place of % in its head.
func within(head string, inner *query) *query {
	text := inner.plain() + ` ORDER BY ` + inner.tail + ` LIMIT CAST(? AS BIGINT)`
	return &query{head: strings.Replace(head, `%`, text, 1), args: append(slices.Clone(inner.args), inner.limit)}
}

// plain is the text without its order, its places not numbered yet.
func (q *query) plain() string {
	if len(q.conds) == 0 {
		return q.head
	}
	return q.head + ` WHERE ` + strings.Join(q.conds, ` AND `)
}

// windowEnd is the last row of a whole window; nil when the table ended before it.
func (tx *Tx) windowEnd(q *query, at string, p Page) (*kefu.Contact, error) {
	Page{Newest: !p.Newest, Limit: 1}.after(q, `k.`+at, `k.id`)
	last, err := list(tx, q, scanContact)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	next := newQuery(`SELECT ` + contactColumns + ` FROM contact k`)
	when := last[0].CreatedAt
	if at == `updated_at` {
		when = last[0].UpdatedAt
	}
	Page{At: when, ID: string(last[0].ID), Newest: p.Newest, Limit: 1}.after(next, `k.`+at, `k.id`)
	more, err := list(tx, next, scanContact)
	if err != nil || len(more) == 0 {
		return nil, err
	}
	return &last[0], nil
}

func (f ContactFilter) narrow(q *query, s kefu.Sight) {
	if f.Q != "" {
		like := containing(f.Q)
		q.and(`(LOWER(k.name) LIKE ? ESCAPE '\' OR LOWER(k.email) LIKE ? ESCAPE '\' OR k.phone LIKE ? ESCAPE '\' OR LOWER(k.external_id) LIKE ? ESCAPE '\')`,
			like, like, like, like)
	}
	q.andIf(f.Email != "", `k.email = ?`, f.Email)
	q.andIf(f.Phone != "", `k.phone = ?`, f.Phone)
	q.andIf(f.ExternalID != "", `k.external_id = ?`, f.ExternalID)
	q.andIf(f.Inbox != "", `(EXISTS (SELECT 1 FROM identity i WHERE i.contact_id = k.id AND i.contact_id <> '' AND i.inbox_id = ?)
OR EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.inbox_id = ?))`, f.Inbox, f.Inbox)
	q.andIf(f.Blocked, `k.blocked_at > 0`)
	q.andIf(!f.CreatedSince.IsZero(), `k.created_at >= ?`, sqldb.Micros(f.CreatedSince))
	q.andIf(!f.UpdatedSince.IsZero(), `k.updated_at >= ?`, sqldb.Micros(f.UpdatedSince))
	q.seeContact(s)
}

// seeContact adds a sight to a query over the contact k: the contacts of conversations that the sight shows. What few conversations show
// is found from them, what an inbox shows is asked of each contact.
func (q *query) seeContact(s kefu.Sight) {
	switch s.Kind {
	case kefu.SeesAll:
	case kefu.SeesOneContact:
		q.and(`k.id = ?`, s.ID)
	case kefu.SeesTeams, kefu.SeesOwn:
		cond, args := ``, []any(nil)
		for i, v := range views(s) {
			cond += map[bool]string{false: ` UNION `}[i == 0] + `SELECT c.contact_id FROM conversation c WHERE ` + v.cond
			args = append(args, v.args...)
		}
		q.and(`k.id IN (`+cond+`)`, args...)
	case kefu.SeesBound:
		sub := newQuery(`SELECT 1 FROM conversation c`)
		sub.and(`c.contact_id = k.id`)
		sub.see(s)
		q.and(`EXISTS (`+sub.plain()+`)`, sub.args...)
	default:
		q.and(`1 = 0`)
	}
}

// SeesContact tells whether a sight shows a contact.
func (tx *Tx) SeesContact(s kefu.Sight, id kefu.ContactID) (bool, error) {
	q := newQuery(`SELECT ` + contactColumns + ` FROM contact k`)
	q.and(`k.id = ?`, id)
	q.seeContact(s)
	q.order(`k.id`, 1)
	found, err := list(tx, q, scanContact)
	return len(found) > 0, err
}
