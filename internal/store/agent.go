package store

import (
	"cmp"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertAgent = `INSERT INTO agent (id, name, email, role, password, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (email) WHERE email <> '' AND deactivated_at = 0 DO NOTHING`
	// The desk's name is right for those whom only the desk knows: the others are named by an admin.
	sqlRenameAgent = `UPDATE agent SET name = $2, updated_at = $3 WHERE id = $1 AND name <> $2 AND email = ''`
	agentColumns   = `a.id, a.name, a.email, a.role, a.status, a.deactivated_at, a.created_at, a.updated_at`
	sqlAgent       = `SELECT ` + agentColumns + ` FROM agent a WHERE a.id = $1`
	sqlLockAgent   = `SELECT ` + agentColumns + ` FROM agent a WHERE a.id = $1 /*for update*/`
	sqlAgentMail   = `SELECT ` + agentColumns + ` FROM agent a WHERE a.email = $1 AND a.email <> '' AND a.deactivated_at = 0`
	sqlUpdateAgent = `UPDATE agent SET name = $2, email = $3, role = $4, deactivated_at = $5, updated_at = $6 WHERE id = $1
AND NOT EXISTS (SELECT 1 FROM agent o WHERE o.email = $3 AND o.email <> '' AND o.deactivated_at = 0 AND o.id <> $1 AND CAST($5 AS BIGINT) = 0)`
	sqlSetPassword = `UPDATE agent SET password = $2, updated_at = $3 WHERE id = $1`
	// Held until the end, so that two admins cannot each take the other's place as the last.
	sqlLockAdmins = `SELECT id FROM agent WHERE role = 'admin' AND deactivated_at = 0 AND email <> '' AND password <> '' ORDER BY id /*for update*/`
	sqlTeamsOfAll = `SELECT agent_id, team_id FROM team_member WHERE agent_id IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY team_id`
	sqlAssigned   = `SELECT id FROM conversation WHERE assignee_id = $1 AND assignee_id <> '' AND status <> 'closed' ORDER BY created_at, id`
)

func scanAgent(s sqldb.Scanner) (a kefu.Agent, err error) {
	var gone, created, updated int64
	err = s.Scan(&a.ID, &a.Name, &a.Email, &a.Role, &a.Status, &gone, &created, &updated)
	a.DeactivatedAt, a.CreatedAt, a.UpdatedAt = sqldb.Time(gone), sqldb.Time(created), sqldb.Time(updated)
	return a, err
}

// InsertAgent stores a new agent whom a desk knows; an agent with an e-mail is made by AddAgent.
func (tx *Tx) InsertAgent(a kefu.Agent) error {
	_, err := tx.AddAgent(a, "")
	return err
}

// AddAgent stores a new agent with the hash of the password, "" for none; false when an active agent has the e-mail.
func (tx *Tx) AddAgent(a kefu.Agent, password string) (bool, error) {
	n, err := tx.Exec(sqlInsertAgent, a.ID, a.Name, a.Email, cmp.Or(a.Role, kefu.RoleAgent), password, tx.now())
	return n > 0, err
}

// RenameAgent follows a name that was changed at the desk, unless the agent has an account. It tells whether anything was changed.
func (tx *Tx) RenameAgent(id kefu.AgentID, name string) (bool, error) {
	n, err := tx.Exec(sqlRenameAgent, id, name, tx.now())
	return n > 0, err
}

// Agent reads one agent without teams; the zero Agent when there is none.
func (tx *Tx) Agent(id kefu.AgentID) (kefu.Agent, error) {
	if id == "" {
		return kefu.Agent{}, nil
	}
	found, err := sqldb.Many(tx.Tx, scanAgent, sqlAgent, id)
	if err != nil || len(found) == 0 {
		return kefu.Agent{}, err
	}
	return found[0], nil
}

// FullAgent reads one agent with the teams; ErrNoRows when there is none.
func (tx *Tx) FullAgent(id kefu.AgentID) (kefu.Agent, error) { return tx.teamed(sqlAgent, id) }

// LockAgent reads one agent with the teams and holds the row until the transaction ends.
func (tx *Tx) LockAgent(id kefu.AgentID) (kefu.Agent, error) { return tx.teamed(sqlLockAgent, id) }

// AgentByEmail finds the active agent of an e-mail in lower case, without teams; ErrNoRows when there is none.
func (tx *Tx) AgentByEmail(email string) (kefu.Agent, error) {
	return sqldb.One(tx.Tx, scanAgent, sqlAgentMail, email)
}

func (tx *Tx) teamed(text string, id kefu.AgentID) (kefu.Agent, error) {
	a, err := sqldb.One(tx.Tx, scanAgent, text, id)
	if err == nil {
		a.Teams, err = tx.TeamsOf(id)
	}
	return a, err
}

// UpdateAgent stores name, e-mail, role and whether the account is active; false when another active agent has the e-mail.
func (tx *Tx) UpdateAgent(a kefu.Agent) (bool, error) {
	n, err := tx.Exec(sqlUpdateAgent, a.ID, a.Name, a.Email, a.Role, sqldb.Micros(a.DeactivatedAt), tx.now())
	return n > 0, err
}

// SetPassword stores the hash of an agent's password; "" lets nobody log in.
func (tx *Tx) SetPassword(id kefu.AgentID, hash string) error {
	n, err := tx.Exec(sqlSetPassword, id, hash, tx.now())
	return must(n, err, "agent", id)
}

// LockAdmins lists the admins who can log in and holds their rows until the transaction ends.
func (tx *Tx) LockAdmins() ([]kefu.AgentID, error) {
	return sqldb.Many(tx.Tx, scanID[kefu.AgentID], sqlLockAdmins)
}

// Assigned lists the conversations of an agent that are not closed, oldest first.
func (tx *Tx) Assigned(id kefu.AgentID) ([]kefu.ConversationID, error) {
	return sqldb.Many(tx.Tx, scanID[kefu.ConversationID], sqlAssigned, id)
}

func scanID[T ~string](s sqldb.Scanner) (id T, err error) {
	err = s.Scan(&id)
	return id, err
}

// AgentFilter narrows the list of agents; zero members do not.
type AgentFilter struct {
	Role   kefu.Role
	Status kefu.AgentStatus
	Team   kefu.TeamID
	Active *bool
	Q      string // part of a name or e-mail
}

// Agents lists agents with their teams, in the page's order.
func (tx *Tx) Agents(f AgentFilter, p Page) ([]kefu.Agent, error) {
	q := newQuery(`SELECT ` + agentColumns + ` FROM agent a`)
	q.andIf(f.Role != "", `a.role = ?`, f.Role)
	q.andIf(f.Status != "", `a.status = ?`, f.Status)
	q.andIf(f.Team != "", `a.id IN (SELECT m.agent_id FROM team_member m WHERE m.team_id = ?)`, f.Team)
	if f.Active != nil {
		q.and(map[bool]string{true: `a.deactivated_at = 0`, false: `a.deactivated_at <> 0`}[*f.Active])
	}
	q.andIf(f.Q != "", `(LOWER(a.name) LIKE ? ESCAPE '\' OR a.email LIKE ? ESCAPE '\')`, containing(f.Q), containing(f.Q))
	p.after(q, `a.created_at`, `a.id`)
	agents, err := list(tx, q, scanAgent)
	if err != nil {
		return nil, err
	}
	return agents, tx.fillTeams(agents)
}

// containing is the pattern of what contains a text; capitals do not matter.
func containing(s string) string {
	return `%` + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(s)) + `%`
}

func (tx *Tx) fillTeams(agents []kefu.Agent) error {
	at := make(map[kefu.AgentID]int, len(agents))
	ids := make([]kefu.AgentID, len(agents))
	for i, a := range agents {
		at[a.ID], ids[i] = i, a.ID
	}
	for batch := range slices.Chunk(ids, inBatch) {
		rows, err := sqldb.Many(tx.Tx, scanMember, sqlTeamsOfAll, inList(batch)...)
		if err != nil {
			return err
		}
		for _, r := range rows {
			agents[at[r.agent]].Teams = append(agents[at[r.agent]].Teams, r.team)
		}
	}
	return nil
}
