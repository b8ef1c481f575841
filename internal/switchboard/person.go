package switchboard

import (
	"context"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// CreateContact makes a contact. An external id that is known is a conflict that names its contact.
func (b *Switchboard) CreateContact(ctx context.Context, ask kefu.Ask, ch ContactChange) (Contact, error) {
	return do(ctx, b, ask, func(c *change) (Contact, error) {
		k := kefu.Contact{ID: kefu.ContactID(ident.New("con")), CreatedAt: c.Now, UpdatedAt: c.Now}
		if ask.Caller.Kind == kefu.CallerContact {
			return Contact{}, kefu.Errorf(kefu.KindForbidden, "a contact cannot make another one")
		}
		if err := ch.apply(&k); err != nil {
			return Contact{}, err
		}
		if err := c.blocks(ask.Caller, &k, ch.Blocked); err != nil {
			return Contact{}, err
		}
		if k.Name == "" && k.Email == "" && k.Phone == "" && k.ExternalID == "" {
			var f kefu.Faults
			f.Add("name", "or an email, phone or external_id is needed")
			return Contact{}, f.Err("the contact cannot be kept")
		}
		fresh, err := c.AddContact(k)
		if err == nil && !fresh {
			err = c.externalTaken(k.ExternalID)
		}
		if err == nil {
			err = c.contactEvent("user.created", k, ask.Caller.Author())
		}
		if err != nil {
			return Contact{}, err
		}
		return showContact(k), c.Audit(ask.Caller, "contact.created", string(k.ID), nil)
	})
}

// UpdateContact changes the members that are present.
func (b *Switchboard) UpdateContact(ctx context.Context, ask kefu.Ask, id kefu.ContactID, ch ContactChange) (Contact, error) {
	return do(ctx, b, ask, func(c *change) (Contact, error) {
		k, err := c.lockContact(ask.Caller, id)
		if err == nil {
			err = ask.Match(showContact(k))
		}
		if err == nil {
			err = standing(k)
		}
		if err == nil && ask.Caller.Kind == kefu.CallerContact && (ch.ExternalID.Given || ch.Attributes.Given || ch.Blocked.Given) {
			err = kefu.Errorf(kefu.KindForbidden, "a contact may change the own name, email, phone and locale only")
		}
		if err == nil {
			err = ch.apply(&k)
		}
		if err == nil {
			err = c.blocks(ask.Caller, &k, ch.Blocked)
		}
		if err != nil {
			return Contact{}, err
		}
		if err := c.saveContact(k); err != nil {
			return Contact{}, err
		}
		k.UpdatedAt = c.Now
		if err := c.contactEvent("user.updated", k, ask.Caller.Author()); err != nil {
			return Contact{}, err
		}
		return showContact(k), c.Audit(ask.Caller, "contact.updated", string(k.ID), nil)
	})
}

// standing refuses changes of what is no person of its own any more.
func standing(k kefu.Contact) error {
	switch {
	case !k.ErasedAt.IsZero():
		return kefu.Errorf(kefu.KindConflict, "this contact's data was erased: there is nothing to change")
	case k.MergedInto != "":
		return kefu.Errorf(kefu.KindConflict, "this contact is part of %s: change that one", k.MergedInto)
	}
	return nil
}

func (c *change) saveContact(k kefu.Contact) error {
	fresh, err := c.SaveContact(k)
	if err == nil && !fresh {
		err = c.externalTaken(k.ExternalID)
	}
	return err
}

// externalTaken names the contact that has an external id already, so that a program can go on with it.
func (c *change) externalTaken(externalID string) error {
	other, err := c.ContactByExternal(externalID)
	if err != nil {
		return err
	}
	return &kefu.Error{Kind: kefu.KindConflict, Msg: "the contact " + string(other.ID) + " has this external_id",
		Faults: []kefu.Fault{{Field: "external_id", Msg: "belongs to " + string(other.ID)}}}
}

// lockContact reads a contact that the caller may see and holds its row.
func (c *change) lockContact(by kefu.Caller, id kefu.ContactID) (kefu.Contact, error) {
	sight, err := c.Sight(by)
	if err != nil {
		return kefu.Contact{}, err
	}
	k, err := c.LockContact(id)
	if err != nil {
		return k, found(err, "contact")
	}
	return k, seen(c.Tx, sight, k)
}

// seen is NotFound when a sight shows neither the contact nor the one that it became part of.
func seen(tx *store.Tx, sight kefu.Sight, k kefu.Contact) error {
	ok, err := tx.SeesContact(sight, k.ID)
	if err == nil && !ok && k.MergedInto != "" {
		ok, err = tx.SeesContact(sight, k.MergedInto)
	}
	if err == nil && !ok {
		err = kefu.Errorf(kefu.KindNotFound, "no contact with this id")
	}
	return err
}

// Contact reads one contact.
func (b *Switchboard) Contact(ctx context.Context, by kefu.Caller, id kefu.ContactID) (Contact, error) {
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (Contact, error) {
		k, err := tx.Contact(id)
		if err != nil {
			return Contact{}, found(err, "contact")
		}
		return showContact(k), seen(tx, sight, k)
	})
}

// ContactQuery narrows the list of contacts; zero members do not.
type ContactQuery struct {
	Q, Email, Phone, ExternalID string
	Inbox                       kefu.InboxID
	Blocked                     bool // only those that are
	CreatedSince, UpdatedSince  time.Time
}

// Contacts lists the contacts of the conversations that the caller may see, newest first; with UpdatedSince in the order of their last
// change. A search by Q looks at a bounded number of contacts for each page: a page may be empty and have a next one.
func (b *Switchboard) Contacts(ctx context.Context, by kefu.Caller, q ContactQuery, p Paging) (List[Contact], error) {
	var f kefu.Faults
	checkText(&f, "q", q.Q, 0, 200)
	if err := f.Err("contacts cannot be listed like this"); err != nil {
		return List[Contact]{}, err
	}
	page, err := store.PageOf(p, q.UpdatedSince.IsZero())
	if err != nil {
		return List[Contact]{}, err
	}
	where := func(k kefu.Contact) (time.Time, string) {
		if q.UpdatedSince.IsZero() {
			return k.CreatedAt, string(k.ID)
		}
		return k.UpdatedAt, string(k.ID)
	}
	filter := store.ContactFilter(q)
	filter.Q = strings.TrimSpace(q.Q)
	return look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[Contact], error) {
		rows, scanned, err := tx.Contacts(sight, filter, page)
		out := store.CutPage(rows, p, showContact, where)
		if scanned != nil && out.NextCursor == "" {
			at, id := where(*scanned)
			out.NextCursor = cursorAt(at, id)
		}
		return out, err
	})
}

// cursorAt is the cursor behind a row.
func cursorAt(at time.Time, id string) string {
	return place{Key: at.UnixMicro(), ID: id}.Cursor()
}
