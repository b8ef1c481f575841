package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

// Login is what logging in needs of an agent.
type Login struct {
	ID       kefu.AgentID
	Name     string
	Role     kefu.Role
	Password string // argon2id, PHC form; "" cannot log in
	Allow    string // networks of the role; "" is any address
}

const (
	loginColumns    = `SELECT a.id, a.name, a.role, a.password, COALESCE(r.allow, '') FROM agent a LEFT JOIN role_address r ON r.role = a.role`
	sqlLoginByEmail = loginColumns + ` WHERE a.email = $1 AND a.email <> '' AND a.deactivated_at = 0`
	sqlLoginOf      = loginColumns + ` WHERE a.id = $1 AND a.deactivated_at = 0`
	sqlAnybody      = `SELECT a.id FROM agent a WHERE a.email > '' AND a.email <> '' AND a.deactivated_at = 0 ORDER BY a.email LIMIT 1`
)

func scanLogin(s sqldb.Scanner) (l Login, err error) {
	err = s.Scan(&l.ID, &l.Name, &l.Role, &l.Password, &l.Allow)
	return l, err
}

// LoginByEmail finds an active agent by e-mail (lower case); ErrNoRows when there is none.
func (tx *Tx) LoginByEmail(email string) (Login, error) {
	return sqldb.One(tx.Tx, scanLogin, sqlLoginByEmail, email)
}

// LoginOf finds an active agent by id; ErrNoRows when there is none.
func (tx *Tx) LoginOf(id kefu.AgentID) (Login, error) {
	return sqldb.One(tx.Tx, scanLogin, sqlLoginOf, id)
}

// AnybodyCanLogIn tells whether there is an active agent with an e-mail.
func (tx *Tx) AnybodyCanLogIn() (bool, error) {
	found, err := sqldb.Many(tx.Tx, scanString, sqlAnybody)
	return len(found) > 0, err
}
