package switchboard

import (
	"context"
	"slices"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// CreateAgent makes an agent with an account. An e-mail is needed; without a password nobody can log in yet.
func (b *Switchboard) CreateAgent(ctx context.Context, ask kefu.Ask, ch AgentChange) (Agent, error) {
	return do(ctx, b, ask, func(c *change) (Agent, error) {
		a := kefu.Agent{ID: kefu.AgentID(ident.New("agt")), Role: kefu.RoleAgent, Status: kefu.AgentOffline, CreatedAt: c.Now, UpdatedAt: c.Now}
		err := ch.apply(&a)
		if err == nil && a.Email == "" {
			err = kefu.Faults{{Field: "email", Msg: "is needed: agents log in by it"}}.Err("the agent cannot be kept")
		}
		if err == nil {
			err = mayMake(ask.Caller, a.Role)
		}
		if err == nil {
			err = c.teamsExist(a.Teams)
		}
		if err != nil {
			return Agent{}, err
		}
		fresh, err := c.AddAgent(a, ch.PasswordHash)
		if err == nil && !fresh {
			err = taken("agent", "email", a.Email)
		}
		if err == nil {
			err = c.SetTeamsOf(a.ID, a.Teams)
		}
		if err == nil {
			err = c.agentEvent("user.created", a, ask.Caller.Author())
		}
		if err != nil {
			return Agent{}, err
		}
		return showAgent(a), c.Audit(ask.Caller, "agent.created", string(a.ID), map[string]any{"role": a.Role, "team_ids": ids(a.Teams)})
	})
}

// UpdateAgent changes the members that are present. Giving an e-mail and a password to one who is known from a desk only makes an account
// of them.
func (b *Switchboard) UpdateAgent(ctx context.Context, ask kefu.Ask, id kefu.AgentID, ch AgentChange) (Agent, error) {
	return do(ctx, b, ask, func(c *change) (Agent, error) {
		before, err := c.lockAgent(ask, id)
		if err != nil {
			return Agent{}, err
		}
		a := before
		if err := ch.apply(&a); err != nil {
			return Agent{}, err
		}
		if ch.Active.Given && ch.Active.Value != a.DeactivatedAt.IsZero() {
			a.DeactivatedAt = map[bool]time.Time{false: c.Now}[ch.Active.Value]
		}
		if ch.TeamIDs.Given {
			if err := c.teamsExist(a.Teams); err != nil {
				return Agent{}, err
			}
		}
		return c.saveAgent(ask.Caller, before, a, ch)
	})
}

// DeactivateAgent deletes an account: nobody logs in by it, its conversations go back to the queue, its history stays. Idempotent.
func (b *Switchboard) DeactivateAgent(ctx context.Context, ask kefu.Ask, id kefu.AgentID) error {
	_, err := do(ctx, b, ask, func(c *change) (struct{}, error) {
		before, err := c.lockAgent(ask, id)
		if err != nil || !before.DeactivatedAt.IsZero() {
			return struct{}{}, err
		}
		a := before
		a.DeactivatedAt = c.Now
		_, err = c.saveAgent(ask.Caller, before, a, AgentChange{})
		return struct{}{}, err
	})
	return err
}

func (c *change) lockAgent(ask kefu.Ask, id kefu.AgentID) (kefu.Agent, error) {
	// Admins first, and always: two who take each other's place would wait for each other otherwise.
	if _, err := c.LockAdmins(); err != nil {
		return kefu.Agent{}, err
	}
	a, err := c.LockAgent(id)
	if err != nil {
		return a, found(err, "agent")
	}
	return a, ask.Match(showAgent(a))
}

// saveAgent stores what became of an agent, with all that follows from it.
func (c *change) saveAgent(by kefu.Caller, before, a kefu.Agent, ch AgentChange) (Agent, error) {
	account := a.Role != before.Role || a.Email != before.Email || ch.PasswordHash != "" || ch.ClearPassword || a.DeactivatedAt != before.DeactivatedAt
	if account {
		if err := mayMake(by, before.Role, a.Role); err != nil {
			return Agent{}, err
		}
	}
	if err := c.adminStays(before, a, ch); err != nil {
		return Agent{}, err
	}
	fresh, err := c.Tx.UpdateAgent(a)
	if err == nil && !fresh {
		err = taken("agent", "email", a.Email)
	}
	if err == nil && (ch.PasswordHash != "" || ch.ClearPassword || a.Email == "") {
		err = c.SetPassword(a.ID, ch.PasswordHash)
		if err == nil {
			err = c.endSessions(a.ID, "the password was changed")
		}
	}
	if err == nil && !slices.Equal(before.Teams, a.Teams) {
		err = c.SetTeamsOf(a.ID, a.Teams)
	}
	if err == nil && before.DeactivatedAt.IsZero() && !a.DeactivatedAt.IsZero() {
		err = c.retire(by, a)
	}
	if err != nil {
		return Agent{}, err
	}
	a.UpdatedAt = c.Now
	if account || !slices.Equal(before.Teams, a.Teams) {
		if err := c.RightsChanged(string(a.ID)); err != nil {
			return Agent{}, err
		}
	}
	if err := c.agentEvent("user.updated", a, by.Author()); err != nil {
		return Agent{}, err
	}
	return showAgent(a), c.Audit(by, agentAction(before, a), string(a.ID), agentDetail(before, a, ch))
}

func agentAction(before, a kefu.Agent) string {
	switch {
	case before.DeactivatedAt.IsZero() && !a.DeactivatedAt.IsZero():
		return "agent.deactivated"
	case !before.DeactivatedAt.IsZero() && a.DeactivatedAt.IsZero():
		return "agent.reactivated"
	}
	return "agent.updated"
}

func agentDetail(before, a kefu.Agent, ch AgentChange) map[string]any {
	d := map[string]any{}
	if before.Role != a.Role {
		d["role"], d["previous_role"] = a.Role, before.Role
	}
	if !slices.Equal(before.Teams, a.Teams) {
		d["team_ids"], d["previous_team_ids"] = ids(a.Teams), ids(before.Teams)
	}
	if before.Email != a.Email {
		d["email"] = "changed"
	}
	if ch.PasswordHash != "" || ch.ClearPassword {
		d["password"] = "changed"
	}
	return d
}

// mayMake refuses when somebody who is no admin makes, or changes the account of, one who may more than an agent.
func mayMake(by kefu.Caller, roles ...kefu.Role) error {
	admin := by.Kind == kefu.CallerAgent && by.Role == kefu.RoleAdmin || by.Kind != kefu.CallerAgent && !by.Bound && by.May("*:*")
	if admin || !slices.ContainsFunc(roles, func(r kefu.Role) bool { return r != kefu.RoleAgent }) {
		return nil
	}
	return kefu.Errorf(kefu.KindForbidden, "only an admin, or a program with the scope *:*, may change the account of an admin or supervisor")
}

// adminStays refuses what would leave nobody who can set things right again.
func (c *change) adminStays(before, a kefu.Agent, ch AgentChange) error {
	admin := func(a kefu.Agent) bool { return a.Role == kefu.RoleAdmin && a.DeactivatedAt.IsZero() && a.Email != "" }
	if !admin(before) || admin(a) && !ch.ClearPassword {
		return nil
	}
	admins, err := c.LockAdmins()
	if err != nil {
		return err
	}
	if len(admins) == 1 && admins[0] == before.ID {
		return kefu.Errorf(kefu.KindConflict, "this is the last admin who can log in: make another agent an admin first")
	}
	return nil
}

// retire takes an agent out of work: the status is offline, and what was theirs stands in the queue again.
func (c *change) retire(by kefu.Caller, a kefu.Agent) error {
	if err := c.endPresence(a.ID, by.Author()); err != nil {
		return err
	}
	// They are worthless already; ended, they stay so when the account is taken up again.
	if err := c.endSessions(a.ID, "the account was deactivated"); err != nil {
		return err
	}
	ids, err := c.Assigned(a.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.giveTo(by, id, a.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// endSessions makes an agent log in anew.
func (c *change) endSessions(id kefu.AgentID, why string) error {
	_, err := c.RevokeSessions(store.SessionAgent, string(id), "", why)
	return err
}

// giveTo hands an open conversation of one agent to another, or to the queue when there is none.
func (c *change) giveTo(by kefu.Caller, id kefu.ConversationID, from, to kefu.AgentID) error {
	conv, err := c.LockConversation(id)
	if err != nil || conv.AssigneeID != from || conv.Status == kefu.StatusClosed {
		return err
	}
	return c.hand(&conv, by.Author(), to)
}

// hand makes a locked conversation another agent's, or the queue's when there is none.
func (c *change) hand(conv *store.Conversation, by kefu.Author, to kefu.AgentID) error {
	from := conv.AssigneeID
	conv.AssigneeID, conv.Handler = to, kefu.HandlerAgent
	if to == "" {
		conv.Handler, conv.OwnerLinkID = kefu.HandlerQueue, ""
	}
	if err := c.SetHandler(conv.ID, conv.Handler, to, conv.OwnerLinkID); err != nil {
		return err
	}
	t, err := c.TicketOf(conv.ID)
	if err != nil {
		return err
	}
	given := t
	given.AssigneeID = to
	if _, err := c.keepTicket(t, given, by); err != nil {
		return err
	}
	if err := c.conversationEvent("conversation.assigned", *conv, by, &from); err != nil {
		return err
	}
	return c.ticketEvent("ticket.updated", given, by)
}

// free gives a conversation that opens again to the queue when whose it was is not there any more.
func (c *change) free(conv *store.Conversation, by kefu.Author) error {
	a, err := c.Tx.Agent(conv.AssigneeID)
	if err != nil || a.DeactivatedAt.IsZero() {
		return err
	}
	return c.hand(conv, by, "")
}

// Agent reads one agent.
func (b *Switchboard) Agent(ctx context.Context, by kefu.Caller, id kefu.AgentID) (Agent, error) {
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (Agent, error) {
		a, err := tx.FullAgent(id)
		return showAgent(a), found(err, "agent")
	})
}

// Agents lists agents, oldest first.
func (b *Switchboard) Agents(ctx context.Context, by kefu.Caller, q AgentQuery, p Paging) (List[Agent], error) {
	filter, err := q.filter()
	if err != nil {
		return List[Agent]{}, err
	}
	page, err := store.PageOf(p, false)
	if err != nil {
		return List[Agent]{}, err
	}
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (List[Agent], error) {
		rows, err := tx.Agents(filter, page)
		return store.CutPage(rows, p, showAgent, func(a kefu.Agent) (time.Time, string) { return a.CreatedAt, string(a.ID) }), err
	})
}

// teamsExist names every team that is not there.
func (c *change) teamsExist(ids []kefu.TeamID) error {
	var f kefu.Faults
	for _, id := range ids {
		if _, err := c.Tx.Team(id); err != nil {
			if kefu.KindOf(found(err, "team")) != kefu.KindNotFound {
				return err
			}
			f.Add("team_ids", "names no team: %q", kefu.Excerpt(string(id), 50))
		}
	}
	return f.Err("the teams are not all known")
}
