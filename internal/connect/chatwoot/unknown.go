package chatwoot

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/connector"
)

const (
	restoringKey = "restoring:" // + thread: the newest message that was said before its link was made anew
	// staleAfter is how long ago the customer's last word in a conversation that is resolved may be for it to be taken up.
	staleAfter = time.Hour
)

// unknown looks at a conversation that no link has: one that Kefu made is linked anew, one of a customer who waits for an answer begins.
func (l *look) unknown(ctx context.Context) error {
	owner := linked(l.conv)
	if owner != "" && l.c.known.isOpening(owner) {
		return nil // it is being made, and linked in a moment
	}
	if owner != "" {
		list, err := l.c.since(ctx, l.conv.ID, l.role, 0)
		if err != nil {
			return err
		}
		return l.restore(ctx, owner, list)
	}
	list, _, err := l.c.unanswered(ctx, l.conv.ID, l.role)
	if err != nil {
		return err
	}
	if l.person, err = l.c.person(ctx, &l.talk); err != nil {
		return err
	}
	return l.begin(ctx, list)
}

// begin emits what the customer wrote since anybody last answered. What was said before stays in Chatwoot.
func (l *look) begin(ctx context.Context, list []api.Message) error {
	at := 0
	for i := range list {
		m := &list[i]
		if answers(m) {
			at = i + 1
		}
		l.newest = m.ID
	}
	var first []connector.Inbound
	for i := range list {
		if m := &list[i]; i >= at && m.Type == api.Incoming {
			first = append(first, l.c.written(ctx, &l.talk, m)...)
		}
		l.memory.note(list[i].ID, printOf(&list[i]))
	}
	if len(first) == 0 || l.conv.Status == api.Resolved && l.c.deps.Now().Sub(first[len(first)-1].OccurredAt) > staleAfter {
		return nil
	}
	first[0].Title = titleOf(first[0].Content.Text, l.name())
	if at > 0 {
		first[0].Notes = append(first[0].Notes, "what was said before is in Chatwoot")
	}
	for _, in := range first {
		if _, err := l.emit(ctx, in); err != nil {
			l.memory.seen = map[int64]string{}
			return err
		}
	}
	return l.standing(ctx)
}

// titleOf is the first line of what somebody wrote.
func titleOf(text, other string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return other
	}
	return kefu.Excerpt(line, maxTitle)
}

// restore says what a conversation that Kefu made belongs to, and what was said in it. How far that goes is noted before, so that a look
// that breaks off does not hand old words to customers when it is made again.
func (l *look) restore(ctx context.Context, owner kefu.ConversationID, list []api.Message) error {
	var origin connector.Restore
	noted := json.Unmarshal([]byte(l.conv.CustomAttributes.Text(attrOrigin)), &origin) == nil
	if !noted || origin.ConversationID != owner {
		return nil
	}
	newest := int64(0)
	if len(list) > 0 {
		newest = list[len(list)-1].ID
	}
	key := restoringKey + l.thread.ExternalID
	if err := l.c.deps.State.Save(ctx, key, strconv.FormatInt(newest, 10)); err != nil {
		return err
	}
	res, err := l.emit(ctx, connector.Inbound{Kind: connector.InRestore, ThreadID: l.thread.ExternalID, Restore: &origin, OccurredAt: l.conv.CreatedAt.Time})
	if err != nil {
		return err
	}
	if res.Ignored == "" {
		if err := l.retell(ctx, list, newest); err != nil {
			return err
		}
	}
	return l.c.deps.State.Save(ctx, key, "")
}

// retell emits what was said as history.
func (l *look) retell(ctx context.Context, list []api.Message, newest int64) error {
	l.history, l.newest = newest, newest
	for i := range list {
		if err := l.retellOne(ctx, &list[i]); err != nil {
			return err
		}
	}
	return l.standing(ctx)
}

// retellOne emits one message, of ours only what the customer said: it is how an empty store comes to know it.
func (l *look) retellOne(ctx context.Context, m *api.Message) error {
	in := l.c.written(ctx, &l.talk, m)
	if m.Type == api.Incoming && tagOf(m) != "" && !m.Deleted() {
		own := *m
		own.SourceID, own.ContentAttributes = "", nil
		asCustomer := l.talk
		asCustomer.role = kefu.RoleCustomer
		in = l.c.written(ctx, &asCustomer, &own)
	}
	for _, one := range in {
		one.ThreadName = ""
		if _, err := l.emit(ctx, one); err != nil {
			return err
		}
	}
	l.memory.note(m.ID, printOf(m))
	return nil
}

// settle finds out, once in a process, whether a restoration of the thread broke off.
func (l *look) settle(ctx context.Context) error {
	if l.memory.settled {
		l.history = l.memory.restored
		return nil
	}
	until, err := l.c.deps.State.Load(ctx, restoringKey+l.thread.ExternalID)
	if err != nil {
		return err
	}
	l.memory.settled, l.memory.restored = true, digits(until)
	l.history = l.memory.restored
	return nil
}
