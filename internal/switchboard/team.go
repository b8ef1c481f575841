package switchboard

import (
	"context"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// Team is a team as the API shows it.
type Team struct {
	ID        kefu.TeamID    `json:"id" doc:"Id of the team." example:"tea_06c0000000000000000000000g"`
	Name      string         `json:"name" doc:"What people read; unique."`
	MemberIDs []kefu.AgentID `json:"member_ids" doc:"The agents who belong to it."`
	CreatedAt time.Time      `json:"created_at" doc:"When it was made."`
	UpdatedAt time.Time      `json:"updated_at" doc:"When its name or members changed last through this call."`
}

// TeamChange is what a team is made of, or what of it changes: absent members stay, null clears.
type TeamChange struct {
	Name      kefu.Opt[string]         `json:"name,omitzero" doc:"What people read; unique, 1 to 100 characters."`
	MemberIDs kefu.Opt[[]kefu.AgentID] `json:"member_ids,omitzero" doc:"The agents who belong to it, at most 1000; null is nobody."`
}

// maxMembers bounds a team.
const maxMembers = 1000

func (ch TeamChange) apply(t *kefu.Team) error {
	ch.Name.Set(&t.Name)
	t.Name = strings.TrimSpace(t.Name)
	if ch.MemberIDs.Given {
		t.Members = slices.Compact(slices.Sorted(slices.Values(ch.MemberIDs.Value)))
	}
	var f kefu.Faults
	checkText(&f, "name", t.Name, 1, 100)
	if len(t.Members) > maxMembers {
		f.Add("member_ids", "must be at most %d", maxMembers)
	}
	return f.Err("the team cannot be kept")
}

// CreateTeam makes a team.
func (b *Switchboard) CreateTeam(ctx context.Context, ask kefu.Ask, ch TeamChange) (Team, error) {
	return do(ctx, b, ask, func(c *change) (Team, error) {
		t := kefu.Team{ID: kefu.TeamID(ident.New("tea")), CreatedAt: c.Now, UpdatedAt: c.Now}
		err := ch.apply(&t)
		if err == nil {
			err = c.agentsExist("member_ids", t.Members)
		}
		if err != nil {
			return Team{}, err
		}
		fresh, err := c.InsertTeam(t)
		if err == nil && !fresh {
			err = taken("team", "name", t.Name)
		}
		if err == nil {
			err = c.membersMoved(ask.Caller, t.Members)
		}
		if err != nil {
			return Team{}, err
		}
		return showTeam(t), c.Audit(ask.Caller, "team.created", string(t.ID), map[string]any{"member_ids": ids(t.Members)})
	})
}

// UpdateTeam changes the members that are present.
func (b *Switchboard) UpdateTeam(ctx context.Context, ask kefu.Ask, id kefu.TeamID, ch TeamChange) (Team, error) {
	return do(ctx, b, ask, func(c *change) (Team, error) {
		t, err := c.lockTeam(ask, id)
		if err != nil {
			return Team{}, err
		}
		if err := ch.apply(&t); err != nil {
			return Team{}, err
		}
		if ch.MemberIDs.Given {
			if err := c.agentsExist("member_ids", t.Members); err != nil {
				return Team{}, err
			}
		}
		fresh, err := c.Tx.UpdateTeam(t)
		if err == nil && !fresh {
			err = taken("team", "name", t.Name)
		}
		if err != nil {
			return Team{}, err
		}
		moved, err := c.SetMembers(id, t.Members)
		if err == nil {
			err = c.membersMoved(ask.Caller, moved)
		}
		if err != nil {
			return Team{}, err
		}
		t.UpdatedAt = c.Now
		return showTeam(t), c.Audit(ask.Caller, "team.updated", string(t.ID), map[string]any{"member_ids": ids(t.Members)})
	})
}

// DeleteTeam removes a team. Its conversations have no team from then on; there is no event for each of them, the rights of its members
// change at once.
func (b *Switchboard) DeleteTeam(ctx context.Context, ask kefu.Ask, id kefu.TeamID) error {
	_, err := do(ctx, b, ask, func(c *change) (struct{}, error) {
		t, err := c.lockTeam(ask, id)
		if err != nil {
			return struct{}{}, err
		}
		n, err := c.Tx.DeleteTeam(id)
		if err == nil {
			// Clients that were bound to the team are not known by name here.
			err = c.RightsChanged(store.RightsOfAll)
		}
		if err == nil {
			err = c.membersMoved(ask.Caller, t.Members)
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, c.Audit(ask.Caller, "team.deleted", string(id), map[string]any{"conversations": n})
	})
	return err
}

func (c *change) lockTeam(ask kefu.Ask, id kefu.TeamID) (kefu.Team, error) {
	t, err := c.LockTeam(id)
	if err != nil {
		return t, found(err, "team")
	}
	return t, ask.Match(showTeam(t))
}

// membersMoved says that agents came to a team or left it: they see other conversations now.
func (c *change) membersMoved(by kefu.Caller, ids []kefu.AgentID) error {
	subjects := make([]string, len(ids))
	for i, id := range ids {
		subjects[i] = string(id)
	}
	if err := c.RightsChanged(subjects...); err != nil {
		return err
	}
	for _, id := range ids {
		a, err := c.Tx.Agent(id)
		if err != nil {
			return err
		}
		if err := c.agentEvent("user.updated", a, by.Author()); err != nil {
			return err
		}
	}
	return nil
}

// Team reads one team.
func (b *Switchboard) Team(ctx context.Context, by kefu.Caller, id kefu.TeamID) (Team, error) {
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (Team, error) {
		t, err := tx.Team(id)
		return showTeam(t), found(err, "team")
	})
}

// Teams lists teams, oldest first; search is a part of the name.
func (b *Switchboard) Teams(ctx context.Context, by kefu.Caller, search string, p Paging) (List[Team], error) {
	page, err := store.PageOf(p, false)
	if err != nil {
		return List[Team]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (List[Team], error) {
		rows, err := tx.Teams(search, page)
		return store.CutPage(rows, p, showTeam, func(t kefu.Team) (time.Time, string) { return t.CreatedAt, string(t.ID) }), err
	})
}

func showTeam(t kefu.Team) Team {
	return Team{ID: t.ID, Name: t.Name, MemberIDs: ids(t.Members), CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt}
}

// agentsExist names every agent that is not there.
func (c *change) agentsExist(field string, ids []kefu.AgentID) error {
	var f kefu.Faults
	for _, id := range ids {
		a, err := c.Tx.Agent(id)
		if err != nil {
			return err
		}
		if a.ID == "" {
			f.Add(field, "names no agent: %q", kefu.Excerpt(string(id), 50))
		}
	}
	return f.Err("the agents are not all known")
}
