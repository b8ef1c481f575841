package store

import (
	"fmt"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlIdentity = `SELECT contact_id, agent_id FROM identity WHERE inbox_id = $1 AND external_id = $2`
	// One person may be staff and customer of one inbox: a member of the team who asks for help.
	sqlSaveIdentity = `INSERT INTO identity (inbox_id, external_id, contact_id, agent_id, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (inbox_id, external_id) DO UPDATE SET contact_id = CASE WHEN identity.contact_id = '' THEN excluded.contact_id ELSE identity.contact_id END,
agent_id = CASE WHEN identity.agent_id = '' THEN excluded.agent_id ELSE identity.agent_id END
WHERE identity.contact_id = '' AND excluded.contact_id <> '' OR identity.agent_id = '' AND excluded.agent_id <> ''`
	sqlInsertContact = `INSERT INTO contact (id, name, email, phone, external_id, attributes, locale, blocked_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING`
	sqlUpdateContact = `UPDATE contact SET name = $2, email = $3, updated_at = $4 WHERE id = $1`
	contactColumns   = `k.id, k.name, k.email, k.phone, k.external_id, k.attributes, k.merged_into, k.erased_at, k.created_at, k.updated_at, k.locale, k.blocked_at`
	sqlContact       = `SELECT ` + contactColumns + ` FROM contact k WHERE k.id = $1`
)

// Identity finds whom an inbox knows by an external id. Both ids are empty when nobody is known.
func (tx *Tx) Identity(inbox kefu.InboxID, externalID string) (kefu.ContactID, kefu.AgentID, error) {
	type pair struct {
		c kefu.ContactID
		a kefu.AgentID
	}
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (p pair, err error) {
		err = s.Scan(&p.c, &p.a)
		return p, err
	}, sqlIdentity, inbox, externalID)
	if err != nil || len(found) == 0 {
		return "", "", err
	}
	return found[0].c, found[0].a, nil
}

// SaveIdentity binds an external id to a contact or an agent; false when it is bound to one already. The other binding stays.
func (tx *Tx) SaveIdentity(inbox kefu.InboxID, externalID string, c kefu.ContactID, a kefu.AgentID) (bool, error) {
	n, err := tx.Exec(sqlSaveIdentity, inbox, externalID, c, a, tx.now())
	return n > 0, err
}

// InsertContact stores a new contact; an error when its external id is another's.
func (tx *Tx) InsertContact(c kefu.Contact) error {
	fresh, err := tx.AddContact(c)
	if err == nil && !fresh {
		err = fmt.Errorf("contact %s: its external id is taken", c.ID)
	}
	return err
}

// AddContact stores a new contact; false when its external id is another's.
func (tx *Tx) AddContact(c kefu.Contact) (bool, error) {
	n, err := tx.Exec(sqlInsertContact, c.ID, c.Name, c.Email, c.Phone, c.ExternalID, string(c.Attributes), c.Locale, sqldb.Micros(c.BlockedAt), tx.now())
	return n > 0, err
}

// UpdateContact changes a contact's name and e-mail.
func (tx *Tx) UpdateContact(c kefu.Contact) error {
	n, err := tx.Exec(sqlUpdateContact, c.ID, c.Name, c.Email, tx.now())
	return must(n, err, "contact", c.ID)
}

func scanContact(s sqldb.Scanner) (c kefu.Contact, err error) {
	var attributes string
	var erased, created, updated, blocked int64
	err = s.Scan(&c.ID, &c.Name, &c.Email, &c.Phone, &c.ExternalID, &attributes, &c.MergedInto, &erased, &created, &updated, &c.Locale, &blocked)
	c.Attributes, c.ErasedAt, c.CreatedAt, c.UpdatedAt = rawOrNil(attributes), sqldb.Time(erased), sqldb.Time(created), sqldb.Time(updated)
	c.BlockedAt = sqldb.Time(blocked)
	return c, err
}

// Contact reads one contact; ErrNoRows when there is none.
func (tx *Tx) Contact(id kefu.ContactID) (kefu.Contact, error) {
	return sqldb.One(tx.Tx, scanContact, sqlContact, id)
}
