package twilio

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// young is how long after a message its edits may carry the same time as it does: Twilio's times are whole seconds.
const young = time.Minute

// shown are the members of a standing that a desk conversation has.
func shown() []string { return []string{connector.HasStatus, connector.HasAssignee} }

// room is a desk conversation that is being read.
type room struct {
	thread connector.Thread
	about  note
	people people
	closed bool
	emit   connector.Emit
}

// lookDesk reads what staff did: what they wrote and changed since the cursor, who of them is there, and whether they have ended it. The
// conversation is read first, so that its end never overtakes what was said before it.
func (c *Connector) lookDesk(ctx context.Context, t connector.Thread, emit connector.Emit) error {
	if read, err := c.lookWritten(ctx, t, emit); read || err != nil {
		return err
	}
	n, err := c.api.Conversation(ctx, t.ExternalID)
	if err != nil {
		return c.readFailure(err)
	}
	m, _ := markOf(n)
	r := room{thread: t, about: noteOf(n, m), closed: n.State == api.Closed, emit: emit}
	if r.people, err = c.peopleOf(ctx, t.ExternalID, r.about.Identity); err != nil {
		return c.readFailure(err)
	}
	c.seats.put(t.ExternalID, r.people)
	fresh, earlier, err := c.messagesAfter(ctx, t)
	if err != nil {
		return c.readFailure(err)
	}
	for _, m := range earlier {
		if err := c.emitEdit(ctx, r, m); err != nil {
			return err
		}
	}
	cursor := ""
	for _, m := range fresh {
		if err := c.emitStaff(ctx, r, m); err != nil {
			return err
		}
		cursor = strconv.Itoa(m.Index)
	}
	present, err := c.newcomers(ctx, t, r.people)
	if err != nil {
		return err
	}
	r.people = present
	_, err = emit(ctx, r.standing(cursor, n.Updated))
	return err
}

// presentKey is followed by a conversation: who of the staff was in it while another desk had the talk.
const presentKey = "in:"

// newcomers are the agents who take a talk by being in the conversation: who had it, and who came when nobody had it. Who was there while
// another desk had it does not take it when that desk lets go of it; what they write is taken by the rules as of any desk.
func (c *Connector) newcomers(ctx context.Context, t connector.Thread, all people) (people, error) {
	if t.Base.Assignee != "" || len(all) == 0 {
		return all, nil
	}
	known, err := c.deps.State.Load(ctx, presentKey+t.ExternalID)
	if err != nil {
		return nil, c.readFailure(err)
	}
	if t.Base.AssigneeName == "" {
		return slices.DeleteFunc(slices.Clone(all), func(p person) bool { return slices.Contains(strings.Split(known, "\n"), p.identity) }), nil
	}
	return all, c.notePresent(ctx, t.ExternalID, all, known)
}

// notePresent notes who is in a conversation while nobody of them has the talk; known is what was noted before.
func (c *Connector) notePresent(ctx context.Context, conversation string, all people, known string) error {
	names := make([]string, 0, len(all))
	for _, p := range all {
		names = append(names, p.identity)
	}
	now := strings.Join(names, "\n")
	if now == known {
		return nil
	}
	if err := c.deps.State.Save(ctx, presentKey+conversation, now); err != nil {
		return c.readFailure(err)
	}
	return nil
}

// messagesAfter gives what came after the cursor, oldest first, and what of the messages before it was read besides.
func (c *Connector) messagesAfter(ctx context.Context, t connector.Thread) (fresh, earlier []api.Message, err error) {
	last := placeIn(t.Cursor)
	list, enough, err := c.few(ctx, t, t.ExternalID, last)
	if err != nil || enough {
		fresh, earlier = parted(list, last)
		return fresh, earlier, err
	}
	list = nil
	after := ""
	for range lookPages {
		var page []api.Message
		if page, after, err = c.api.Messages(ctx, t.ExternalID, api.NewestFirst, after); err != nil {
			return nil, nil, err
		}
		list = append(list, page...)
		if after == "" || len(page) > 0 && page[len(page)-1].Index <= last {
			break
		}
	}
	fresh, earlier = parted(list, last)
	return fresh, earlier, nil
}

// staff tells whether a message was written by staff: neither by us nor for the customer.
func (r room) staff(m api.Message) bool {
	_, ours := sentMarkOf(m)
	return !ours && m.Author != ourAuthor && (m.Author != r.about.Identity || m.Author == "")
}

// emitStaff takes in what somebody of the staff wrote.
func (c *Connector) emitStaff(ctx context.Context, r room, m api.Message) error {
	if !r.staff(m) {
		return nil
	}
	files, notes, err := c.keepMedia(ctx, c.service(r.about), m.Media)
	if err != nil {
		return c.readFailure(err)
	}
	text := staffText(m)
	if text == "" && len(files) == 0 && len(notes) == 0 {
		return nil
	}
	in := connector.Inbound{
		Kind: connector.InMessage, Key: messageKey(m.SID), ThreadID: r.thread.ExternalID, ExternalID: m.SID, Sender: r.people.sender(m.Author),
		Content: kefu.Content{Text: cmp.Or(text, strings.Join(notes, "\n")), Attachments: files}, Notes: notes, Cursor: strconv.Itoa(m.Index), OccurredAt: m.Created,
	}
	if _, err = r.emit(ctx, in); err == nil {
		c.taken.put(m.SID, digest(text))
	}
	return err
}

// emitEdit takes in how a message reads that came in before: the rules know whether that is anything new, and what is known to be none is
// left out.
func (c *Connector) emitEdit(ctx context.Context, r room, m api.Message) error {
	text := staffText(m)
	if text == "" || !r.staff(m) || !m.Updated.After(m.Created) && c.deps.Now().Sub(m.Created) > young {
		return nil
	}
	if said, ok := c.taken.get(m.SID); ok && said == digest(text) {
		return nil
	}
	in := connector.Inbound{
		Kind: connector.InEdit, ThreadID: r.thread.ExternalID, ExternalID: m.SID, Sender: r.people.sender(m.Author), Content: kefu.Content{Text: text}, OccurredAt: m.Updated,
	}
	_, err := r.emit(ctx, in)
	if err == nil {
		c.taken.put(m.SID, digest(text))
	}
	return err
}

func staffText(m api.Message) string {
	text, _ := kefu.CleanText(m.Body)
	return text
}

// standing is how the conversation stands: ended or not, and who of the staff is in it. Who came into a talk that somebody of another desk
// has does not take it away by that; who has left has it until somebody else comes.
func (r room) standing(cursor string, at time.Time) connector.Inbound {
	base := r.thread.Base
	s := connector.Standing{Assignee: base.Assignee, AssigneeName: base.AssigneeName, Only: shown()}
	if r.closed {
		s.Status = kefu.StatusClosed
	}
	by := connector.Sender{Kind: kefu.AuthorAgent, Name: via, Via: via}
	if who, ok := r.people.agent(base.Assignee); ok {
		by = r.people.sender(who)
		if base.Assignee != "" || base.AssigneeName == "" {
			s.Assignee, s.AssigneeName = by.ID, by.Name
		}
	}
	return connector.Inbound{Kind: connector.InStanding, ThreadID: r.thread.ExternalID, Sender: by, Standing: &s, Cursor: cursor, OccurredAt: at}
}

// SendStanding ends the conversation in Flex when it was closed here. What else changed here a conversation of Twilio's cannot show; one
// that was opened again here cannot be there, and is gone.
func (c *Connector) SendStanding(ctx context.Context, t connector.Thread, now, base connector.Standing) (connector.Standing, error) {
	if t.Role == kefu.RoleCustomer {
		return c.customerStanding(ctx, t, now, base)
	}
	n, err := c.api.Conversation(ctx, t.ExternalID)
	if err != nil {
		return base, c.readFailure(err)
	}
	has := now
	has.Only = shown()
	if has.Assignee, err = c.assigneeShown(ctx, n, now, base); err != nil {
		return base, err
	}
	switch {
	case reopens(now, base) && n.State == api.Closed:
		return base, &connector.SendError{Class: connector.Gone, Scope: connector.ScopeThread, Reason: "the conversation is closed in Twilio"}
	case now.Status != kefu.StatusClosed || n.State == api.Closed:
		return has, nil
	}
	return has, c.end(ctx, n)
}

// reopens tells whether a difference opens again what both sides had closed. Where something else changed here, a conversation that is closed
// was closed there meanwhile, and a look tells of that.
func reopens(now, base connector.Standing) bool {
	return base.Status == kefu.StatusClosed && now.Status != kefu.StatusClosed
}

// assigneeShown is who has the talk as Flex shows it after it was given to somebody here: who is there in the conversation, or nobody, when
// somebody elsewhere has it. Whoever is there then has not come to take it.
func (c *Connector) assigneeShown(ctx context.Context, n api.Conversation, now, base connector.Standing) (string, error) {
	if now.Assignee == base.Assignee {
		return base.Assignee, nil
	}
	m, _ := markOf(n)
	there, err := c.peopleOf(ctx, n.SID, m.Identity)
	if err != nil {
		return "", c.readFailure(err)
	}
	if now.Assignee == "" {
		return "", c.notePresent(ctx, n.SID, there, "")
	}
	if who, _ := there.agent(now.Assignee); agentPrefix+who == now.Assignee {
		return now.Assignee, nil
	}
	return base.Assignee, nil
}

// end ends the agent's task, and the conversation. What is ended already is no failure.
func (c *Connector) end(ctx context.Context, n api.Conversation) error {
	m, _ := markOf(n)
	if m.Channel != "" {
		_, err := c.api.UpdateInteractionChannel(ctx, m.Interaction, m.Channel, api.ChannelClosed)
		if err != nil && !refused(err) {
			return c.readFailure(err)
		}
	}
	_, err := c.api.UpdateConversation(ctx, n.SID, api.ConversationUpdate{State: api.Closed, TellHooks: true})
	if err == nil {
		return nil
	}
	if refused(err) {
		if over, asked := c.closed(ctx, n.SID); over || asked != nil {
			return asked
		}
	}
	return c.readFailure(err)
}
