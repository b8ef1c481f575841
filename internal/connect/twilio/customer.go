package twilio

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

const (
	// mostBack bounds the pages of messages that one look reads: a hundred messages each.
	mostBack = 30
	// firstSight is how far back a conversation is read that Kefu sees for the first time.
	firstSight = 7 * 24 * time.Hour
	// slack is by how much the clocks of Kefu and Twilio may differ.
	slack    = 10 * time.Minute
	maxTitle = 80
)

// Reception is how customers who write are received.
func (c *Connector) Reception() connector.Reception {
	return connector.Reception{Bot: c.set.bot && !c.set.desk(), Talks: true}
}

// lookCustomer reads what a customer has written. The thread is named by the conversation's SID, or by the pair that talks there.
func (c *Connector) lookCustomer(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	sid := t.ExternalID
	if p, ok := parsePair(sid); ok {
		var err error
		if sid, err = c.current(ctx, p); err != nil || sid == "" {
			return err
		}
	}
	n, err := c.api.Conversation(ctx, sid)
	if err != nil {
		return c.failure(err)
	}
	return c.lookRoom(ctx, n, t, emit)
}

// lookRoom reads a conversation with a customer and emits what is new in it. asked is the thread as the look was asked for: by the name of
// the conversation, of which no base is known, or of the pair.
func (c *Connector) lookRoom(ctx context.Context, n api.Conversation, asked connector.Thread, emit connector.Emit) error {
	if c.set.desk() || c.set.service != "" && n.ServiceSID != c.set.service {
		return nil
	}
	r, ok, err := c.roomOf(ctx, n)
	if err != nil || !ok {
		return err
	}
	t, linked, err := c.deps.Directory.Thread(ctx, r.pair.thread())
	if err != nil {
		return c.failure(err)
	}
	l := &looking{c: c, n: n, room: r, thread: t, linked: linked, base: asked.Base, written: asked.Written, emit: emit}
	return l.run(ctx)
}

// looking is one look at a conversation with a customer.
type looking struct {
	c       *Connector
	n       api.Conversation
	room    talk
	thread  connector.Thread
	linked  bool
	base    connector.Standing // what both sides had; nothing when the look was asked for by the conversation's name
	now     bool               // the conversation is the one in which the pair talks now
	written bool               // hooks told of nothing but something written
	emit    connector.Emit
}

func (l *looking) run(ctx context.Context) error {
	sid, after := placeOfCursor(l.thread.Cursor)
	if sid != l.n.SID {
		if err := l.finish(ctx, sid, after); err != nil {
			return err
		}
		after = -1
	}
	list, enough, err := l.c.few(ctx, connector.Thread{Written: l.written}, l.n.SID, after)
	if err != nil {
		return l.c.failure(err)
	}
	slices.Reverse(list)
	if !enough {
		if list, err = l.c.newer(ctx, l.n.SID, after, l.since(after)); err != nil {
			return err
		}
	}
	if err := l.settle(ctx, len(list) > 0); err != nil {
		return err
	}
	for _, m := range list {
		if err := l.message(ctx, m, m.Index > after); err != nil {
			return err
		}
	}
	return l.standing(ctx)
}

// since is from when on messages are taken: a conversation that is older than Kefu begins with what is young in it.
func (l *looking) since(after int) time.Time {
	if l.linked || after >= 0 {
		return time.Time{}
	}
	return l.c.deps.Now().Add(-firstSight)
}

// newer reads the page of the newest messages and what is before it, back to an index, and gives it oldest first: what is at or before the
// index was read before, and is looked at for edits and receipts.
func (c *Connector) newer(ctx context.Context, sid string, after int, since time.Time) ([]api.Message, error) {
	var all []api.Message
	for mark, page := "", 0; page == 0 || mark != "" && page < mostBack; page++ {
		list, next, err := c.api.Messages(ctx, sid, api.NewestFirst, mark)
		if err != nil {
			return nil, c.failure(err)
		}
		for _, m := range list {
			if !m.Created.Before(since) {
				all = append(all, m)
			}
		}
		if mark = next; len(list) > 0 && (list[len(list)-1].Index <= after || list[len(list)-1].Created.Before(since)) {
			break
		}
	}
	slices.Reverse(all)
	// A message that was written while the pages were read moves the others: it may be there twice, and the key settles that.
	return all, nil
}

// settle notes in which conversation the pair talks now: the open one. One that is closed is it only until the talk is taken up again.
func (l *looking) settle(ctx context.Context, talked bool) error {
	was, err := l.c.current(ctx, l.room.pair)
	if err != nil {
		return err
	}
	l.now = was == l.n.SID
	if l.now || l.n.State == api.Closed || was != "" && !talked {
		return nil
	}
	l.now = true
	return l.c.setCurrent(ctx, l.room.pair, l.n.SID)
}

// message emits one message, or what became of one of ours. fresh is false for one that was read before.
func (l *looking) message(ctx context.Context, m api.Message, fresh bool) error {
	if _, ours := sentMarkOf(m); ours {
		return l.delivered(ctx, m)
	}
	if !fresh {
		return l.edit(ctx, m)
	}
	if done, err := l.consent(ctx, m); done || err != nil {
		return err
	}
	in, err := l.inbound(ctx, m)
	if err != nil || in.Content.Empty() {
		return err
	}
	if err = l.send(ctx, in); err == nil {
		l.c.taken.put(m.SID, digest(in.Content.Text))
	}
	return err
}

// theirs tells whether the customer wrote a message.
func (l *looking) theirs(m api.Message) bool {
	return m.Author == l.room.pair.address() || m.ParticipantSID != "" && m.ParticipantSID == l.room.who.SID
}

func (l *looking) inbound(ctx context.Context, m api.Message) (connector.Inbound, error) {
	text, changed := kefu.CleanText(m.Body)
	in := connector.Inbound{Kind: connector.InMessage, Key: messageKey(m.SID), ThreadID: l.room.pair.thread(), ExternalID: m.SID, OccurredAt: m.Created,
		Sender: l.sender(m), Content: kefu.Content{Text: text}, Cursor: l.cursor(m)}
	if changed {
		in.Notes = append(in.Notes, "text cleaned: it held what cannot be stored")
	}
	in.Title = kefu.Excerpt(strings.Join(strings.Fields(text), " "), maxTitle)
	if in.Title == "" {
		in.Title = l.room.name()
	}
	files, notes, err := l.c.keepMedia(ctx, l.room.service, m.Media)
	in.Content.Attachments, in.Notes = files, append(in.Notes, notes...)
	if in.Content.Empty() && len(notes) > 0 {
		in.Content.Text = "📎"
	}
	return in, err
}

// sender is the customer, or somebody of the company who answers in Twilio itself.
func (l *looking) sender(m api.Message) connector.Sender {
	if l.theirs(m) {
		return l.room.sender()
	}
	return connector.Sender{Kind: kefu.AuthorAgent, Name: kefu.Excerpt(m.Author, maxName), Via: "Twilio"}
}

// cursor is the place of a message. That of a conversation which is over does not take the place of the one that came after it.
func (l *looking) cursor(m api.Message) string {
	if !l.now {
		return ""
	}
	return l.n.SID + ":" + strconv.Itoa(m.Index)
}

// edit emits what somebody has made of a message. Phones cannot edit; those of a web chat can.
func (l *looking) edit(ctx context.Context, m api.Message) error {
	if !l.linked || l.room.pair.kind != kindChat || !m.Updated.After(m.Created) {
		return nil
	}
	text, _ := kefu.CleanText(m.Body)
	return l.send(ctx, connector.Inbound{Kind: connector.InEdit, Key: "e:" + m.SID + ":" + digest(text), ThreadID: l.room.pair.thread(), ExternalID: m.SID,
		Sender: l.sender(m), Content: kefu.Content{Text: text}, OccurredAt: m.Updated})
}

func (l *looking) send(ctx context.Context, in connector.Inbound) error {
	res, err := l.emit(ctx, in)
	l.linked = l.linked || res.ConversationID != ""
	return err
}

// standing emits how the conversation stands, if that says anything: what is open in Twilio may be open, or the bot's, here.
func (l *looking) standing(ctx context.Context) error {
	s := standingOf(l.n.State)
	was := l.base.Status
	if !l.linked || !l.now || s.Status == was || s.Status == kefu.StatusOpen && (was == "" || was == kefu.StatusPending) {
		return nil
	}
	return l.send(ctx, connector.Inbound{Kind: connector.InStanding, ThreadID: l.room.pair.thread(), Standing: &s, OccurredAt: l.n.Updated,
		Sender: connector.Sender{Kind: kefu.AuthorSystem, Name: "Twilio"}})
}

func standingOf(s api.State) connector.Standing {
	out := connector.Standing{Status: kefu.StatusOpen, Only: []string{connector.HasStatus}}
	switch s {
	case api.Closed:
		out.Status = kefu.StatusClosed
	case api.Inactive:
		out.Status = kefu.StatusSnoozed
	case api.Active, api.Initializing:
	}
	return out
}

// customerStanding carries a new status to the conversation in which the pair talks now. What was closed in Twilio stays closed: the next
// message goes into a new one. What a conversation of Twilio's cannot show is not asked of it again.
func (c *Connector) customerStanding(ctx context.Context, t connector.Thread, now, base connector.Standing) (connector.Standing, error) {
	p, ok := parsePair(t.ExternalID)
	if !ok {
		return connector.Standing{}, notAThread()
	}
	has := now
	has.Only = []string{connector.HasStatus}
	sid, err := c.current(ctx, p)
	if err != nil || sid == "" {
		return has, err
	}
	n, err := c.api.Conversation(ctx, sid)
	if err != nil {
		return connector.Standing{}, c.notYet(err)
	}
	want := map[kefu.Status]api.State{kefu.StatusClosed: api.Closed, kefu.StatusSnoozed: api.Inactive}[now.Status]
	if want == "" {
		want = api.Active
	}
	switch {
	case n.State == api.Closed && reopens(now, base):
		return has, c.setCurrent(ctx, p, "")
	case n.State != want && n.State != api.Closed:
		if _, err = c.api.UpdateConversation(ctx, sid, api.ConversationUpdate{State: want}); err != nil {
			return connector.Standing{}, c.notYet(err)
		}
	}
	return has, nil
}

func notAThread() error {
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: "this is no address of a customer of Twilio"}
}
