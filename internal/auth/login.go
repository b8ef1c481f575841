package auth

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// How long tokens of a login are good.
const (
	AccessFor  = 15 * time.Minute
	RefreshFor = 30 * 24 * time.Hour
	// RepeatWithin is how long after its use a refresh token may be shown again by whoever lost the answer. The answer that was lost is
	// worthless from then on; shown later, a used token ends the whole session.
	RepeatWithin = 10 * time.Second
)

// Tokens is what a login gives.
type Tokens struct {
	AccessToken      string    `json:"access_token" doc:"Goes into Authorization: Bearer."`
	TokenType        string    `json:"token_type" doc:"Always Bearer."`
	ExpiresIn        int64     `json:"expires_in" doc:"Seconds for which the access token is good."`
	RefreshToken     string    `json:"refresh_token" doc:"Is exchanged for the next tokens, once."`
	RefreshExpiresAt time.Time `json:"refresh_expires_at" doc:"When the refresh token ends."`
	SessionID        string    `json:"session_id" doc:"Id of the session."`
	AgentID          string    `json:"agent_id" doc:"Id of the agent who logged in."`
}

// From is where a login comes from.
type From struct {
	Address   netip.Addr
	UserAgent string
}

// errLogin is the same for everybody who is refused: it does not tell whether there is such an account.
func errLogin() error {
	return unauthorized("e-mail or password is wrong")
}

// Login begins a session for an agent. It takes as long for an unknown e-mail as for a wrong password, and is throttled for each account and
// each address; those counts are in memory.
func (a *Auth) Login(ctx context.Context, email, password string, from From) (Tokens, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if len(email) > maxEmail || !utf8.ValidString(email) || strings.ContainsRune(email, 0) {
		return Tokens{}, errLogin()
	}
	if _, err := a.limits.tries.take(ctx, network(from.Address)); err != nil {
		return Tokens{}, err
	}
	if _, err := a.limits.account.take(ctx, email); err != nil {
		return Tokens{}, err
	}
	l, err := look(ctx, a, func(t *tx) (store.Login, error) {
		l, err := t.LoginByEmail(email)
		if errors.Is(err, sqldb.ErrNoRows) {
			return store.Login{}, nil
		}
		return l, err
	})
	if err != nil {
		return Tokens{}, unreadable(err)
	}
	good, err := a.hasher.check(ctx, l.Password, password)
	if err != nil {
		return Tokens{}, unreadable(err)
	}
	if !good {
		return Tokens{}, a.failed(ctx, l, from)
	}
	return a.begin(ctx, l, from)
}

// maxEmail is how long an address can be.
const maxEmail = 254

// failed notes a refused login of a known account. The throttle bounds how many there are.
func (a *Auth) failed(ctx context.Context, l store.Login, from From) error {
	if l.ID == "" {
		a.Log.InfoContext(ctx, "login refused: no such account", "address", address(from.Address))
		return errLogin()
	}
	a.Log.WarnContext(ctx, "login refused: wrong password", "agent_id", l.ID, "address", address(from.Address))
	_, err := update(ctx, a, func(t *tx) (struct{}, error) {
		return struct{}{}, t.Audit(callerOf(l, from), "login.failed", string(l.ID), nil)
	})
	if err != nil {
		return err
	}
	return errLogin()
}

func callerOf(l store.Login, from From) kefu.Caller {
	return kefu.Caller{Kind: kefu.CallerAgent, ID: string(l.ID), Name: l.Name, Role: l.Role, Address: address(from.Address)}
}

func (a *Auth) begin(ctx context.Context, l store.Login, from From) (Tokens, error) {
	return update(ctx, a, func(t *tx) (Tokens, error) {
		// Read again where it counts: the account may have been changed while the password was checked.
		now, err := t.LoginOf(l.ID)
		if err != nil || now.Password != l.Password {
			return Tokens{}, known(err, "e-mail or password is wrong")
		}
		if !within(now.Allow, from.Address) {
			return Tokens{}, kefu.Errorf(kefu.KindForbidden, "the role %s may not be used from %s", now.Role, from.Address)
		}
		s := store.Session{ID: ident.New("ses"), Kind: store.SessionAgent, Subject: string(l.ID), Address: address(from.Address),
			UserAgent: kefu.Excerpt(from.UserAgent, 200), ExpiresAt: t.now.Add(RefreshFor)}
		if err := t.InsertSession(s); err != nil {
			return Tokens{}, err
		}
		by := callerOf(now, from)
		by.Credential = s.ID
		if err := t.Audit(by, "login.succeeded", string(l.ID), nil); err != nil {
			return Tokens{}, err
		}
		return a.issue(t, s)
	})
}

// issue gives a session its next tokens.
func (a *Auth) issue(t *tx, s store.Session) (Tokens, error) {
	until := t.now.Add(RefreshFor).UTC().Truncate(time.Microsecond)
	access, err := a.tokens.sign(s, t.now, t.now.Add(AccessFor))
	if err != nil {
		return Tokens{}, err
	}
	out := Tokens{AccessToken: access, TokenType: "Bearer", ExpiresIn: int64(AccessFor.Seconds()), RefreshToken: newSecret(prefixRefresh),
		RefreshExpiresAt: until, SessionID: s.ID, AgentID: s.Subject}
	return out, t.InsertRefreshToken(store.RefreshToken{Hash: hash(out.RefreshToken), SessionID: s.ID, ExpiresAt: until})
}

// Refresh exchanges a refresh token for the next tokens. One that was used before is somebody's copy: its session ends, whoever shows it.
// Only a repetition within RepeatWithin is believed to be the same client that lost the answer; the lost one counts as used from then on.
func (a *Auth) Refresh(ctx context.Context, token string, from From) (Tokens, error) {
	if !shaped(token, prefixRefresh) {
		return Tokens{}, unauthorized("this is no refresh token: log in again")
	}
	if _, err := a.limits.tries.take(ctx, network(from.Address)); err != nil {
		return Tokens{}, err
	}
	type outcome struct {
		tokens  Tokens
		refused string
	}
	// What ends the session must be committed, so a refusal is a result here and not an error.
	out, err := update(ctx, a, func(t *tx) (outcome, error) {
		r, err := t.RefreshToken(hash(token))
		if err != nil {
			return outcome{}, known(err, "this refresh token is not (or no longer) known: log in again")
		}
		s, err := t.LockSession(r.SessionID)
		if err != nil {
			return outcome{}, known(err, "the session has ended: log in again")
		}
		// Read again under the session's lock, where nobody else exchanges.
		if r, err = t.RefreshToken(r.Hash); err != nil {
			return outcome{}, known(err, "this refresh token is not (or no longer) known: log in again")
		}
		if !r.UsedAt.IsZero() && t.now.Sub(r.UsedAt) > RepeatWithin {
			return outcome{refused: "this refresh token was used before, so somebody has a copy of it: the session was ended, log in again"},
				a.end(t, s, "a used refresh token was shown again", kefu.Caller{Kind: kefu.CallerAgent, ID: s.Subject, Credential: s.ID, Address: address(from.Address)})
		}
		if over(r.ExpiresAt, t.now) {
			return outcome{}, unauthorized("the refresh token has expired: log in again")
		}
		if _, err := a.session(t, store.SessionAgent, s.ID, from.Address); err != nil {
			return outcome{}, err
		}
		tokens, err := a.exchange(t, s, r)
		return outcome{tokens: tokens}, err
	})
	if err == nil && out.refused != "" {
		a.Log.WarnContext(ctx, "a used refresh token was shown again: its session was ended", "address", address(from.Address))
		return Tokens{}, unauthorized("%s", out.refused)
	}
	return out.tokens, err
}

func (a *Auth) exchange(t *tx, s store.Session, r store.RefreshToken) (Tokens, error) {
	if _, err := t.UseRefreshToken(r.Hash, t.now); err != nil {
		return Tokens{}, err
	}
	if err := t.SupersedeRefreshTokens(s.ID); err != nil {
		return Tokens{}, err
	}
	if err := t.ExtendSession(s.ID, t.now.Add(RefreshFor)); err != nil {
		return Tokens{}, err
	}
	return a.issue(t, s)
}

// end revokes a session; one that had ended stays as it was.
func (a *Auth) end(t *tx, s store.Session, why string, by kefu.Caller) error {
	fresh, err := t.RevokeSession(s.ID, why)
	if err != nil || !fresh {
		return err
	}
	if err := t.RightsChanged(s.ID); err != nil {
		return err
	}
	return t.Audit(by, "session.ended", s.ID, map[string]string{"why": why})
}

// Logout ends the session of a caller, or that of a refresh token when one is given, which needs no other credential.
func (a *Auth) Logout(ctx context.Context, by kefu.Caller, refresh string) error {
	_, err := update(ctx, a, func(t *tx) (struct{}, error) {
		id := by.Credential
		if refresh != "" {
			r, err := t.RefreshToken(hash(refresh))
			if errors.Is(err, sqldb.ErrNoRows) {
				return struct{}{}, nil // it has ended
			}
			if err != nil {
				return struct{}{}, err
			}
			id = r.SessionID
		} else if by.Kind != kefu.CallerAgent {
			return struct{}{}, unauthorized("send the access token of the session that is to end, or its refresh_token")
		}
		s, err := t.LockSession(id)
		if err != nil {
			return struct{}{}, known(err, "no such session")
		}
		if by.Kind != kefu.CallerAgent {
			by = kefu.Caller{Kind: kefu.CallerAgent, ID: s.Subject, Credential: s.ID, Address: by.Address}
		}
		return struct{}{}, a.end(t, s, "logout", by)
	})
	return err
}

// ChangePassword gives the caller another password. Every other session of theirs ends.
func (a *Auth) ChangePassword(ctx context.Context, by kefu.Caller, current, password string) error {
	if by.Kind != kefu.CallerAgent {
		return kefu.Errorf(kefu.KindForbidden, "only an agent who has logged in has a password")
	}
	if _, err := a.limits.account.take(ctx, "change "+by.ID); err != nil {
		return err
	}
	l, err := look(ctx, a, func(t *tx) (store.Login, error) { return t.LoginOf(kefu.AgentID(by.ID)) })
	if err != nil {
		return unreadable(known(err, "the account was deactivated"))
	}
	good, err := a.hasher.check(ctx, l.Password, current)
	if err != nil {
		return unreadable(err)
	}
	if !good {
		var f kefu.Faults
		f.Add("current_password", "is wrong")
		return f.Err("the password was not changed")
	}
	hashed, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = update(ctx, a, func(t *tx) (struct{}, error) {
		if err := t.SetPassword(l.ID, hashed); err != nil {
			return struct{}{}, err
		}
		if err := endOthers(t, l.ID, by.Credential, "the password was changed"); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, t.Audit(by, "agent.password_changed", string(l.ID), nil)
	})
	return err
}
