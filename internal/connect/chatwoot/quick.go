package chatwoot

import (
	"context"
	"slices"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

// quickMost is how many messages one page after the cursor has; a full page may not be the end.
const quickMost = 100

// quick reads what was written after the cursor and nothing else, where hooks told of nothing else and the conversation was looked at a
// moment ago. read is false where that does not do: then everything is read. A message whose number lies before the cursor, because
// Chatwoot finished another one first, is found by the next whole look.
func (c *Connector) quick(ctx context.Context, t connector.Thread, emit connector.Emit) (read bool, err error) {
	cursor := digits(t.Cursor)
	_, proved := c.known.proof(t.ExternalID)
	conv := c.known.kept(t.ExternalID)
	if !t.Written || c.user == nil || t.LinkID == "" || cursor == 0 || !proved || conv == nil {
		return false, nil
	}
	l := look{c: c, emit: emit, memory: c.known.memory(t.ExternalID), talk: talk{conv: conv, thread: t, role: roleOf(t, conv), keep: c.deps.Files.Keep}}
	if !l.memory.settled || l.memory.restored != 0 {
		return false, nil
	}
	list, err := c.page(ctx, l.role, func(ctx context.Context) ([]api.Message, error) { return c.user.MessagesAfter(ctx, conv.ID, cursor) })
	if err != nil || len(list) >= quickMost {
		return false, err
	}
	if slices.ContainsFunc(list, l.stranger) {
		return false, nil
	}
	if l.person, err = c.person(ctx, &l.talk); err != nil {
		return false, err
	}
	others := false
	for i := range list {
		others = others || list[i].Type != api.Activity && tagOf(&list[i]) == ""
		if err := l.take(ctx, &list[i], list[i].ID > cursor); err != nil {
			return false, err
		}
	}
	return others, nil // what the hook told of is none of ours
}

// stranger tells whether somebody answered in a desk's conversation who did not have it when all of it was read: whether they have it now
// must be known before what they say, and of several messages only the first has told how the conversation stood.
func (l *look) stranger(m api.Message) bool {
	return l.role == kefu.RoleDesk && m.Type == api.Outgoing && !m.Private && tagOf(&m) == "" && staff(&m).ID != l.thread.Base.Assignee
}
