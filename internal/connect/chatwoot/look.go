package chatwoot

import (
	"context"
	"slices"
	"strconv"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

const (
	// pageSize is how many messages Chatwoot gives of a conversation's end, and mostPages how many such pages one look reads back.
	pageSize  = 20
	mostPages = 250
	// lateness is how long after its number was given out a message may come to be seen.
	lateness = time.Minute
	// lag is how many messages of our own the cursor may lie behind.
	lag = 10
)

// Look reads the conversation and then its messages, and emits what is new.
func (c *Connector) Look(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	p, ok := parsePlace(t.ExternalID)
	if !ok {
		return nil
	}
	if read, err := c.quick(ctx, t, emit); read || err != nil {
		return err
	}
	conv, err := c.conversation(ctx, t, p)
	if err != nil || conv == nil {
		return err
	}
	if full := placeOf(conv).String(); full != t.ExternalID {
		_, err := emit(ctx, connector.Inbound{Kind: connector.InLook, ThreadID: full})
		return err
	}
	l := look{c: c, emit: emit, memory: c.known.memory(t.ExternalID), talk: talk{conv: conv, thread: t, role: roleOf(t, conv), keep: c.deps.Files.Keep}}
	switch {
	case c.user == nil:
		return l.standing(ctx)
	case t.LinkID == "":
		return l.unknown(ctx)
	}
	return l.linked(ctx)
}

// conversation reads what a thread's name says; nil when it is nobody's business here.
func (c *Connector) conversation(ctx context.Context, t connector.Thread, p place) (*api.Conversation, error) {
	age, _ := c.known.proof(t.ExternalID)
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	conv, err := c.any().Conversation(call, p.id)
	if err == nil {
		err = c.same(t, p, conv)
	} else {
		err = c.reading(t.Role, err)
	}
	if t.LinkID == "" && (connector.Failure(err).Class == connector.Gone || connector.Failure(err).Class == connector.Permanent) {
		return nil, nil //nolint:nilnil // another's conversation, or none
	}
	if err != nil {
		return nil, err
	}
	if p.made != 0 {
		c.known.prove(t.ExternalID, age)
		c.known.keep(t.ExternalID, conv)
	}
	return conv, nil
}

// look is one reading of a conversation.
type look struct {
	talk

	c      *Connector
	emit   connector.Emit
	memory *memory
	newest int64 // message that was read
	behind int   // messages after the cursor that were not emitted
}

// linked reads what came after the cursor, and what changed among the last messages.
func (l *look) linked(ctx context.Context) error {
	if err := l.settle(ctx); err != nil {
		return err
	}
	list, cursor, err := l.news(ctx)
	if err != nil {
		return err
	}
	if l.person, err = l.c.person(ctx, &l.talk); err != nil {
		return err
	}
	if err := l.opened(ctx, list, cursor); err != nil {
		return err
	}
	border := int64(0)
	if l.thread.Cursor != "" {
		border = lateBorder(list, cursor)
	}
	for i := range list {
		m := &list[i]
		if err := l.take(ctx, m, m.ID > cursor || border != 0 && m.CreatedAt.Unix() >= border); err != nil {
			return err
		}
		if m.ID > cursor {
			l.behind++
		}
		l.newest = max(l.newest, m.ID)
	}
	return l.standing(ctx)
}

// news reads what came after the cursor. Where a customer's conversation has a link and was never read, because the link was made anew or
// only hooks told of it, that is what nobody has answered yet, and the rules know whether they have it.
func (l *look) news(ctx context.Context) (list []api.Message, cursor int64, err error) {
	if cursor = digits(l.thread.Cursor); cursor != 0 || l.role == kefu.RoleDesk {
		list, err = l.c.since(ctx, l.conv.ID, l.role, cursor)
		return list, cursor, err
	}
	if list, cursor, err = l.c.unanswered(ctx, l.conv.ID, l.role); err == nil && len(list) > 0 {
		l.history = list[len(list)-1].ID
		l.behind = lag // so that there is a cursor from now on
	}
	return list, cursor, err
}

// lateBorder is when a message was made that may come to be seen only now although its number lies before the cursor; 0 is never.
func lateBorder(list []api.Message, cursor int64) int64 {
	for i := range list {
		if list[i].ID == cursor {
			return list[i].CreatedAt.Add(-lateness).Unix()
		}
	}
	return 0
}

// take emits what a message says that was not said before.
func (l *look) take(ctx context.Context, m *api.Message, fresh bool) error {
	now := printOf(m)
	before, seen := l.memory.seen[m.ID]
	if seen && before == now {
		return nil
	}
	var list []connector.Inbound
	switch {
	case m.Deleted() && tagOf(m) == "":
		list = append(list, l.removal(m))
	case !seen && fresh:
		list = l.c.written(ctx, &l.talk, m)
	case seen && textOf(before) != textOf(now):
		list = l.c.edit(ctx, &l.talk, m)
	}
	for _, in := range append(append(list, l.filled(m)...), l.c.undelivered(&l.talk, m)...) {
		res, err := l.emit(ctx, in)
		if err != nil {
			return err
		}
		if in.Cursor != "" {
			l.behind = -1
		}
		if in.AnswerTo != "" {
			l.c.known.answered(l.thread.ExternalID, in.AnswerTo)
		}
		if res.Private && !in.Note && !res.Duplicate {
			l.stayedInside(ctx, in)
		}
	}
	l.memory.note(m.ID, now)
	if len(list) > 0 && !seen {
		l.c.known.take(l.thread.ExternalID, m.ID)
	}
	return nil
}

// stayedInside tells who wrote it that a message did not go to the customer, and how it can. It is told once, and not again when it cannot
// be told now.
func (l *look) stayedInside(ctx context.Context, in connector.Inbound) {
	if l.role != kefu.RoleDesk {
		return
	}
	phrase := "note"
	if l.conv.Status == api.Resolved {
		phrase = "note_closed"
	}
	if err := l.c.noteOnce(ctx, l.thread, l.conv.ID, "inside:"+in.ExternalID, l.c.say(phrase), in.ExternalID); err != nil {
		l.c.log.WarnContext(ctx, "it cannot be told that a message stayed inside", "thread", l.thread.ExternalID, "message", in.ExternalID, "error", err)
	}
}

// opened emits what lets the desk's words through before it emits the words: that somebody took the conversation, or opened it again. What
// ends a talk comes after the words. Customers' conversations are opened by what customers write.
func (l *look) opened(ctx context.Context, list []api.Message, cursor int64) error {
	base := l.thread.Base
	words := slices.ContainsFunc(list, func(m api.Message) bool {
		return m.ID > cursor && m.Type == api.Outgoing && !m.Private && tagOf(&m) == ""
	})
	if l.role != kefu.RoleDesk || !words {
		return nil
	}
	first := standingOf(l.conv, base)
	if first.Assignee == base.Assignee && first.Status == base.Status {
		// Read once more: who took it since it was read may have written what was read after that.
		p, _ := parsePlace(l.thread.ExternalID)
		conv, err := l.c.conversation(ctx, l.thread, p)
		if err != nil || conv == nil {
			return err
		}
		first = standingOf(conv, base)
	}
	if first.Status != kefu.StatusOpen {
		first.Status, first.SnoozedUntil, first.StatusWord = base.Status, base.SnoozedUntil, base.StatusWord
	}
	if first.Assignee == "" {
		first.Assignee, first.AssigneeName = base.Assignee, base.AssigneeName
	}
	if equal(first, base) {
		return nil
	}
	res, err := l.emit(ctx, connector.Inbound{Kind: connector.InStanding, ThreadID: l.thread.ExternalID, Standing: &first,
		Sender: connector.Sender{Kind: kefu.AuthorAgent, Via: via}, OccurredAt: l.c.deps.Now()})
	if err == nil && res.Ignored != "" { // what is written after it must not be heard before it
		return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, NotTried: true, RetryAfter: 200 * time.Millisecond, Reason: res.Ignored}
	}
	if err == nil {
		l.thread.Base = first
	}
	return err
}

// standing emits how the conversation stands, unless that is what both sides had last.
func (l *look) standing(ctx context.Context) error {
	s := standingOf(l.conv, l.thread.Base)
	in := connector.Inbound{Kind: connector.InStanding, ThreadID: l.thread.ExternalID, Standing: &s, Sender: connector.Sender{Kind: kefu.AuthorAgent, Via: via},
		OccurredAt: l.c.deps.Now()}
	if l.newest > digits(l.thread.Cursor) {
		in.Cursor = strconv.FormatInt(l.newest, 10)
	}
	if l.thread.LinkID != "" && equal(s, l.thread.Base) && l.behind < lag {
		return nil
	}
	_, err := l.emit(ctx, in)
	return err
}

// since reads the messages after cursor, and the last ones whatever the cursor is, oldest first.
func (c *Connector) since(ctx context.Context, id int64, role kefu.LinkRole, cursor int64) ([]api.Message, error) {
	list, err := c.page(ctx, role, func(ctx context.Context) ([]api.Message, error) { return c.user.Messages(ctx, id, 0) })
	if err != nil || len(list) < pageSize || list[0].ID <= cursor {
		return list, err
	}
	if cursor == 0 {
		return c.back(ctx, id, role, list)
	}
	var gap []api.Message
	for range mostPages {
		page, err := c.page(ctx, role, func(ctx context.Context) ([]api.Message, error) { return c.user.MessagesAfter(ctx, id, cursor) })
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			if m.ID >= list[0].ID {
				return append(gap, list...), nil
			}
			if m.ID > cursor {
				gap, cursor = append(gap, m), m.ID
			}
		}
		if len(page) == 0 {
			break
		}
	}
	return append(gap, list...), nil
}

// unanswered reads back to the last answer that the customer had, oldest message first, and gives its number; 0 when there was none.
func (c *Connector) unanswered(ctx context.Context, id int64, role kefu.LinkRole) (list []api.Message, answer int64, err error) {
	before := int64(0)
	for range mostPages {
		page, err := c.page(ctx, role, func(ctx context.Context) ([]api.Message, error) { return c.user.Messages(ctx, id, before) })
		if err != nil {
			return nil, 0, err
		}
		if len(page) == 0 || before > 0 && page[0].ID >= before {
			break
		}
		list, before = append(page, list...), page[0].ID
		for i := range page {
			if answers(&page[i]) {
				answer = page[i].ID
			}
		}
		if answer > 0 || len(page) < pageSize {
			break
		}
	}
	return list, answer, nil
}

// answers tells whether a message went to the customer.
func answers(m *api.Message) bool { return m.Type == api.Outgoing && !m.Private && !m.Deleted() }

// back reads what comes before list.
func (c *Connector) back(ctx context.Context, id int64, role kefu.LinkRole, list []api.Message) ([]api.Message, error) {
	for range mostPages {
		before := list[0].ID
		page, err := c.page(ctx, role, func(ctx context.Context) ([]api.Message, error) { return c.user.Messages(ctx, id, before) })
		if err != nil || len(page) == 0 || page[0].ID >= before {
			return list, err
		}
		list = append(page, list...)
	}
	return list, nil
}

func (c *Connector) page(ctx context.Context, role kefu.LinkRole, read func(context.Context) ([]api.Message, error)) ([]api.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	list, err := read(ctx)
	return list, c.reading(role, err)
}
