package store

import (
	"kefu"
	"kefu/internal/sqldb"
)

const (
	sqlTeamsOf = `SELECT team_id FROM team_member WHERE agent_id = $1 ORDER BY team_id`
	sqlBound   = `SELECT kind, ref FROM client_bound WHERE client_id = $1 ORDER BY kind, ref`
)

// Sight resolves a caller's data permission from what is stored now (contracts: api §2).
func (tx *Tx) Sight(c kefu.Caller) (kefu.Sight, error) {
	s := kefu.Sight{ID: c.ID}
	switch {
	case c.Kind == kefu.CallerSystem, c.Kind == kefu.CallerAgent && c.Role == kefu.RoleAdmin, c.Kind == kefu.CallerClient && !c.Bound:
		s.Kind = kefu.SeesAll
		return s, nil
	case c.Kind == kefu.CallerContact:
		s.Kind = kefu.SeesOneContact
		return s, nil
	case c.Kind == kefu.CallerClient:
		s.Kind = kefu.SeesBound
		return s, tx.bound(&s)
	case c.Kind == kefu.CallerAgent:
		s.Kind = kefu.SeesOwn
		if c.Role == kefu.RoleSupervisor {
			s.Kind = kefu.SeesTeams
		}
		var err error
		s.Teams, err = tx.TeamsOf(kefu.AgentID(c.ID))
		return s, err
	}
	return kefu.Sight{}, nil
}

// TeamsOf lists the teams of an agent.
func (tx *Tx) TeamsOf(id kefu.AgentID) ([]kefu.TeamID, error) {
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (t kefu.TeamID, err error) {
		err = s.Scan(&t)
		return t, err
	}, sqlTeamsOf, id)
}

func (tx *Tx) bound(s *kefu.Sight) error {
	type ref struct{ kind, id string }
	refs, err := sqldb.Many(tx.Tx, func(s sqldb.Scanner) (r ref, err error) {
		err = s.Scan(&r.kind, &r.id)
		return r, err
	}, sqlBound, s.ID)
	for _, r := range refs {
		if r.kind == "team" {
			s.Teams = append(s.Teams, kefu.TeamID(r.id))
			continue
		}
		s.Inboxes = append(s.Inboxes, kefu.InboxID(r.id))
	}
	return err
}

// view is one branch of a sight: a condition on the conversation c that an index can answer in the order of a list.
type view struct {
	cond string
	args []any
}

// views compiles a sight to SQL. The branches are disjoint; none of them means that nothing may be seen.
func views(s kefu.Sight) []view {
	switch s.Kind {
	case kefu.SeesAll:
		return []view{{cond: `1 = 1`}}
	case kefu.SeesOneContact:
		return []view{{`c.contact_id = ? AND c.contact_id <> ''`, []any{s.ID}}}
	case kefu.SeesTeams, kefu.SeesOwn:
		return staffViews(s)
	case kefu.SeesBound:
		return boundViews(s)
	}
	return nil
}

func staffViews(s kefu.Sight) []view {
	all := []view{{`c.assignee_id = ? AND c.assignee_id <> ''`, []any{s.ID}}}
	for _, t := range s.Teams {
		if s.Kind == kefu.SeesTeams {
			all = append(all, view{`c.team_id = ? AND c.team_id <> '' AND c.assignee_id <> ?`, []any{t, s.ID}})
			continue
		}
		all = append(all, view{`c.team_id = ? AND c.team_id <> '' AND c.assignee_id = ''`, []any{t}})
	}
	return all
}

func boundViews(s kefu.Sight) []view {
	all := make([]view, 0, len(s.Inboxes)+len(s.Teams))
	others, ids := "", make([]any, 0, len(s.Inboxes))
	for _, in := range s.Inboxes {
		all = append(all, view{`c.inbox_id = ?`, []any{in}})
		others, ids = others+` AND c.inbox_id <> ?`, append(ids, in)
	}
	for _, t := range s.Teams {
		all = append(all, view{`c.team_id = ? AND c.team_id <> ''` + others, append([]any{t}, ids...)})
	}
	return all
}

// See adds a sight to a query over the conversation c as one condition, for texts that need no order of their own.
func (q *query) see(s kefu.Sight) { q.seeAny(views(s)) }

// seeAny adds branches of a sight as one condition.
func (q *query) seeAny(branches []view) {
	cond, args := ``, []any(nil)
	for i, v := range branches {
		if i > 0 {
			cond += ` OR `
		}
		cond, args = cond+`(`+v.cond+`)`, append(args, v.args...)
	}
	if cond == "" {
		cond = `1 = 0`
	}
	q.and(`(`+cond+`)`, args...)
}
