package chatwoot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// statuses maps Chatwoot's words to ours (contracts: vocabulary).
var statuses = map[api.Status]kefu.Status{
	api.Open: kefu.StatusOpen, api.Pending: kefu.StatusPending, api.Snoozed: kefu.StatusSnoozed, api.Resolved: kefu.StatusClosed,
}

// wordOf is the way back; "" for a word that is not known.
func wordOf(s kefu.Status) api.Status {
	for theirs, ours := range statuses {
		if ours == s {
			return theirs
		}
	}
	return ""
}

// standingOf is how a conversation stands. Labels that differ from those of base only in their case are spelled as there: Chatwoot's own are
// in small letters.
func standingOf(conv *api.Conversation, base connector.Standing) connector.Standing {
	s := connector.Standing{Status: statuses[conv.Status], Priority: priorityOf(conv.Priority), Labels: spelled(conv.Labels, base.Labels)}
	if s.Status == "" {
		s.StatusWord = kefu.Excerpt(string(conv.Status), 60)
	}
	if s.Status == kefu.StatusSnoozed {
		s.SnoozedUntil = conv.SnoozedUntil.Time
	}
	if a := conv.Meta.Assignee; a != nil && a.ID != 0 && conv.Meta.AssigneeType != api.AssigneeBot {
		s.Assignee, s.AssigneeName = agentID(a.ID), a.Name
	}
	return s
}

// priorityOf reads a priority; none, and a word that is not known, is medium.
func priorityOf(p api.Priority) kefu.Priority {
	switch p {
	case api.Low, api.High, api.Urgent:
		return kefu.Priority(p)
	case api.Medium, api.NoPriority:
	}
	return kefu.PriorityMedium
}

func spelled(labels, known []string) []string {
	out := make([]string, 0, len(labels))
	for _, l := range labels {
		if i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, l) }); i >= 0 {
			l = known[i]
		}
		out = append(out, l)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// equal tells whether a conversation stands as both sides had it last.
func equal(a, b connector.Standing) bool {
	return a.Status == b.Status && a.SnoozedUntil.Unix() == b.SnoozedUntil.Unix() && cmp.Or(a.Priority, kefu.PriorityMedium) == cmp.Or(b.Priority, kefu.PriorityMedium) &&
		slices.Equal(a.Labels, b.Labels) && a.Assignee == b.Assignee && a.StatusWord == b.StatusWord
}

// SendStanding makes the differences between base and now in the conversation, and gives what both sides have then: base with what was
// changed. What others changed there meanwhile is not among it, so that the next look finds it.
func (c *Connector) SendStanding(ctx context.Context, t connector.Thread, now, base connector.Standing) (connector.Standing, error) {
	p, err := c.verify(ctx, t)
	if err != nil {
		return base, err
	}
	s := change{c: c, client: c.any(), thread: t, id: p.id, has: base}
	s.has.Labels = slices.Clone(base.Labels)
	for _, step := range []func(context.Context, connector.Standing) error{s.labels, s.priority, s.assignee, s.status} {
		if err := s.within(ctx, step, now); err != nil {
			return base, c.writing(t.Role, err)
		}
	}
	return s.has, nil
}

// change is a difference on its way to a conversation; has is what the conversation is known to have of it.
type change struct {
	c      *Connector
	client *api.Client
	thread connector.Thread
	id     int64
	has    connector.Standing
}

func (s *change) within(ctx context.Context, step func(context.Context, connector.Standing) error, now connector.Standing) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return step(ctx, now)
}

func (s *change) status(ctx context.Context, now connector.Standing) error {
	word := wordOf(now.Status)
	until := now.SnoozedUntil
	if now.Status != kefu.StatusSnoozed {
		until = time.Time{}
	}
	if word == "" || now.Status == s.has.Status && until.Unix() == s.has.SnoozedUntil.Unix() {
		return nil
	}
	if err := s.client.SetStatus(ctx, s.id, word, until); err != nil {
		return err
	}
	s.has.Status, s.has.SnoozedUntil, s.has.StatusWord = now.Status, until, ""
	return nil
}

func (s *change) priority(ctx context.Context, now connector.Standing) error {
	if now.Priority == "" || now.Priority == cmp.Or(s.has.Priority, kefu.PriorityMedium) {
		return nil
	}
	if err := s.client.SetPriority(ctx, s.id, api.Priority(now.Priority)); err != nil {
		return err
	}
	s.has.Priority = now.Priority
	return nil
}

func (s *change) labels(ctx context.Context, now connector.Standing) error {
	shown := func(l string) bool { return l != "" && !strings.Contains(l, ",") } // a comma parts labels
	add := slices.DeleteFunc(slices.Clone(now.Labels), func(l string) bool { return slices.Contains(s.has.Labels, l) || !shown(l) })
	remove := slices.DeleteFunc(slices.Clone(s.has.Labels), func(l string) bool { return slices.Contains(now.Labels, l) || !shown(l) })
	if len(add) > 0 {
		small := make([]string, len(add)) // as the account spells them: agents see no others
		for i, l := range add {
			small[i] = strings.ToLower(l)
		}
		if _, err := s.client.AddLabels(ctx, s.id, small...); err != nil {
			return raced(err)
		}
	}
	if len(remove) > 0 {
		if _, err := s.client.RemoveLabels(ctx, s.id, remove...); err != nil {
			return raced(err)
		}
	}
	s.has.Labels = slices.DeleteFunc(append(s.has.Labels, add...), func(l string) bool { return slices.Contains(remove, l) })
	slices.Sort(s.has.Labels)
	return nil
}

// raced says of labels that somebody else writes at the same time that they are to be tried again.
func raced(err error) error {
	if !errors.Is(err, api.ErrLabelRace) {
		return err
	}
	return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, Reason: "somebody else changes the labels in Chatwoot at the same time", Err: err}
}

// assignee gives the conversation to who has it now. Whom Chatwoot does not know it cannot show: a note says who it is, once.
func (s *change) assignee(ctx context.Context, now connector.Standing) error {
	number := agentNumber(now.Assignee)
	switch {
	case now.Assignee == s.has.Assignee && (now.Assignee != "" || now.AssigneeName == s.has.AssigneeName):
		return nil
	case number != 0:
		_, err := s.client.Assign(ctx, s.id, number)
		var said *api.Error
		if errors.As(err, &said) && said.Code == api.CodeUnknownAssignee {
			s.has.Assignee, s.has.AssigneeName = "", now.AssigneeName
			return s.tell(ctx, "unknown_agent", cmp.Or(now.AssigneeName, now.Assignee))
		}
		if err != nil {
			return err
		}
	case s.has.Assignee != "":
		if err := s.client.Unassign(ctx, s.id); err != nil {
			return err
		}
	}
	s.has.Assignee, s.has.AssigneeName = now.Assignee, now.AssigneeName
	if number == 0 && now.AssigneeName != "" {
		s.has.Assignee = ""
		return s.tell(ctx, "elsewhere", now.AssigneeName)
	}
	return nil
}

// tell writes a note of who has the conversation, once for each of them; a customer's channel has no use for it.
func (s *change) tell(ctx context.Context, phrase, name string) error {
	if s.thread.Role != kefu.RoleDesk {
		return nil
	}
	return s.c.noteOnce(ctx, s.thread, s.id, phrase+":"+name, s.c.say(phrase, inline(name)), "")
}
