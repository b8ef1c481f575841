package store

import (
	"slices"

	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlInsertTeam = `INSERT INTO team (id, name, created_at, updated_at) VALUES ($1, $2, $3, $3) ON CONFLICT (name) DO NOTHING`
	teamColumns   = `id, name, created_at, updated_at`
	sqlTeam       = `SELECT ` + teamColumns + ` FROM team WHERE id = $1`
	sqlLockTeam   = `SELECT ` + teamColumns + ` FROM team WHERE id = $1 /*for update*/`
	sqlUpdateTeam = `UPDATE team SET name = $2, updated_at = $3 WHERE id = $1
AND NOT EXISTS (SELECT 1 FROM team o WHERE o.name = $2 AND o.id <> $1)`
	sqlDeleteTeam    = `DELETE FROM team WHERE id = $1`
	sqlDisband       = `DELETE FROM team_member WHERE team_id = $1`
	sqlLeaveTeam     = `DELETE FROM team_member WHERE team_id = $1 AND agent_id = $2`
	sqlJoinTeam      = `INSERT INTO team_member (team_id, agent_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	sqlMembers       = `SELECT agent_id FROM team_member WHERE team_id = $1 ORDER BY agent_id`
	sqlUnteam        = `UPDATE conversation SET team_id = '', updated_at = $2 WHERE team_id = $1 AND team_id <> ''`
	sqlUnbindTeam    = `DELETE FROM client_bound WHERE kind = 'team' AND ref = $1`
	sqlMembersOfAll  = `SELECT agent_id, team_id FROM team_member WHERE team_id IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY agent_id`
	sqlLeaveAllTeams = `DELETE FROM team_member WHERE agent_id = $1`
)

func scanTeam(s sqldb.Scanner) (t kefu.Team, err error) {
	var created, updated int64
	err = s.Scan(&t.ID, &t.Name, &created, &updated)
	t.CreatedAt, t.UpdatedAt = sqldb.Time(created), sqldb.Time(updated)
	return t, err
}

// InsertTeam stores a new team with its members; false when its name is taken.
func (tx *Tx) InsertTeam(t kefu.Team) (bool, error) {
	n, err := tx.Exec(sqlInsertTeam, t.ID, t.Name, tx.now())
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.SetMembers(t.ID, t.Members)
	return true, err
}

// Team reads one team with its members; ErrNoRows when there is none.
func (tx *Tx) Team(id kefu.TeamID) (kefu.Team, error) { return tx.manned(sqlTeam, id) }

// LockTeam reads one team with its members and holds its row until the transaction ends.
func (tx *Tx) LockTeam(id kefu.TeamID) (kefu.Team, error) { return tx.manned(sqlLockTeam, id) }

func (tx *Tx) manned(text string, id kefu.TeamID) (kefu.Team, error) {
	t, err := sqldb.One(tx.Tx, scanTeam, text, id)
	if err == nil {
		t.Members, err = sqldb.Many(tx.Tx, scanID[kefu.AgentID], sqlMembers, id)
	}
	return t, err
}

// UpdateTeam stores a team's name; false when it is taken.
func (tx *Tx) UpdateTeam(t kefu.Team) (bool, error) {
	n, err := tx.Exec(sqlUpdateTeam, t.ID, t.Name, tx.now())
	return n > 0, err
}

// SetMembers makes these agents the members of a team and returns who came or went.
func (tx *Tx) SetMembers(id kefu.TeamID, want []kefu.AgentID) (moved []kefu.AgentID, err error) {
	have, err := sqldb.Many(tx.Tx, scanID[kefu.AgentID], sqlMembers, id)
	if err != nil {
		return nil, err
	}
	for _, a := range have {
		if !slices.Contains(want, a) {
			if _, err := tx.Exec(sqlLeaveTeam, id, a); err != nil {
				return nil, err
			}
			moved = append(moved, a)
		}
	}
	for _, a := range want {
		if !slices.Contains(have, a) {
			if _, err := tx.Exec(sqlJoinTeam, id, a); err != nil {
				return nil, err
			}
			moved = append(moved, a)
		}
	}
	return moved, nil
}

// SetTeamsOf makes these the teams of an agent.
func (tx *Tx) SetTeamsOf(id kefu.AgentID, teams []kefu.TeamID) error {
	if _, err := tx.Exec(sqlLeaveAllTeams, id); err != nil {
		return err
	}
	for _, t := range teams {
		if _, err := tx.Exec(sqlJoinTeam, t, id); err != nil {
			return err
		}
	}
	return nil
}

// DeleteTeam removes a team: its members, its conversations and the clients that were bound to it have it no more.
func (tx *Tx) DeleteTeam(id kefu.TeamID) (conversations int64, err error) {
	for _, text := range []string{sqlDisband, sqlUnbindTeam, sqlDeleteTeam} {
		if _, err := tx.Exec(text, id); err != nil {
			return 0, err
		}
	}
	if err := tx.unteam(id); err != nil {
		return 0, err
	}
	return tx.Exec(sqlUnteam, id, tx.now())
}

// Teams lists teams with their members, in the page's order.
func (tx *Tx) Teams(search string, p Page) ([]kefu.Team, error) {
	q := newQuery(`SELECT ` + teamColumns + ` FROM team`)
	q.andIf(search != "", `LOWER(name) LIKE ? ESCAPE '\'`, containing(search))
	p.after(q, `created_at`, `id`)
	teams, err := list(tx, q, scanTeam)
	if err != nil {
		return nil, err
	}
	return teams, tx.fillMembers(teams)
}

func (tx *Tx) fillMembers(teams []kefu.Team) error {
	at := make(map[kefu.TeamID]int, len(teams))
	ids := make([]kefu.TeamID, len(teams))
	for i, t := range teams {
		at[t.ID], ids[i] = i, t.ID
	}
	for batch := range slices.Chunk(ids, inBatch) {
		rows, err := sqldb.Many(tx.Tx, scanMember, sqlMembersOfAll, inList(batch)...)
		if err != nil {
			return err
		}
		for _, r := range rows {
			teams[at[r.team]].Members = append(teams[at[r.team]].Members, r.agent)
		}
	}
	return nil
}

type member struct {
	agent kefu.AgentID
	team  kefu.TeamID
}

func scanMember(s sqldb.Scanner) (m member, err error) {
	err = s.Scan(&m.agent, &m.team)
	return m, err
}
