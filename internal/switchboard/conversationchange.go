package switchboard

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// UpdateConversation changes the members that are present.
func (b *Switchboard) UpdateConversation(ctx context.Context, ask kefu.Ask, id kefu.ConversationID, ch ConversationChange) (Conversation, error) {
	if err := forStaff(ask.Caller); err != nil {
		return Conversation{}, err
	}
	return do(ctx, b, ask, func(c *change) (Conversation, error) {
		conv, now, err := c.takeShown(ask, id)
		if err != nil {
			return Conversation{}, err
		}
		a := amendment{c: c, by: ask.Caller.Author(), conv: conv, next: conv}
		if err := a.plan(ch); err != nil {
			return Conversation{}, err
		}
		if len(a.changed) == 0 {
			return now, nil
		}
		if err := a.carryOut(); err != nil {
			return Conversation{}, err
		}
		if err := c.Audit(ask.Caller, "conversation.updated", string(id), map[string][]string{"changed": a.changed}); err != nil {
			return Conversation{}, err
		}
		return b.shown(c.Tx, ask.Caller, id)
	})
}

// takeShown holds a conversation that the caller may see, with its labels, and how it is shown; it refuses a lost race.
func (c *change) takeShown(ask kefu.Ask, id kefu.ConversationID) (store.Conversation, Conversation, error) {
	conv, err := c.takeSeen(ask.Caller, id)
	if err != nil {
		return conv, Conversation{}, err
	}
	now, err := c.b.shown(c.Tx, ask.Caller, id)
	if err != nil {
		return conv, now, err
	}
	if err := c.labels(&conv); err != nil {
		return conv, now, err
	}
	return conv, now, ask.Match(now)
}

// amendment is a change of a conversation by its members: first planned with every fault named, then carried out.
type amendment struct {
	c          *change
	by         kefu.Author
	conv, next store.Conversation
	labels     []kefu.LabelID
	assignee   string
	changed    []string // members
	// closedFrom is the link from whose side it is closed; the zero link is Kefu itself.
	closedFrom store.Link
	// ticket changes what only the ticket has; nil changes nothing.
	ticket func(*kefu.Ticket)
}

func (a *amendment) plan(ch ConversationChange) error {
	var f kefu.Faults
	if ch.Subject.Given {
		a.next.Subject = strings.TrimSpace(ch.Subject.Value)
		if n := utf8.RuneCountInString(a.next.Subject); n < 1 || n > maxSubject {
			f.Add("subject", "is needed, with at most %d characters", maxSubject)
		}
	}
	if ch.Priority.Given {
		a.next.Priority = cmp.Or(ch.Priority.Value, kefu.PriorityMedium)
		if !validPriority(a.next.Priority) {
			f.Add("priority", priorityWords)
		}
	}
	if err := a.planPeople(ch, &f); err != nil {
		return err
	}
	a.planStatus(ch, &f)
	a.compare(ch)
	return f.Err("the conversation cannot be changed so")
}

func (a *amendment) planPeople(ch ConversationChange, f *kefu.Faults) error {
	if ch.AssigneeID.Given {
		to, err := agentFor(a.c.Tx, f, ch.AssigneeID.Value, "assignee_id")
		if err != nil {
			return err
		}
		a.next.AssigneeID, a.assignee = ch.AssigneeID.Value, to.Name
	}
	if ch.TeamID.Given {
		if _, err := teamFor(a.c.Tx, f, ch.TeamID.Value); err != nil {
			return err
		}
		a.next.TeamID = ch.TeamID.Value
	}
	if ch.Labels.Given {
		ids, err := labelsFor(a.c.Tx, f, ch.Labels.Value)
		if err != nil {
			return err
		}
		a.labels, a.next.Labels = ids, slices.Compact(slices.Sorted(slices.Values(ch.Labels.Value)))
		if a.next.Labels == nil {
			a.next.Labels = []string{}
		}
	}
	if a.next.AssigneeID == a.conv.AssigneeID {
		return nil
	}
	a.next.Handler, a.next.OwnerLinkID = kefu.HandlerAgent, ownerConsole
	if a.next.AssigneeID == "" {
		a.next.Handler, a.next.OwnerLinkID = kefu.HandlerQueue, ""
	}
	if a.next.Status == kefu.StatusPending {
		a.next.Status = kefu.StatusOpen
	}
	return nil
}

func (a *amendment) planStatus(ch ConversationChange, f *kefu.Faults) {
	if ch.Status.Given {
		a.next.Status = ch.Status.Value
		if !ch.Status.Value.Valid() {
			f.Add("status", statusWords)
		}
	}
	if ch.SnoozedUntil.Given {
		until := ch.SnoozedUntil.Value.UTC().Truncate(time.Microsecond)
		switch {
		case ch.SnoozedUntil.Null:
			a.next.SnoozedUntil = time.Time{}
		case !until.After(a.c.Now):
			f.Add("snoozed_until", "must be later than now")
		case ch.Status.Given && ch.Status.Value != kefu.StatusSnoozed:
			f.Add("snoozed_until", "goes with the status snoozed only")
		case !ch.Status.Given && a.conv.Status == kefu.StatusClosed:
			f.Add("snoozed_until", "cannot be set while it is closed")
		default:
			a.next.Status, a.next.SnoozedUntil = kefu.StatusSnoozed, until
		}
	}
	if a.next.Status != kefu.StatusSnoozed {
		a.next.SnoozedUntil = time.Time{}
	}
}

// compare notes which members change.
func (a *amendment) compare(_ ConversationChange) {
	for name, changed := range map[string]bool{
		"status": a.next.Status != a.conv.Status, "assignee_id": a.next.AssigneeID != a.conv.AssigneeID, "team_id": a.next.TeamID != a.conv.TeamID,
		"labels": !slices.Equal(a.next.Labels, a.conv.Labels), "priority": a.next.Priority != a.conv.Priority, "subject": a.next.Subject != a.conv.Subject,
		"snoozed_until": !a.next.SnoozedUntil.Equal(a.conv.SnoozedUntil),
	} {
		if changed {
			a.changed = append(a.changed, name)
		}
	}
	slices.Sort(a.changed)
}

func (a *amendment) carryOut() error {
	c, ends := a.c, a.next.Status == kefu.StatusClosed && a.conv.Status != kefu.StatusClosed
	if a.conv.Status == kefu.StatusClosed && a.next.Status != kefu.StatusClosed {
		if err := c.reopen(a.conv, a.by); err != nil {
			return err
		}
		if err := a.reread(); err != nil {
			return err
		}
	}
	if a.next.Handler != kefu.HandlerBot {
		if _, err := c.leaveBot(&a.conv, a.by, whyTaken); err != nil {
			return err
		}
	}
	row := a.next
	if ends {
		row.Status = a.conv.Status
	}
	if err := c.UpdateConversation(row); err != nil {
		return err
	}
	if err := a.others(); err != nil {
		return err
	}
	told := 0
	if slices.Contains(a.changed, "assignee_id") {
		told++
		word := connector.StatusChange{Kind: connector.StatusAssigned, By: a.by, To: a.assignee, At: c.Now}
		if a.next.AssigneeID == "" {
			word.Kind, word.To = handed, string(kefu.HandlerQueue)
			if err := c.queued(row, a.conv.AssigneeID, a.by, word); err != nil {
				return err
			}
		} else if err := c.assigned(row, a.conv.AssigneeID, a.by, word); err != nil {
			return err
		}
	}
	if ends {
		told++
	}
	if len(a.changed) > told {
		if err := c.conversationEvent("conversation.updated", row, a.by, nil); err != nil {
			return err
		}
	}
	if !ends {
		return nil
	}
	if a.closedFrom.ID != "" {
		return c.close(a.next, a.closedFrom, closing{by: a.by, id: newMessageID(), fromCustomer: a.closedFrom.Role == kefu.RoleCustomer})
	}
	return c.closeHere(a.next, a.by, "")
}

// reread takes in what opening a conversation has changed of it: who had it may be gone.
func (a *amendment) reread() error {
	now, err := a.c.Conversation(a.conv.ID)
	if err != nil {
		return err
	}
	now.Labels = a.conv.Labels
	if a.next.AssigneeID == a.conv.AssigneeID {
		a.next.AssigneeID, a.next.Handler, a.next.OwnerLinkID = now.AssigneeID, now.Handler, now.OwnerLinkID
	}
	a.next.ClosedAt, a.next.ClosedBy, a.conv = time.Time{}, "", now
	return nil
}

// others stores what stands in other tables.
func (a *amendment) others() error {
	if slices.Contains(a.changed, "labels") {
		if err := a.c.SetLabels(a.conv, a.labels); err != nil {
			return err
		}
	}
	if a.next.Subject == a.conv.Subject && a.next.Priority == a.conv.Priority && a.next.TeamID == a.conv.TeamID && a.ticket == nil {
		return nil
	}
	t, err := a.c.TicketOf(a.conv.ID)
	if err != nil {
		return err
	}
	next := t
	next.Title, next.Priority, next.TeamID = a.next.Subject, a.next.Priority, a.next.TeamID
	if a.ticket != nil {
		a.ticket(&next)
	}
	changed, err := a.c.keepTicket(t, next, a.by)
	if err != nil || !changed || slices.Contains(a.changed, "assignee_id") {
		return err // who has it is told with it
	}
	return a.c.ticketEvent("ticket.updated", next, a.by)
}

// closeHere closes a conversation from Kefu itself: every other side is told.
func (c *change) closeHere(conv store.Conversation, by kefu.Author, reason string) error {
	return c.close(conv, console(conv), closing{by: by, reason: reason, id: newMessageID()})
}

// EndConversation closes a conversation. Idempotent.
func (b *Switchboard) EndConversation(ctx context.Context, ask kefu.Ask, id kefu.ConversationID) (Conversation, error) {
	return do(ctx, b, ask, func(c *change) (Conversation, error) {
		conv, now, err := c.takeShown(ask, id)
		if err != nil || conv.Status == kefu.StatusClosed {
			return now, err
		}
		if err := c.closeHere(conv, ask.Caller.Author(), ""); err != nil {
			return Conversation{}, err
		}
		if err := c.Audit(ask.Caller, "conversation.closed", string(id), nil); err != nil {
			return Conversation{}, err
		}
		return b.shown(c.Tx, ask.Caller, id)
	})
}
