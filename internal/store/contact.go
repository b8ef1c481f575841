package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlIdentity     = `SELECT contact_id, agent_id FROM identity WHERE inbox_id = $1 AND external_id = $2`
	sqlSaveIdentity = `INSERT INTO identity (inbox_id, external_id, contact_id, agent_id, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (inbox_id, external_id) DO NOTHING`
	sqlInsertContact = `INSERT INTO contact (id, name, email, phone, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)`
	sqlUpdateContact = `UPDATE contact SET name = $2, email = $3, updated_at = $4 WHERE id = $1`
	sqlContact       = `SELECT id, name, email, phone, created_at, updated_at FROM contact WHERE id = $1`
	sqlInsertAgent   = `INSERT INTO agent (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)`
	sqlRenameAgent   = `UPDATE agent SET name = $2, updated_at = $3 WHERE id = $1 AND name <> $2`
	sqlAgent         = `SELECT id, name FROM agent WHERE id = $1`
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

// SaveIdentity binds an external id to a contact or an agent; false when it was bound already.
func (tx *Tx) SaveIdentity(inbox kefu.InboxID, externalID string, c kefu.ContactID, a kefu.AgentID) (bool, error) {
	n, err := tx.Exec(sqlSaveIdentity, inbox, externalID, c, a, tx.now())
	return n > 0, err
}

// InsertContact stores a new contact.
func (tx *Tx) InsertContact(c kefu.Contact) error {
	_, err := tx.Exec(sqlInsertContact, c.ID, c.Name, c.Email, c.Phone, tx.now())
	return err
}

// UpdateContact changes a contact's name and e-mail.
func (tx *Tx) UpdateContact(c kefu.Contact) error {
	n, err := tx.Exec(sqlUpdateContact, c.ID, c.Name, c.Email, tx.now())
	return must(n, err, "contact", c.ID)
}

// Contact reads one contact.
func (tx *Tx) Contact(id kefu.ContactID) (kefu.Contact, error) {
	return sqldb.One(tx.Tx, func(s sqldb.Scanner) (c kefu.Contact, err error) {
		var created, updated int64
		err = s.Scan(&c.ID, &c.Name, &c.Email, &c.Phone, &created, &updated)
		c.CreatedAt, c.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
		return c, err
	}, sqlContact, id)
}

// InsertAgent stores a new agent.
func (tx *Tx) InsertAgent(a kefu.Agent) error {
	_, err := tx.Exec(sqlInsertAgent, a.ID, a.Name, tx.now())
	return err
}

// RenameAgent follows a name that was changed at the desk.
func (tx *Tx) RenameAgent(id kefu.AgentID, name string) error {
	_, err := tx.Exec(sqlRenameAgent, id, name, tx.now())
	return err
}

// Agent reads one agent; the zero Agent when there is none.
func (tx *Tx) Agent(id kefu.AgentID) (kefu.Agent, error) {
	if id == "" {
		return kefu.Agent{}, nil
	}
	found, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (a kefu.Agent, err error) {
		err = s.Scan(&a.ID, &a.Name)
		return a, err
	}, sqlAgent, id)
	if err != nil || len(found) == 0 {
		return kefu.Agent{}, err
	}
	return found[0], nil
}
