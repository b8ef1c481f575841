package switchboard

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/store"
)

// Identity is whom an inbox knows by an id, as the API shows it.
type Identity struct {
	InboxID    kefu.InboxID `json:"inbox_id" doc:"The inbox."`
	ExternalID string       `json:"external_id" doc:"The id by which the inbox knows the person."`
	CreatedAt  time.Time    `json:"created_at" doc:"When it became known."`
}

// IdentityBinding says by which id an inbox knows an agent.
type IdentityBinding struct {
	InboxID    kefu.InboxID `json:"inbox_id" doc:"The desk's inbox."`
	ExternalID string       `json:"external_id" doc:"The desk's id of the user, at most 200 characters."`
}

// BindIdentity says that the user whom a desk knows by an id is this agent. One who was known from desks only becomes part of the agent.
func (b *Switchboard) BindIdentity(ctx context.Context, ask kefu.Ask, id kefu.AgentID, in IdentityBinding) (Identity, error) {
	return do(ctx, b, ask, func(c *change) (Identity, error) {
		a, err := c.lockAgent(ask, id)
		if err != nil {
			return Identity{}, err
		}
		var f kefu.Faults
		checkText(&f, "external_id", in.ExternalID, 1, 200)
		i, err := c.Tx.Inbox(in.InboxID)
		if err != nil && kefu.KindOf(found(err, "inbox")) != kefu.KindNotFound {
			return Identity{}, err
		}
		if err != nil || !i.DeletedAt.IsZero() {
			f.Add("inbox_id", "names no inbox")
		}
		if err := f.Err("the identity cannot be bound"); err != nil {
			return Identity{}, err
		}
		if !a.DeactivatedAt.IsZero() {
			return Identity{}, kefu.Errorf(kefu.KindConflict, "this agent is deactivated")
		}
		if err := mayMake(ask.Caller, a.Role); err != nil {
			return Identity{}, err
		}
		if err := c.bind(ask.Caller, a, in); err != nil {
			return Identity{}, err
		}
		return Identity{InboxID: in.InboxID, ExternalID: in.ExternalID, CreatedAt: c.Now},
			c.Audit(ask.Caller, "agent.identity_bound", string(id), map[string]any{"inbox_id": in.InboxID, "external_id": in.ExternalID})
	})
}

func (c *change) bind(by kefu.Caller, a kefu.Agent, in IdentityBinding) error {
	fresh, err := c.SaveIdentity(in.InboxID, in.ExternalID, "", a.ID)
	if err != nil || fresh {
		return err
	}
	contact, owner, err := c.Identity(in.InboxID, in.ExternalID)
	switch {
	case err != nil || owner == a.ID:
		return err
	case contact != "":
		return kefu.Errorf(kefu.KindConflict, "this identity belongs to the contact %s", contact)
	}
	other, err := c.LockAgent(owner)
	if err != nil {
		return err
	}
	if other.Email != "" {
		return kefu.Errorf(kefu.KindConflict, "this identity belongs to the agent %s, who has an account", owner)
	}
	if err := c.Tx.BindIdentity(in.InboxID, in.ExternalID, a.ID); err != nil {
		return err
	}
	return c.absorb(by, other, a)
}

// absorb gives an agent the open work of one who was known from desks only and is nobody without the identity that was taken.
func (c *change) absorb(by kefu.Caller, other, a kefu.Agent) error {
	left, err := c.Tx.AgentIdentities(other.ID)
	if err != nil || len(left) > 0 || !other.DeactivatedAt.IsZero() {
		return err
	}
	ids, err := c.Assigned(other.ID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := c.giveTo(by, id, other.ID, a.ID); err != nil {
			return err
		}
	}
	other.DeactivatedAt = c.Now
	if _, err := c.Tx.UpdateAgent(other); err != nil {
		return err
	}
	if err := c.RightsChanged(string(other.ID)); err != nil {
		return err
	}
	return c.agentEvent("user.updated", other, by.Author())
}

// AgentIdentities lists where an agent is known, and as whom.
func (b *Switchboard) AgentIdentities(ctx context.Context, by kefu.Caller, id kefu.AgentID) (List[Identity], error) {
	return look(ctx, b, by, func(tx *store.Tx, _ kefu.Sight) (List[Identity], error) {
		if _, err := tx.FullAgent(id); err != nil {
			return List[Identity]{}, found(err, "agent")
		}
		rows, err := tx.AgentIdentities(id)
		return List[Identity]{Items: showIdentities(rows)}, err
	})
}

func showIdentities(rows []store.Identity) []Identity {
	out := make([]Identity, 0, len(rows))
	for _, i := range rows {
		out = append(out, Identity{InboxID: i.InboxID, ExternalID: i.ExternalID, CreatedAt: i.CreatedAt})
	}
	return out
}
