package auth

import (
	"context"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// How long a contact session may be good, in seconds.
const (
	ContactSessionFor = 24 * 60 * 60
	MinContactSession = 60
	MaxContactSession = 30 * 24 * 60 * 60
)

// ContactSession is what a contact speaks for themselves with.
type ContactSession struct {
	ID        string         `json:"id" doc:"Id of the session." example:"ses_06c0000000000000000000000g"`
	ContactID kefu.ContactID `json:"contact_id" doc:"The contact for whom alone it is good."`
	Token     string         `json:"token" doc:"Goes into Authorization: Bearer, or into the address of a WebSocket as token."`
	TokenType string         `json:"token_type" doc:"Always Bearer."`
	ExpiresIn int64          `json:"expires_in" doc:"Seconds for which it is good."`
	ExpiresAt time.Time      `json:"expires_at" doc:"When it ends."`
}

// ContactSessionAsk says what a contact session should be.
type ContactSessionAsk struct {
	ExpiresIn kefu.Opt[int64] `json:"expires_in,omitzero" doc:"Seconds for which it is good, 60 to 2592000; 86400 without it."`
}

// CreateContactSession gives a token that is good for one contact alone: for a program that knows who its visitor is.
func (a *Auth) CreateContactSession(ctx context.Context, ask kefu.Ask, id kefu.ContactID, want ContactSessionAsk) (ContactSession, error) {
	seconds := int64(ContactSessionFor)
	if want.ExpiresIn.Given && !want.ExpiresIn.Null {
		seconds = want.ExpiresIn.Value
	}
	var f kefu.Faults
	if seconds < MinContactSession || seconds > MaxContactSession {
		f.Add("expires_in", "must be %d to %d seconds", MinContactSession, MaxContactSession)
	}
	if err := f.Err("the session cannot be made"); err != nil {
		return ContactSession{}, err
	}
	return do(ctx, a, ask, func(t *tx) (ContactSession, error) {
		if err := a.mayActFor(t, ask.Caller, id); err != nil {
			return ContactSession{}, err
		}
		until := t.now.Add(time.Duration(seconds) * time.Second).UTC().Truncate(time.Second)
		s := store.Session{ID: ident.New("ses"), Kind: store.SessionContact, Subject: string(id), CreatedBy: ask.Caller.ID, Address: ask.Caller.Address, ExpiresAt: until}
		if err := t.InsertSession(s); err != nil {
			return ContactSession{}, err
		}
		token, err := a.tokens.sign(s, t.now, until)
		if err != nil {
			return ContactSession{}, err
		}
		out := ContactSession{ID: s.ID, ContactID: id, Token: token, TokenType: "Bearer", ExpiresIn: seconds, ExpiresAt: until}
		return out, t.Audit(ask.Caller, "contact_session.created", string(id), map[string]string{"session_id": s.ID})
	})
}

// EndContactSessions ends every session of a contact.
func (a *Auth) EndContactSessions(ctx context.Context, ask kefu.Ask, id kefu.ContactID) error {
	_, err := do(ctx, a, ask, func(t *tx) (struct{}, error) {
		if err := a.mayActFor(t, ask.Caller, id); err != nil {
			return struct{}{}, err
		}
		ended, err := t.RevokeSessions(store.SessionContact, string(id), "", "ended by "+ask.Caller.ID)
		if err != nil || ended == 0 {
			return struct{}{}, err
		}
		if err := t.RightsChanged(string(id)); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, t.Audit(ask.Caller, "contact_session.ended", string(id), map[string]int64{"sessions": ended})
	})
	return err
}

// mayActFor tells whether somebody may let a contact speak: the contact is there, and within what they see.
func (a *Auth) mayActFor(t *tx, by kefu.Caller, id kefu.ContactID) error {
	c, err := t.Contact(id)
	if err == nil && (c.MergedInto != "" || !c.ErasedAt.IsZero()) {
		return kefu.Errorf(kefu.KindConflict, "the contact was merged or erased")
	}
	if err != nil {
		return found(err, "contact")
	}
	sight, err := t.Sight(by)
	if err != nil {
		return err
	}
	seen, err := t.SeesContact(sight, id)
	if err == nil && !seen {
		return kefu.Errorf(kefu.KindNotFound, "no contact with this id")
	}
	return err
}

// endOthers ends the sessions of an agent but for one, in the transaction of a change that makes them worthless.
func endOthers(t *tx, id kefu.AgentID, keep, why string) error {
	n, err := t.RevokeSessions(store.SessionAgent, string(id), keep, why)
	if err != nil || n == 0 {
		return err
	}
	return t.RightsChanged(string(id))
}
