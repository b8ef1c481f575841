package switchboard

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"

	"kefu"
)

// Merge says which other contact is the same person. One of the two members is given.
type Merge struct {
	Into kefu.ContactID `json:"into,omitempty" doc:"The contact that this one becomes part of."`
	From kefu.ContactID `json:"from,omitempty" doc:"The contact that becomes part of this one."`
}

// MergeContacts makes two contacts one: conversations and identities move to the one that stays, and fill what it has not. The other one
// points to it from then on. The answer is the one that stays. UnmergeContact undoes it.
func (b *Switchboard) MergeContacts(ctx context.Context, ask kefu.Ask, id kefu.ContactID, m Merge) (Contact, error) {
	from, into := cmp.Or(m.From, id), cmp.Or(m.Into, id)
	var f kefu.Faults
	switch {
	case (m.Into == "") == (m.From == ""):
		f.Add("into", "or from is needed, and not both")
	case from == into:
		f.Add(map[bool]string{true: "into", false: "from"}[m.Into != ""], "must be another contact")
	}
	if err := f.Err("the contacts cannot be merged"); err != nil {
		return Contact{}, err
	}
	return do(ctx, b, ask, func(c *change) (Contact, error) {
		lost, kept, err := c.lockBoth(ask.Caller, from, into)
		if err == nil {
			err = cmp.Or(standing(lost), standing(kept))
		}
		if err == nil {
			err = ask.Match(showContact(map[bool]kefu.Contact{true: lost, false: kept}[id == from]))
		}
		if err != nil {
			return Contact{}, err
		}
		return c.merge(ask.Caller, lost, kept)
	})
}

// lockBoth holds two contacts in the order of their ids, so that two merges do not wait for each other.
func (c *change) lockBoth(by kefu.Caller, from, into kefu.ContactID) (lost, kept kefu.Contact, err error) {
	first, second := from, into
	if into < from {
		first, second = into, from
	}
	a, err := c.lockContact(by, first)
	if err != nil {
		return lost, kept, err
	}
	z, err := c.lockContact(by, second)
	if err != nil {
		return lost, kept, err
	}
	if first == from {
		return a, z, nil
	}
	return z, a, nil
}

func (c *change) merge(by kefu.Caller, lost, kept kefu.Contact) (Contact, error) {
	moved, err := c.ConversationsOf(lost.ID)
	if err != nil {
		return Contact{}, err
	}
	record, err := c.moved(lost, kept, moved)
	if err != nil {
		return Contact{}, err
	}
	for _, conv := range moved {
		if _, err := c.LockConversation(conv.ID); err != nil {
			return Contact{}, err
		}
	}
	if err := c.MoveContact(lost.ID, kept.ID); err != nil {
		return Contact{}, err
	}
	fill(&kept, &lost)
	lost.MergedInto = kept.ID
	if err := c.merged(lost, kept, record); err != nil {
		return Contact{}, err
	}
	for _, k := range []kefu.Contact{lost, kept} { // in this order: the external id is given up before it is taken
		if err := c.saveContact(k); err != nil {
			return Contact{}, err
		}
	}
	if err := c.RightsChanged(string(lost.ID), string(kept.ID)); err != nil {
		return Contact{}, err
	}
	for _, k := range []kefu.Contact{lost, kept} {
		if err := c.contactEvent("user.updated", k, by.Author()); err != nil {
			return Contact{}, err
		}
	}
	for _, conv := range moved {
		if conv.ContactID = kept.ID; conv.Status == kefu.StatusClosed {
			continue
		}
		if err := c.conversationEvent("conversation.updated", conv, by.Author(), nil); err != nil {
			return Contact{}, err
		}
	}
	kept.UpdatedAt = c.Now
	return showContact(kept), c.Audit(by, "contact.merged", string(lost.ID), map[string]any{"into": kept.ID, "conversations": len(moved)})
}

// fill gives the contact that stays what it has not. Who is blocked is blocked by every name.
func fill(kept, lost *kefu.Contact) {
	kept.Name, kept.Email, kept.Phone = fuller(kept.Name, lost.Name), cmp.Or(kept.Email, lost.Email), cmp.Or(kept.Phone, lost.Phone)
	kept.Locale, kept.BlockedAt = cmp.Or(kept.Locale, lost.Locale), cmp.Or(kept.BlockedAt, lost.BlockedAt)
	if kept.ExternalID == "" {
		kept.ExternalID, lost.ExternalID = lost.ExternalID, ""
	}
	kept.Attributes = joined(*kept, *lost)
}

// fuller prefers a name to the mark of a missing one.
func fuller(kept, lost string) string {
	if kept == "" || kept == "?" {
		return cmp.Or(lost, kept)
	}
	return kept
}

// joined are the attributes of both; where both have one, that of the contact that stays counts.
func joined(kept, lost kefu.Contact) json.RawMessage {
	all := attributes(lost)
	maps.Copy(all, attributes(kept))
	if len(all) == 0 {
		return nil
	}
	raw, err := json.Marshal(all)
	if err != nil || len(raw) > maxAttributes {
		return kept.Attributes
	}
	return raw
}
