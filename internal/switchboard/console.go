package switchboard

import (
	"context"
	"slices"

	"kefu"
	"kefu/internal/store"
)

// ownerConsole stands where the owner of a talk is no desk: its agents answer in Kefu itself, by REST or WebSocket. No link has this id, so
// what is written at a desk is a note then, and what is written here is one while a desk owns the talk.
const ownerConsole kefu.LinkID = "console"

// console is Kefu itself in the place of a link.
func console(conv store.Conversation) store.Link {
	return store.Link{Link: kefu.Link{ID: ownerConsole, ConversationID: conv.ID}, CustomerInbox: conv.InboxID, Status: conv.Status,
		TicketName: conv.TicketName}
}

// takeSeen reads a conversation and holds its row. What the caller may not see is not there.
func (c *change) takeSeen(by kefu.Caller, id kefu.ConversationID) (store.Conversation, error) {
	conv, err := c.LockConversation(id)
	if err != nil {
		return conv, found(err, "conversation")
	}
	return conv, mustSee(c.Tx, by, seenOf(conv))
}

func seenOf(conv store.Conversation) kefu.Seen {
	return kefu.Seen{InboxID: conv.InboxID, ContactID: conv.ContactID, AssigneeID: conv.AssigneeID, TeamID: conv.TeamID}
}

// mustSee refuses with the words for what is not there. One's own conversation costs no look at one's teams.
func mustSee(tx *store.Tx, by kefu.Caller, seen kefu.Seen) error {
	if by.Kind == kefu.CallerAgent && by.ID != "" && string(seen.AssigneeID) == by.ID {
		return nil
	}
	sight, err := tx.Sight(by)
	if err != nil {
		return err
	}
	return within(sight, seen)
}

func within(sight kefu.Sight, seen kefu.Seen) error {
	if !sight.Sees(seen) {
		return kefu.Errorf(kefu.KindNotFound, "no conversation with this id")
	}
	return nil
}

// forStaff refuses what contacts may not.
func forStaff(by kefu.Caller) error {
	if by.Kind == kefu.CallerContact {
		return kefu.Errorf(kefu.KindForbidden, "only staff and programs may do this")
	}
	return nil
}

// shown is a conversation as it stands now, whole.
func (b *Switchboard) shown(tx *store.Tx, by kefu.Caller, id kefu.ConversationID) (Conversation, error) {
	conv, err := tx.Conversation(id)
	if err != nil {
		return Conversation{}, found(err, "conversation")
	}
	out, err := b.showAll(tx, by, []store.Conversation{conv})
	if err != nil {
		return Conversation{}, err
	}
	return out[0], nil
}

// showAll adds what stands in other tables.
func (b *Switchboard) showAll(tx *store.Tx, by kefu.Caller, all []store.Conversation) ([]Conversation, error) {
	ids := make([]kefu.ConversationID, 0, len(all))
	for _, c := range all {
		ids = append(ids, c.ID)
	}
	tickets, err := tx.TicketsOf(ids...)
	if err != nil {
		return nil, err
	}
	labels, err := tx.LabelsOf(ids...)
	if err != nil {
		return nil, err
	}
	ratings, err := tx.RatingsOf(ids...)
	out := make([]Conversation, 0, len(all))
	for _, c := range all {
		c.Labels = labels[c.ID]
		shown := b.showConversation(by, c, tickets[c.ID])
		shown.Rating = ratingOf(ratings[c.ID])
		out = append(out, shown)
	}
	return out, err
}

// Conversation reads one conversation.
func (b *Switchboard) Conversation(ctx context.Context, by kefu.Caller, id kefu.ConversationID) (Conversation, error) {
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (Conversation, error) {
		conv, err := tx.Conversation(id)
		if err != nil {
			return Conversation{}, found(err, "conversation")
		}
		if err := within(sight, seenOf(conv)); err != nil {
			return Conversation{}, err
		}
		out, err := b.showAll(tx, by, []store.Conversation{conv})
		if err != nil {
			return Conversation{}, err
		}
		return out[0], nil
	})
}

// agentFor finds an active agent, or notes a fault.
func agentFor(tx *store.Tx, f *kefu.Faults, id kefu.AgentID, field string) (kefu.Agent, error) {
	if id == "" {
		return kefu.Agent{}, nil
	}
	a, err := tx.Agent(id)
	if err == nil && (a.ID == "" || !a.DeactivatedAt.IsZero()) {
		f.Add(field, "is not the id of an active agent")
	}
	return a, err
}

// teamFor finds a team, or notes a fault.
func teamFor(tx *store.Tx, f *kefu.Faults, id kefu.TeamID) (kefu.Team, error) {
	if id == "" {
		return kefu.Team{}, nil
	}
	t, err := tx.Team(id)
	if kefu.KindOf(found(err, "team")) == kefu.KindNotFound {
		f.Add("team_id", "is not the id of a team")
		return kefu.Team{}, nil
	}
	return t, err
}

// labelsFor finds labels by their names, or notes a fault for each that is not there.
func labelsFor(tx *store.Tx, f *kefu.Faults, names []string) ([]kefu.LabelID, error) {
	if len(names) > mostLabels {
		f.Add("labels", "may be at most %d", mostLabels)
		return nil, nil
	}
	found, err := tx.LabelIDs(names)
	ids := make([]kefu.LabelID, 0, len(names))
	for _, n := range names {
		id, ok := found[n]
		if !ok {
			f.Add("labels", "has %q, which is not the name of a label: make it first", kefu.Excerpt(n, 100))
		} else if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// mostLabels is how many labels a conversation may have.
const mostLabels = 50
