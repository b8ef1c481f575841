package switchboard

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// StandingPayload is what the delivery of a standing carries: a difference.
type StandingPayload struct {
	From connector.Standing `json:"from"`
	To   connector.Standing `json:"to"`
}

// baseOf is what the other side of a link has when all that is queued has arrived. One of which nothing is known has what a new thread has.
func baseOf(tx *store.Tx, id kefu.LinkID) (base connector.Standing, rev int64, err error) {
	raw, rev, err := tx.Standing(id)
	switch {
	case err != nil:
	case raw == "":
		base = connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium}
	default:
		err = json.Unmarshal([]byte(raw), &base)
	}
	return base, rev, err
}

func saveBase(tx *store.Tx, id kefu.LinkID, base connector.Standing) error {
	raw, err := json.Marshal(base)
	if err != nil {
		return err
	}
	return tx.SaveStanding(id, string(raw))
}

// standingOf is how a conversation stands, as an inbox can show it.
func standingOf(tx *store.Tx, id kefu.ConversationID, inbox kefu.InboxID) (connector.Standing, error) {
	conv, err := tx.Conversation(id)
	if err != nil {
		return connector.Standing{}, err
	}
	labels, err := tx.LabelsOf(id)
	if err != nil {
		return connector.Standing{}, err
	}
	s := connector.Standing{Status: conv.Status, SnoozedUntil: conv.SnoozedUntil, Priority: conv.Priority, Labels: labels[id]}
	if conv.AssigneeID == "" {
		return s, nil
	}
	a, err := tx.Agent(conv.AssigneeID)
	if err != nil {
		return s, err
	}
	s.AssigneeName = a.Name
	s.Assignee, err = tx.KnownAs(inbox, conv.AssigneeID)
	return s, err
}

// alike tells whether two standings are the same to a thread that has both of them. Who is known there by an id may have another name.
func alike(a, b connector.Standing) bool {
	return a.Status == b.Status && a.SnoozedUntil.Equal(b.SnoozedUntil) && a.Priority == b.Priority && slices.Equal(a.Labels, b.Labels) &&
		a.Assignee == b.Assignee && (a.Assignee != "" || a.AssigneeName == b.AssigneeName)
}

// mirror queues, at the end of a change, what of the conversations that it touched the threads do not show yet. It is a difference, because
// on the other side people change other things meanwhile.
func (c *change) mirror() error {
	for _, id := range slices.Sorted(slices.Values(c.touched)) {
		links, err := c.Links(id)
		if err != nil {
			return err
		}
		for _, l := range links {
			if !c.b.inboxes[l.InboxID].Stands || l.ExternalID == "" || l.Role != kefu.RoleDesk && l.Role != kefu.RoleCustomer {
				continue
			}
			if err := c.mirrorTo(l); err != nil {
				return err
			}
		}
	}
	c.touched = nil
	return nil
}

func (c *change) mirrorTo(l store.Link) error {
	base, _, err := baseOf(c.Tx, l.ID)
	if err != nil {
		return err
	}
	now, err := standingOf(c.Tx, l.ConversationID, l.InboxID)
	if err != nil {
		return err
	}
	now.Only, now.StatusWord = base.Only, base.StatusWord
	if alike(now, base) {
		return nil
	}
	payload, err := json.Marshal(StandingPayload{From: base, To: now})
	if err != nil {
		return err
	}
	place, err := c.NextPlace(l.ConversationID, false)
	if err != nil {
		return err
	}
	c.wake[bus.Deliveries] = true
	if err := saveBase(c.Tx, l.ID, now); err != nil {
		return err
	}
	return c.Queue(kefu.Delivery{ID: kefu.DeliveryID("dlv_" + string(newMessageID()[len("msg_"):]) + "_s"), Kind: kefu.DeliverStanding,
		ConversationID: l.ConversationID, LinkID: l.ID, InboxID: l.InboxID, Line: string(l.ID), Ord: place.Ord, Payload: payload})
}

// touch notes that a conversation's standing may have changed.
func (c *change) touch(id kefu.ConversationID) {
	if c.b.stands && id != "" && !slices.Contains(c.touched, id) {
		c.touched = append(c.touched, id)
	}
}

// ThreadOpened notes what a thread that was just opened shows, and queues what has changed since it was asked for. What people have written
// there before anybody knew whose it was is read now.
func (b *Switchboard) ThreadOpened(tx *store.Tx, l store.Link, shows connector.Standing) error {
	if !b.inboxes[l.InboxID].Stands {
		return nil
	}
	c := b.inside(tx)
	if _, err := c.LockConversation(l.ConversationID); err != nil {
		return err
	}
	if err := saveBase(tx, l.ID, shows); err != nil {
		return err
	}
	if err := tx.AskLook(l.InboxID, store.Look{ThreadID: l.ExternalID, Whole: true}); err != nil {
		return err
	}
	return c.mirrorTo(l)
}

// StandingShown notes what a thread has after a difference was carried there: what it could not show is not expected of it. What people
// changed there meanwhile is read anew.
func (b *Switchboard) StandingShown(tx *store.Tx, l store.Link, asked StandingPayload, has connector.Standing) error {
	base, _, err := baseOf(tx, l.ID)
	if err != nil {
		return err
	}
	// Saved whether it changed or not: what was read before this has arrived is not taken for news.
	if err := saveBase(tx, l.ID, corrected(base, asked, has)); err != nil {
		return err
	}
	if l.ExternalID == "" {
		return nil // forgotten before the difference was carried
	}
	return tx.AskLook(l.InboxID, store.Look{ThreadID: l.ExternalID, Whole: true, AtOnce: true}) // whoever waited for this to arrive
}

// corrected is base without what was asked of the thread and is not there, and with what it was to lose and has. What was not asked of it
// was changed by others.
func corrected(base connector.Standing, asked StandingPayload, has connector.Standing) connector.Standing {
	from, to := asked.From, asked.To
	if from.Status != to.Status && has.Status != to.Status && base.Status == to.Status {
		base.Status, base.SnoozedUntil = has.Status, has.SnoozedUntil
	}
	if from.Priority != to.Priority && has.Priority != to.Priority && base.Priority == to.Priority {
		base.Priority = has.Priority
	}
	if from.Assignee != to.Assignee && has.Assignee != to.Assignee && base.Assignee == to.Assignee {
		base.Assignee = has.Assignee
	}
	base.Labels = slices.DeleteFunc(slices.Clone(base.Labels), func(l string) bool {
		return slices.Contains(to.Labels, l) && !slices.Contains(from.Labels, l) && !slices.Contains(has.Labels, l)
	})
	for _, l := range from.Labels {
		if !slices.Contains(to.Labels, l) && slices.Contains(has.Labels, l) && !slices.Contains(base.Labels, l) {
			base.Labels = append(base.Labels, l)
		}
	}
	slices.Sort(base.Labels)
	return base
}

// StandingOf is how a conversation stands, as an inbox can show it.
func (b *Switchboard) StandingOf(tx *store.Tx, id kefu.ConversationID, inbox kefu.InboxID) (connector.Standing, error) {
	return standingOf(tx, id, inbox)
}

// notNow says that a standing was not looked at, because a change of ours is on its way there; noMore that the link has another thread by now.
const (
	notNow = "a change is on its way"
	noMore = "the link has this thread no more"
)

// receiveStanding takes in how a thread stands at its source. What differs from what it was known to have was changed there.
func (c *change) receiveStanding(link store.Link, in connector.Inbound) (connector.Result, error) {
	conv, err := c.LockConversation(link.ConversationID)
	if err != nil || in.Standing == nil {
		return connector.Result{}, err
	}
	res := connector.Result{ConversationID: conv.ID, Duplicate: true}
	// Read again under the lock. A thread that was forgotten meanwhile, because it cannot be opened again, is not what the link stands like now.
	now, err := c.Link(link.ID)
	if err != nil || now.ExternalID != link.ExternalID || now.Role != link.Role {
		res.Ignored = noMore
		return res, err
	}
	base, rev, err := baseOf(c.Tx, link.ID)
	if err != nil {
		return res, err
	}
	if in.Rev != rev { // it was read before the last change
		res.Ignored = notNow
		c.wake[bus.Looks] = true
		return res, c.AskLook(link.InboxID, store.Look{ThreadID: link.ExternalID, Whole: true})
	}
	if due, err := c.StandingDue(link.ID); err != nil || due {
		res.Ignored = notNow
		return res, err // read again when that has arrived
	}
	there := *in.Standing
	if err := c.labels(&conv); err != nil {
		return res, err
	}
	next := merged(base, there)
	if alike(next, base) && next.StatusWord == base.StatusWord && slices.Equal(next.Only, base.Only) {
		return res, nil
	}
	if next.StatusWord != "" && next.StatusWord != base.StatusWord {
		c.say("the other side uses a status word that is not known; it is kept and changes nothing", conv.ID, link.TicketName, "inbox", link.InboxID, "word", next.StatusWord)
	}
	if err := saveBase(c.Tx, link.ID, next); err != nil {
		return res, err
	}
	c.touch(conv.ID)
	res.Duplicate = false
	return res, c.follows(link, conv, in, base, next)
}

// merged is base with those members of there that a thread of its kind has.
func merged(base, there connector.Standing) connector.Standing {
	has := func(member string) bool { return len(there.Only) == 0 || slices.Contains(there.Only, member) }
	out := base
	out.Only, out.StatusWord = there.Only, there.StatusWord
	if has(connector.HasStatus) && there.Status != "" {
		out.Status, out.SnoozedUntil = there.Status, there.SnoozedUntil.UTC().Truncate(time.Microsecond)
	}
	if has(connector.HasPriority) {
		out.Priority = cmp.Or(there.Priority, kefu.PriorityMedium)
	}
	if has(connector.HasLabels) {
		out.Labels = slices.Compact(slices.Sorted(slices.Values(there.Labels)))
	}
	if has(connector.HasAssignee) {
		out.Assignee, out.AssigneeName = there.Assignee, there.AssigneeName
		if there.Assignee == "" && base.Assignee == "" {
			out.AssigneeName = base.AssigneeName // nobody there, as before
		}
	}
	return out
}

// follows makes the conversation follow what people changed on the other side: from was there before, to is there now.
func (c *change) follows(link store.Link, conv store.Conversation, in connector.Inbound, from, to connector.Standing) error {
	by := kefu.Author{Kind: cmp.Or(in.Sender.Kind, kefu.AuthorAgent), Name: cmp.Or(in.Sender.Name, c.b.inboxes[link.InboxID].Name), Via: in.Sender.Via}
	if conv, err := c.followBot(link, conv, by, from, to); err != nil || conv.ID == "" {
		return err
	}
	conv, err := c.Conversation(conv.ID)
	if err != nil {
		return err
	}
	if err := c.labels(&conv); err != nil {
		return err
	}
	a := amendment{c: c, by: by, conv: conv, next: conv, closedFrom: link}
	if to.Priority != from.Priority && to.Priority != "" {
		a.next.Priority = to.Priority
	}
	if err := a.followLabels(from.Labels, to.Labels); err != nil {
		return err
	}
	if err := a.followAssignee(link, from, to); err != nil {
		return err
	}
	if to.Status != from.Status && to.Status.Valid() {
		a.next.Status, a.next.SnoozedUntil = to.Status, time.Time{}
	}
	if to.Status == kefu.StatusSnoozed && (to.Status != from.Status || !to.SnoozedUntil.Equal(from.SnoozedUntil)) {
		a.next.SnoozedUntil = to.SnoozedUntil
	}
	a.compare(ConversationChange{})
	if len(a.changed) == 0 {
		return nil
	}
	c.say("changed on the other side", conv.ID, link.TicketName, "inbox", link.InboxID, "changed", a.changed)
	return a.carryOut()
}

// followBot gives a conversation from the bot to people, or back, when the other side says so by its status.
func (c *change) followBot(link store.Link, conv store.Conversation, by kefu.Author, from, to connector.Standing) (store.Conversation, error) {
	switch {
	case to.Status == from.Status:
	case conv.Handler == kefu.HandlerBot && to.Status == kefu.StatusOpen && conv.Status != kefu.StatusClosed:
		return conv, c.handToQueue(conv, by, whyTaken)
	case to.Status == kefu.StatusPending && link.Role == kefu.RoleCustomer && c.b.inboxes[conv.InboxID].Reception.Bot && conv.Handler != kefu.HandlerBot &&
		conv.Status != kefu.StatusClosed:
		return conv, c.handOff(conv, by, kefu.Agent{}, HandoffRequest{To: kefu.HandlerBot})
	}
	return conv, nil
}

// followLabels puts on and takes off what was put on and taken off there. A label that nobody here knows is made.
func (a *amendment) followLabels(from, to []string) error {
	labels := slices.Clone(a.conv.Labels)
	for _, name := range to {
		if !slices.Contains(from, name) && !slices.Contains(labels, name) {
			if err := a.c.knowLabel(name); err != nil {
				return err
			}
			labels = append(labels, name)
		}
	}
	labels = slices.DeleteFunc(labels, func(name string) bool { return slices.Contains(from, name) && !slices.Contains(to, name) })
	slices.Sort(labels)
	if slices.Equal(labels, a.conv.Labels) {
		return nil
	}
	var f kefu.Faults
	ids, err := labelsFor(a.c.Tx, &f, labels)
	if err != nil || len(f) > 0 {
		return cmp.Or(err, f.Err("the labels of the other side cannot be kept"))
	}
	a.labels, a.next.Labels = ids, labels
	return nil
}

func (c *change) knowLabel(name string) error {
	known, err := c.LabelIDs([]string{name})
	if err != nil || known[name] != "" {
		return err
	}
	_, err = c.InsertLabel(kefu.Label{ID: kefu.LabelID(ident.New("lbl")), Name: name, CreatedAt: c.Now, UpdatedAt: c.Now})
	return err
}

// followAssignee gives the conversation to who took it there, or to the queue when they let go of it.
func (a *amendment) followAssignee(link store.Link, from, to connector.Standing) error {
	if to.Assignee == from.Assignee {
		return nil
	}
	if to.Assignee == "" {
		now, err := a.c.KnownAs(link.InboxID, a.conv.AssigneeID)
		if err == nil && now == from.Assignee {
			a.next.AssigneeID, a.next.Handler, a.next.OwnerLinkID = "", kefu.HandlerQueue, ""
		}
		return err
	}
	who, err := a.c.agent(link.InboxID, to.Assignee, to.AssigneeName)
	if err != nil {
		return err
	}
	a.next.AssigneeID, a.assignee, a.next.Handler, a.next.OwnerLinkID = kefu.AgentID(who.ID), who.Name, kefu.HandlerAgent, link.ID
	if a.next.AssigneeID == a.conv.AssigneeID && a.conv.OwnerLinkID != link.ID { // had it at another desk, and answers there from now on
		return a.c.SetHandler(a.conv.ID, kefu.HandlerAgent, a.conv.AssigneeID, link.ID)
	}
	return nil
}
