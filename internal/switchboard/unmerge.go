package switchboard

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// unmergeWithin is how long two contacts that were made one can be parted again.
const unmergeWithin = 30 * 24 * time.Hour

// Unmerge says which contact is a person of its own after all.
type Unmerge struct {
	ContactID kefu.ContactID `json:"contact_id" minLength:"1" doc:"The contact that became part of this one."`
}

// UnmergeContact undoes a merge: the contact that became part of another one gets back its conversations, identities and members. What came
// after the merge stays, unless it came in by an identity that goes back. The answer is the contact that stands for itself again.
func (b *Switchboard) UnmergeContact(ctx context.Context, ask kefu.Ask, id kefu.ContactID, in Unmerge) (Contact, error) {
	if in.ContactID == id {
		var f kefu.Faults
		f.Add("contact_id", "must be another contact")
		return Contact{}, f.Err("the contacts cannot be parted")
	}
	return do(ctx, b, ask, func(c *change) (Contact, error) {
		lost, kept, err := c.lockBoth(ask.Caller, in.ContactID, id)
		if err == nil {
			err = ask.Match(showContact(kept))
		}
		if err != nil {
			return Contact{}, err
		}
		m, err := c.mergeToUndo(lost, kept)
		if err != nil {
			return Contact{}, err
		}
		return c.unmerge(ask.Caller, m, lost, kept)
	})
}

// mergeToUndo finds the merge of two contacts, or says why it cannot be undone.
func (c *change) mergeToUndo(lost, kept kefu.Contact) (store.ContactMerge, error) {
	if !lost.ErasedAt.IsZero() {
		return store.ContactMerge{}, kefu.Errorf(kefu.KindConflict, "the data of %s was erased: there is nothing to give back", lost.ID)
	}
	if err := standing(kept); err != nil {
		return store.ContactMerge{}, err
	}
	if lost.MergedInto != kept.ID {
		return store.ContactMerge{}, kefu.Errorf(kefu.KindConflict, "%s is not part of %s", lost.ID, kept.ID)
	}
	m, known, err := c.MergeOf(lost.ID)
	switch {
	case err != nil:
		return m, err
	case known && m.Into != kept.ID:
		return m, kefu.Errorf(kefu.KindConflict, "%s became part of %s, which became part of %s later: part those first, the last merge first",
			lost.ID, m.Into, kept.ID)
	case !known || c.Now.Sub(m.MergedAt) > unmergeWithin:
		return m, kefu.Errorf(kefu.KindConflict, "contacts can be parted for 30 days after they were merged, and these were merged before that")
	}
	return m, nil
}

func (c *change) unmerge(by kefu.Caller, m store.ContactMerge, lost, kept kefu.Contact) (Contact, error) {
	back, err := c.giveBack(m)
	if err != nil {
		return Contact{}, err
	}
	lost.MergedInto = ""
	restore(&lost, &kept, m.Moved)
	for _, k := range []kefu.Contact{kept, lost} { // in this order: the external id is given up before it is taken
		if err := c.saveContact(k); err != nil {
			return Contact{}, err
		}
	}
	if err := c.FinishUnmerge(m.ID); err != nil {
		return Contact{}, err
	}
	if err := c.RightsChanged(string(lost.ID), string(kept.ID)); err != nil {
		return Contact{}, err
	}
	for _, k := range []kefu.Contact{lost, kept} {
		if err := c.contactEvent("user.updated", k, by.Author()); err != nil {
			return Contact{}, err
		}
	}
	for _, conv := range back {
		conv.ContactID = lost.ID
		if err := c.conversationEvent("conversation.updated", conv, by.Author(), nil); err != nil {
			return Contact{}, err
		}
	}
	lost.UpdatedAt = c.Now
	return showContact(lost), c.Audit(by, "contact.unmerged", string(lost.ID), map[string]any{"from": kept.ID, "conversations": len(back)})
}

// giveBack moves conversations, identities and earlier merges to the contact that they were of, and tells which conversations those are.
func (c *change) giveBack(m store.ContactMerge) ([]store.Conversation, error) {
	returning := []store.IdentityKey{}
	for _, k := range m.Moved.Identities {
		ok, err := c.GiveIdentity(k, m.Into, m.From)
		if err != nil {
			return nil, err
		}
		if ok {
			returning = append(returning, k)
		}
	}
	back, err := c.toGiveBack(m, returning)
	if err != nil {
		return nil, err
	}
	for _, conv := range back {
		if _, err := c.LockConversation(conv.ID); err != nil {
			return nil, err
		}
	}
	for _, conv := range back {
		if err := c.GiveConversation(conv.ID, m.Into, m.From); err != nil {
			return nil, err
		}
	}
	for _, id := range m.Moved.Merged {
		if err := c.GiveMerged(id, m.Into, m.From); err != nil {
			return nil, err
		}
	}
	return back, nil
}

// toGiveBack lists the conversations that go back: those that were moved, and those that came since by an identity that goes back.
func (c *change) toGiveBack(m store.ContactMerge, returning []store.IdentityKey) ([]store.Conversation, error) {
	all, err := c.ConversationsOf(m.Into)
	if err != nil {
		return nil, err
	}
	stay, err := c.ContactIdentities(m.Into)
	if err != nil {
		return nil, err
	}
	origin := origins{returning: returning, stay: stay, threads: map[store.IdentityKey]bool{}}
	var back, later []store.Conversation
	for _, conv := range all {
		switch {
		case slices.Contains(m.Moved.Conversations, conv.ID):
			back = append(back, conv)
			threads, err := c.customerThreads(conv.ID)
			if err != nil {
				return nil, err
			}
			for _, t := range threads {
				origin.threads[t] = true
			}
		case conv.CreatedAt.After(m.MergedAt):
			later = append(later, conv)
		}
	}
	for _, conv := range later {
		threads, err := c.customerThreads(conv.ID)
		if err != nil {
			return nil, err
		}
		if origin.returns(conv.InboxID, threads) {
			back = append(back, conv)
		}
	}
	return back, nil
}

// customerThreads are the threads where the customer of a conversation writes, or wrote.
func (c *change) customerThreads(id kefu.ConversationID) ([]store.IdentityKey, error) {
	links, err := c.Links(id)
	var all []store.IdentityKey
	for _, l := range links {
		if l.ExternalID != "" && (l.Role == kefu.RoleCustomer || l.Role == kefu.RoleFormer) {
			all = append(all, store.IdentityKey{InboxID: l.InboxID, ExternalID: l.ExternalID})
		}
	}
	return all, err
}

// origins tells by which identity a conversation came.
type origins struct {
	returning []store.IdentityKey
	stay      []store.Identity
	threads   map[store.IdentityKey]bool // of the conversations that go back
}

// returns tells whether a conversation came by an identity that goes back: it is in a thread of theirs, its thread names them, or they alone
// of the two are known in its inbox. What could be of either stays.
func (o origins) returns(inbox kefu.InboxID, threads []store.IdentityKey) bool {
	for _, t := range threads {
		if o.threads[t] || slices.ContainsFunc(o.returning, func(k store.IdentityKey) bool { return names(t, k) }) {
			return true
		}
	}
	here := slices.ContainsFunc(o.returning, func(k store.IdentityKey) bool { return k.InboxID == inbox })
	return here && !slices.ContainsFunc(o.stay, func(i store.Identity) bool { return i.InboxID == inbox })
}

// names tells whether a thread is that of an identity by its name: report:<user id>:<number>.
func names(thread, identity store.IdentityKey) bool {
	return thread.InboxID == identity.InboxID && slices.Contains(strings.Split(thread.ExternalID, ":"), identity.ExternalID)
}

// moved writes down what a merge moves, before it does.
func (c *change) moved(lost, kept kefu.Contact, convs []store.Conversation) (store.Moved, error) {
	out := store.Moved{Before: membersOf(kept)}
	for _, conv := range convs {
		out.Conversations = append(out.Conversations, conv.ID)
	}
	identities, err := c.ContactIdentities(lost.ID)
	for _, i := range identities {
		out.Identities = append(out.Identities, store.IdentityKey{InboxID: i.InboxID, ExternalID: i.ExternalID})
	}
	if err != nil {
		return out, err
	}
	parts, err := c.MergedInto(lost.ID)
	for _, p := range parts {
		out.Merged = append(out.Merged, p.ID)
	}
	return out, err
}

// merged keeps what is needed to undo a merge, for as long as that can be done.
func (c *change) merged(lost, kept kefu.Contact, moved store.Moved) error {
	if err := c.PruneMerges(c.Now.Add(-unmergeWithin)); err != nil {
		return err
	}
	moved.After = membersOf(kept)
	return c.InsertMerge(store.ContactMerge{ID: ident.New("mrg"), From: lost.ID, Into: kept.ID, Moved: moved})
}

func membersOf(k kefu.Contact) store.ContactMembers {
	return store.ContactMembers{Name: k.Name, Email: k.Email, Phone: k.Phone, ExternalID: k.ExternalID, Attributes: k.Attributes, Locale: k.Locale,
		BlockedAt: k.BlockedAt}
}

// restore takes from the contact that stayed what it got by the merge and has as it got it. The other one has kept its own members but for
// the external id, which nobody shares.
func restore(lost, kept *kefu.Contact, m store.Moved) {
	if m.After.ExternalID != m.Before.ExternalID && kept.ExternalID == m.After.ExternalID && lost.ExternalID == "" {
		lost.ExternalID = m.After.ExternalID
	}
	giveUp(&kept.Name, m.Before.Name, m.After.Name)
	giveUp(&kept.Email, m.Before.Email, m.After.Email)
	giveUp(&kept.Phone, m.Before.Phone, m.After.Phone)
	giveUp(&kept.ExternalID, m.Before.ExternalID, m.After.ExternalID)
	giveUp(&kept.Locale, m.Before.Locale, m.After.Locale)
	if kept.BlockedAt.Equal(m.After.BlockedAt) {
		kept.BlockedAt = m.Before.BlockedAt
	}
	kept.Attributes = withoutTaken(kept.Attributes, m.Before.Attributes, m.After.Attributes)
}

func giveUp[T comparable](now *T, before, after T) {
	if *now == after {
		*now = before
	}
}

// withoutTaken takes from attributes what a merge has added, where it was not changed since.
func withoutTaken(now, before, after json.RawMessage) json.RawMessage {
	if string(now) == string(after) {
		return before
	}
	left, had, got := attributes(kefu.Contact{Attributes: now}), attributes(kefu.Contact{Attributes: before}), attributes(kefu.Contact{Attributes: after})
	for name, v := range got {
		if _, own := had[name]; !own && string(left[name]) == string(v) {
			delete(left, name)
		}
	}
	if len(left) == 0 {
		return nil
	}
	raw, err := json.Marshal(left)
	if err != nil {
		return now
	}
	return raw
}
