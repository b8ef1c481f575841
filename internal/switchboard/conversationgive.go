package switchboard

import (
	"cmp"
	"context"
	"unicode/utf8"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// handed is the word of the history for what was given to no one person: to the queue, or to a bot.
const handed connector.StatusKind = "handed"

// Claim gives a conversation to who asks first; everybody else is told who has it.
func (b *Switchboard) Claim(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, in ClaimRequest) (Conversation, error) {
	if err := forStaff(ask.Caller); err != nil {
		return Conversation{}, err
	}
	var f kefu.Faults
	switch {
	case ask.Caller.Kind == kefu.CallerAgent && in.AgentID != "" && string(in.AgentID) != ask.Caller.ID:
		f.Add("agent_id", "is another agent's: an agent claims for themselves; transfer gives to others")
	case ask.Caller.Kind == kefu.CallerAgent:
		in.AgentID = kefu.AgentID(ask.Caller.ID)
	case in.AgentID == "":
		f.Add("agent_id", "is needed: a program says for whom it claims")
	}
	if err := f.Err("this cannot be claimed so"); err != nil {
		return Conversation{}, err
	}
	return do(ctx, b, ask, func(c *change) (Conversation, error) {
		conv, err := c.takeFree(ask.Caller, id)
		if err != nil {
			return Conversation{}, err
		}
		var f kefu.Faults // its own: a transaction may run again
		to, err := agentFor(c.Tx, &f, in.AgentID, "agent_id")
		if err == nil {
			err = f.Err("this cannot be claimed so")
		}
		if err == nil {
			err = c.claimHere(ask.Caller.Author(), conv, to)
		}
		if err == nil {
			err = c.Audit(ask.Caller, "conversation.claimed", string(id), nil)
		}
		if err != nil {
			return Conversation{}, err
		}
		return b.shown(c.Tx, ask.Caller, id)
	})
}

// takeFree holds a conversation that the caller sees, or would see if nobody had it: who comes too late is told who was first, although an
// agent does not see what another one has.
func (c *change) takeFree(by kefu.Caller, id kefu.ConversationID) (store.Conversation, error) {
	conv, err := c.LockConversation(id)
	if err != nil {
		return conv, found(err, "conversation")
	}
	seen := seenOf(conv)
	if by.Kind == kefu.CallerAgent && string(seen.AssigneeID) != by.ID {
		seen.AssigneeID = ""
	}
	return conv, mustSee(c.Tx, by, seen)
}

func (c *change) claimHere(by kefu.Author, conv store.Conversation, to kefu.Agent) error {
	switch {
	case conv.Status == kefu.StatusClosed:
		return errClosed()
	case conv.AssigneeID != "" && conv.AssigneeID != to.ID:
		owner, err := c.Agent(conv.AssigneeID)
		if err != nil {
			return err
		}
		return &kefu.Error{Kind: kefu.KindConflict, Msg: cmp.Or(owner.Name, string(conv.AssigneeID)) + " has this conversation already",
			Faults: []kefu.Fault{{Field: "assignee_id", Msg: string(conv.AssigneeID)}}}
	case conv.AssigneeID == to.ID && conv.OwnerLinkID == ownerConsole:
		return nil
	case conv.AssigneeID == to.ID: // had it at a desk, and answers here from now on
		return c.SetHandler(conv.ID, kefu.HandlerAgent, conv.AssigneeID, ownerConsole)
	}
	return c.assign(conv, console(conv), by, kefu.Author{Kind: kefu.AuthorAgent, ID: string(to.ID), Name: to.Name})
}

func errClosed() error {
	return kefu.Errorf(kefu.KindConflict, "the conversation is closed: open it first, with status open")
}

// Transfer gives a conversation to an agent, to a team's queue, or to another desk.
func (b *Switchboard) Transfer(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, in TransferRequest) (Conversation, error) {
	if err := forStaff(ask.Caller); err != nil {
		return Conversation{}, err
	}
	return do(ctx, b, ask, func(c *change) (Conversation, error) {
		conv, err := c.takeSeen(ask.Caller, id)
		if err != nil {
			return Conversation{}, err
		}
		to, team, desk, err := c.recipients(in)
		if err == nil && conv.Status == kefu.StatusClosed {
			err = errClosed()
		}
		if err == nil && in.Note != "" {
			note := store.Message{Message: kefu.Message{ID: newMessageID(), ConversationID: id, Author: ask.Caller.Author(), Private: true,
				Content: typed(kefu.Content{Text: in.Note})}}
			err = c.post(console(conv), &note, kefu.RoleDesk)
		}
		if err == nil {
			if in.Desk != "" {
				err = c.giveDesk(conv, ask.Caller.Author(), desk)
			} else {
				err = c.give(conv, ask.Caller.Author(), to, team)
			}
		}
		if err == nil {
			err = c.Audit(ask.Caller, "conversation.transferred", string(id), transferDetail(in))
		}
		if err != nil {
			return Conversation{}, err
		}
		return b.shown(c.Tx, ask.Caller, id)
	})
}

func transferDetail(in TransferRequest) map[string]string {
	d := map[string]string{"agent_id": string(in.AgentID), "team_id": string(in.TeamID)}
	if in.Desk != "" {
		d["desk"] = string(in.Desk)
	}
	return d
}

func (c *change) recipients(in TransferRequest) (to kefu.Agent, team kefu.Team, desk Inbox, err error) {
	var f kefu.Faults
	if in.AgentID == "" && in.TeamID == "" && in.Desk == "" {
		f.Add("agent_id", "or team_id or desk is needed")
	}
	if in.Desk != "" && (in.AgentID != "" || in.TeamID != "") {
		f.Add("desk", "has its own people: leave out agent_id and team_id")
	}
	if len(in.Note) > kefu.MaxText {
		f.Add("note", "must have at most %d bytes", kefu.MaxText)
	}
	if to, err = agentFor(c.Tx, &f, in.AgentID, "agent_id"); err != nil {
		return to, team, desk, err
	}
	if team, err = teamFor(c.Tx, &f, in.TeamID); err != nil {
		return to, team, desk, err
	}
	desk = c.b.deskFor(&f, in.Desk)
	return to, team, desk, f.Err("this cannot be given so")
}

// give changes whose a conversation is: an agent's, else a team's queue's.
func (c *change) give(conv store.Conversation, by kefu.Author, to kefu.Agent, team kefu.Team) error {
	next := conv
	if team.ID != "" {
		next.TeamID = team.ID
	}
	next.AssigneeID, next.Handler, next.OwnerLinkID = to.ID, kefu.HandlerAgent, ownerConsole
	word := connector.StatusChange{Kind: connector.StatusAssigned, By: by, To: to.Name, At: c.Now}
	if to.ID == "" {
		next.Handler, next.OwnerLinkID, word.To = kefu.HandlerQueue, "", team.Name
	}
	if next.Status == kefu.StatusPending {
		next.Status = kefu.StatusOpen
	}
	if next.AssigneeID == conv.AssigneeID && next.TeamID == conv.TeamID && next.Handler == conv.Handler && next.OwnerLinkID == conv.OwnerLinkID {
		return nil
	}
	first, err := c.leaveBot(&conv, by, whyTaken)
	if err != nil {
		return err
	}
	if err := c.UpdateConversation(next); err != nil {
		return err
	}
	if to.ID == "" {
		word.First = first
		return c.queued(next, conv.AssigneeID, by, word)
	}
	return c.assigned(next, conv.AssigneeID, by, word)
}

// Handoff says who is expected to answer next.
func (b *Switchboard) Handoff(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, in HandoffRequest) (Conversation, error) {
	if err := forStaff(ask.Caller); err != nil {
		return Conversation{}, err
	}
	return do(ctx, b, ask, func(c *change) (Conversation, error) {
		conv, err := c.takeSeen(ask.Caller, id)
		if err != nil {
			return Conversation{}, err
		}
		to, err := c.successor(ask.Caller, conv, in)
		if err == nil && conv.Status == kefu.StatusClosed {
			err = errClosed()
		}
		if err == nil {
			err = c.handOff(conv, ask.Caller.Author(), to, in)
		}
		if err == nil {
			err = c.Audit(ask.Caller, "conversation.handed_off", string(id), map[string]string{"to": string(in.To)})
		}
		if err != nil {
			return Conversation{}, err
		}
		return b.shown(c.Tx, ask.Caller, id)
	})
}

func (c *change) successor(by kefu.Caller, conv store.Conversation, in HandoffRequest) (kefu.Agent, error) {
	var f kefu.Faults
	if utf8.RuneCountInString(in.Reason) > 500 {
		f.Add("reason", "must have at most 500 characters")
	}
	id := in.AgentID
	switch in.To {
	case kefu.HandlerAgent:
		if id = cmp.Or(id, conv.AssigneeID); id == "" && by.Kind == kefu.CallerAgent {
			id = kefu.AgentID(by.ID)
		}
		if id == "" {
			f.Add("agent_id", "is needed: nobody has this conversation")
		}
	case kefu.HandlerQueue, kefu.HandlerBot:
		if id != "" {
			f.Add("agent_id", "goes with to: agent only")
		}
	default:
		f.Add("to", "must be queue, bot or agent")
	}
	if len(f) > 0 {
		return kefu.Agent{}, f.Err("this cannot be handed off so")
	}
	to, err := agentFor(c.Tx, &f, id, "agent_id")
	if err != nil {
		return to, err
	}
	return to, f.Err("this cannot be handed off so")
}

func (c *change) handOff(conv store.Conversation, by kefu.Author, to kefu.Agent, in HandoffRequest) error {
	if in.To == kefu.HandlerAgent {
		return c.give(conv, by, to, kefu.Team{})
	}
	if in.To == kefu.HandlerQueue {
		return c.handToQueue(conv, by, in.Reason)
	}
	next := conv
	next.Handler, next.AssigneeID, next.OwnerLinkID, next.Status = in.To, "", "", kefu.StatusPending // the bot has it
	if err := c.UpdateConversation(next); err != nil {
		return err
	}
	word := connector.StatusChange{Kind: handed, By: by, To: string(in.To), Reason: in.Reason, At: c.Now}
	if err := c.assigned(next, conv.AssigneeID, by, word); err != nil || !c.b.inboxes[conv.InboxID].Reception.Tells {
		return err
	}
	return c.tellOfBot(next, conv.AssigneeID, by)
}

// tellOfBot tells the customer that the bot answers from now on, and who does no more.
func (c *change) tellOfBot(conv store.Conversation, previous kefu.AgentID, by kefu.Author) error {
	left, err := c.nameOf(previous, "")
	if err != nil {
		return err
	}
	word := connector.StatusChange{Kind: connector.StatusAssigned, By: by, To: kefu.Bot().Name, Left: left, At: c.Now}
	return c.tellLinks(conv.ID, newMessageID(), word, customers)
}
