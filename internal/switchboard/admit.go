package switchboard

import (
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/lexis"
	"kefu/internal/store"
)

// admit says whether something new of a customer is taken: blocked people are not heard, and nobody has too many open matters at once, or
// begins them too fast. refused is one of the Refused words, "" when it is taken; after is when to try again. What continues a conversation
// that is open is nothing new.
//
// The contact's row is held from here to the end of the transaction, so that of many openings of one person at once each counts the ones
// before it. It comes before the conversation is made: whoever holds both took the contact first.
func (c *change) admit(inbox kefu.InboxID, in connector.Inbound) (refused string, after time.Time, err error) {
	if !c.judges(inbox) || in.Sender.Kind != kefu.AuthorContact {
		return "", time.Time{}, nil
	}
	id, err := c.contact(inbox, in.Sender)
	if err != nil {
		return "", time.Time{}, err
	}
	who, err := c.LockContact(id)
	if err != nil {
		return "", time.Time{}, err
	}
	if !who.BlockedAt.IsZero() {
		c.say("not taken: the person is blocked", "", "", "inbox", inbox, "contact_id", id)
		return connector.RefusedBlocked, time.Time{}, nil
	}
	if link, found, err := c.Thread(inbox, in.ThreadID); err != nil || found && link.Status != kefu.StatusClosed {
		return "", time.Time{}, err
	}
	return c.within(c.b.inboxes[inbox].Reception, inbox, id)
}

// within holds a person who begins something against what the inbox's reception allows.
func (c *change) within(r connector.Reception, inbox kefu.InboxID, id kefu.ContactID) (refused string, after time.Time, err error) {
	if r.MostOpen == 0 && r.Cooldown == 0 {
		return "", time.Time{}, nil
	}
	open, last, err := c.BegunBy(id, inbox)
	if err != nil {
		return "", time.Time{}, err
	}
	if r.MostOpen > 0 && open >= r.MostOpen {
		return connector.RefusedMany, time.Time{}, nil
	}
	if next := last.Add(r.Cooldown); r.Cooldown > 0 && !last.IsZero() && next.After(c.Now) {
		return connector.RefusedSoon, next, nil
	}
	return "", time.Time{}, nil
}

// heard says whether a message in a conversation is taken: blocked people are not heard.
func (c *change) heard(conv store.Conversation) (bool, error) {
	if !c.judges(conv.InboxID) {
		return true, nil
	}
	since, err := c.Blocked(conv.ContactID)
	if err != nil || since.IsZero() {
		return err == nil, err
	}
	c.say("not taken: the person is blocked", conv.ID, conv.TicketName, "inbox", conv.InboxID, "contact_id", conv.ContactID)
	return false, nil
}

// judges tells whether an inbox takes from people or leaves them. One that is compared with the source of truth has what that has.
func (c *change) judges(inbox kefu.InboxID) bool { return c.b.inboxes[inbox].SweepEvery == 0 }

// speaks notes the language of who writes: what the source says, else what the text shows of somebody of whom nothing is known.
func (c *change) speaks(id kefu.ContactID, s connector.Sender, text string) error {
	if s.Kind != kefu.AuthorContact {
		return nil
	}
	if s.Locale.Valid() {
		return c.Speaks(id, s.Locale)
	}
	who, err := c.Contact(id)
	if err != nil || who.Locale != "" {
		return err
	}
	if l := localeOf(text); l != "" {
		return c.Speaks(id, l)
	}
	return nil
}

// localeOf is the language that a text is in; "" when it does not show that.
func localeOf(text string) kefu.Locale {
	switch lexis.ScriptOf(text) {
	case lexis.Traditional:
		return kefu.LocaleTaiwan
	case lexis.Simplified:
		return kefu.LocaleChina
	case lexis.OtherScript:
		return kefu.LocaleEnglish
	case lexis.NoScript, lexis.Han:
	}
	return ""
}
