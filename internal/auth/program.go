package auth

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// Program is the credential of a program as the API shows it: an API key, an OAuth2 client or a signing key.
type Program struct {
	ID         string         `json:"id" doc:"Id of the credential; the client_id of an OAuth2 client, the X-Kefu-Key of a signing key." example:"key_06c0000000000000000000000g"`
	Name       string         `json:"name" doc:"What it is for."`
	Scopes     []string       `json:"scopes" doc:"What it may do."`
	Addresses  []string       `json:"addresses" doc:"Networks from which it may be used; none is any."`
	Bound      bool           `json:"bound" doc:"Whether it sees only the inboxes and teams that it names."`
	InboxIDs   []kefu.InboxID `json:"inbox_ids" doc:"Inboxes that it is bound to."`
	TeamIDs    []kefu.TeamID  `json:"team_ids" doc:"Teams that it is bound to."`
	CreatedBy  string         `json:"created_by" doc:"Who made it."`
	ExpiresAt  *time.Time     `json:"expires_at" doc:"When it ends by itself, or null."`
	LastUsedAt *time.Time     `json:"last_used_at" doc:"When it was used last, to the minute, or null."`
	RevokedAt  *time.Time     `json:"revoked_at" doc:"When it was revoked, or null."`
	CreatedAt  time.Time      `json:"created_at" doc:"When it was made."`
	UpdatedAt  time.Time      `json:"updated_at" doc:"When it was changed last."`
}

// NewProgram is a credential that was just made, with its secret.
type NewProgram struct {
	Program

	Secret string `json:"secret" doc:"The secret itself. It is shown this once."`
}

// State is the credential without what is shown once: its tag is that of the credential as it is read.
func (n NewProgram) State() any { return n.Program }

// ProgramChange is what a credential is made of, or what of it changes: absent members stay, null clears.
type ProgramChange struct {
	Name      kefu.Opt[string]         `json:"name,omitzero" doc:"What it is for, 1 to 100 characters."`
	Scopes    kefu.Opt[[]string]       `json:"scopes,omitzero" doc:"What it may do: resource:read, resource:write; at most what the caller may."`
	Addresses kefu.Opt[[]string]       `json:"addresses,omitzero" doc:"Addresses or networks from which it may be used; none is any."`
	Bound     kefu.Opt[bool]           `json:"bound,omitzero" doc:"Whether it sees only the inboxes and teams that it names. True by itself when there are some."`
	InboxIDs  kefu.Opt[[]kefu.InboxID] `json:"inbox_ids,omitzero" doc:"Inboxes that it is bound to."`
	TeamIDs   kefu.Opt[[]kefu.TeamID]  `json:"team_ids,omitzero" doc:"Teams that it is bound to."`
	ExpiresAt kefu.Opt[time.Time]      `json:"expires_at,omitzero" doc:"When it ends by itself; null is never."`
}

// ProgramKind says by what a program shows who it is.
type ProgramKind = store.ProgramKind

// Kinds of programs.
const (
	KindKey     = store.ProgramKey     // shows its key
	KindOAuth   = store.ProgramOAuth   // gets access tokens with its secret
	KindSigning = store.ProgramSigning // signs each request
)

// maxBound is how many inboxes and teams a credential may be bound to.
const maxBound = 100

func programName(k store.ProgramKind) string {
	return map[store.ProgramKind]string{store.ProgramKey: "API key", store.ProgramOAuth: "OAuth2 client", store.ProgramSigning: "signing key"}[k]
}

func programNoun(k store.ProgramKind) string {
	return map[store.ProgramKind]string{store.ProgramKey: "api_key", store.ProgramOAuth: "oauth_client", store.ProgramSigning: "signing_key"}[k]
}

func programPrefix(k store.ProgramKind) string {
	return map[store.ProgramKind]string{store.ProgramKey: "key", store.ProgramOAuth: "cli", store.ProgramSigning: "sgn"}[k]
}

// apply changes a credential and names every fault.
func (ch ProgramChange) apply(t *tx, p *store.Program) error {
	ch.Name.Set(&p.Name)
	var f kefu.Faults
	p.Name = strings.TrimSpace(p.Name)
	if n := utf8.RuneCountInString(p.Name); n < 1 || n > 100 {
		f.Add("name", "is needed, with at most 100 characters")
	}
	if ch.Scopes.Given || p.Scopes == "" {
		p.Scopes = strings.Join(cleanScopes(ch.Scopes.Value, &f), " ")
	}
	if ch.Addresses.Given {
		p.Allow = cleanNetworks("addresses", ch.Addresses.Value, &f)
	}
	if ch.ExpiresAt.Given {
		p.ExpiresAt = ch.ExpiresAt.Value.UTC().Truncate(time.Microsecond)
		if !ch.ExpiresAt.Null && (over(p.ExpiresAt, t.now) || p.ExpiresAt.IsZero() || p.ExpiresAt.Year() > 9999) {
			f.Add("expires_at", "must be in the future")
		}
	}
	if err := ch.bind(t, p, &f); err != nil {
		return err
	}
	return f.Err("the " + programName(p.Kind) + " cannot be kept")
}

func (ch ProgramChange) bind(t *tx, p *store.Program, f *kefu.Faults) error {
	ch.InboxIDs.Set(&p.Inboxes)
	ch.TeamIDs.Set(&p.Teams)
	p.Inboxes, p.Teams = sorted(slices.Values(p.Inboxes)), sorted(slices.Values(p.Teams))
	some := len(p.Inboxes)+len(p.Teams) > 0
	if some && ch.Bound.Given && !ch.Bound.Value {
		f.Add("bound", "must be true for one that names inboxes or teams: leave them out, or clear them")
	}
	// One that lost the last of its inboxes stays bound, and sees nothing, unless somebody says otherwise.
	if p.Bound = p.Bound || some; ch.Bound.Given {
		p.Bound = ch.Bound.Value
	}
	if len(p.Inboxes)+len(p.Teams) > maxBound {
		f.Add("inbox_ids", "must be at most %d together with team_ids", maxBound)
		return nil
	}
	if ch.InboxIDs.Given {
		for _, id := range p.Inboxes {
			if there, err := t.HasInbox(id); err != nil {
				return err
			} else if !there {
				f.Add("inbox_ids", "there is no inbox %q", kefu.Excerpt(string(id), 60))
			}
		}
	}
	if ch.TeamIDs.Given {
		for _, id := range p.Teams {
			if there, err := t.HasTeam(id); err != nil {
				return err
			} else if !there {
				f.Add("team_ids", "there is no team %q", kefu.Excerpt(string(id), 60))
			}
		}
	}
	return nil
}

// mayManage refuses whoever would give, or take over, more than their own rights. What a program makes neither outlives it nor may be used
// from elsewhere: a key that leaked must not be able to make itself a better one.
func mayManage(t *tx, by kefu.Caller, p store.Program) error {
	if by.Bound || by.Kind == kefu.CallerContact {
		return kefu.Errorf(kefu.KindForbidden, "a credential that is bound to inboxes or teams cannot manage others")
	}
	var f []string
	for s := range strings.FieldsSeq(p.Scopes) {
		if !covers(by.Scopes, s) {
			f = append(f, s)
		}
	}
	if len(f) > 0 {
		return kefu.Errorf(kefu.KindForbidden, "you cannot give or manage rights that you do not have: %s", strings.Join(f, ", "))
	}
	if by.Kind != kefu.CallerClient {
		return nil
	}
	own, err := t.ProgramAlone(by.ID)
	switch {
	case err != nil:
		return known(err, "your own credential is gone")
	case !own.ExpiresAt.IsZero() && (p.ExpiresAt.IsZero() || p.ExpiresAt.After(own.ExpiresAt)):
		return kefu.Errorf(kefu.KindForbidden, "it would outlive your own credential, which ends at %s: set expires_at", own.ExpiresAt.Format(time.RFC3339))
	case !inside(p.Allow, own.Allow):
		return kefu.Errorf(kefu.KindForbidden, "it could be used from where your own credential cannot: set addresses to some of %s", own.Allow)
	}
	return nil
}

// CreateProgram makes a credential and shows its secret, this once.
func (a *Auth) CreateProgram(ctx context.Context, ask kefu.Ask, kind store.ProgramKind, ch ProgramChange) (NewProgram, error) {
	return do(ctx, a, ask, func(t *tx) (NewProgram, error) {
		p := store.Program{ID: ident.New(programPrefix(kind)), Kind: kind, CreatedBy: ask.Caller.ID, CreatedAt: t.Now, UpdatedAt: t.Now}
		if err := ch.apply(t, &p); err != nil {
			return NewProgram{}, err
		}
		if err := mayManage(t, ask.Caller, p); err != nil {
			return NewProgram{}, err
		}
		secret, err := a.renew(&p)
		if err != nil {
			return NewProgram{}, err
		}
		if err := t.InsertProgram(p); err != nil {
			return NewProgram{}, err
		}
		return NewProgram{showProgram(p), secret}, t.Audit(ask.Caller, programNoun(kind)+".created", p.ID, rightsOf(p))
	})
}

// renew gives a credential a new secret. One that signs must be read again, so it is sealed; the others are hashed.
func (a *Auth) renew(p *store.Program) (secret string, err error) {
	switch p.Kind {
	case store.ProgramSigning:
		secret = newSecret(prefixSigning)
		p.Hash = p.ID // unique, and the hash of nothing
		p.Sealed, err = a.Box.Seal(secret, sealedAs(p.ID))
	case store.ProgramOAuth:
		secret = newSecret(prefixClient)
		p.Hash = hash(secret)
	case store.ProgramKey:
		secret = newSecret(prefixKey)
		p.Hash = hash(secret)
	}
	return secret, err
}

// change runs fn on a credential that exists, is not revoked, and that the caller may manage.
func (a *Auth) change(t *tx, ask kefu.Ask, kind store.ProgramKind, id string) (store.Program, error) {
	p, err := t.LockProgram(id)
	if err == nil && p.Kind != kind {
		return p, kefu.Errorf(kefu.KindNotFound, "no %s with this id", programName(kind))
	}
	if err != nil {
		return p, found(err, programName(kind))
	}
	if err := ask.Match(showProgram(p)); err != nil {
		return p, err
	}
	return p, mayManage(t, ask.Caller, p)
}

// UpdateProgram changes the members that are present. Open lines of the credential are judged anew.
func (a *Auth) UpdateProgram(ctx context.Context, ask kefu.Ask, kind store.ProgramKind, id string, ch ProgramChange) (Program, error) {
	return do(ctx, a, ask, func(t *tx) (Program, error) {
		p, err := a.change(t, ask, kind, id)
		if err != nil {
			return Program{}, err
		}
		if !p.RevokedAt.IsZero() {
			return Program{}, kefu.Errorf(kefu.KindConflict, "the %s was revoked: make another", programName(kind))
		}
		if err := ch.apply(t, &p); err != nil {
			return Program{}, err
		}
		if err := mayManage(t, ask.Caller, p); err != nil {
			return Program{}, err
		}
		p.UpdatedAt = t.Now
		return showProgram(p), a.store(t, ask.Caller, p, "updated", rightsOf(p))
	})
}

// RotateProgram gives a credential another secret; the old one is worthless at once, and so are tokens that were got with it.
func (a *Auth) RotateProgram(ctx context.Context, ask kefu.Ask, kind store.ProgramKind, id string) (NewProgram, error) {
	return do(ctx, a, ask, func(t *tx) (NewProgram, error) {
		p, err := a.change(t, ask, kind, id)
		if err != nil {
			return NewProgram{}, err
		}
		if !p.RevokedAt.IsZero() {
			return NewProgram{}, kefu.Errorf(kefu.KindConflict, "the %s was revoked: make another", programName(kind))
		}
		secret, err := a.renew(&p)
		if err != nil {
			return NewProgram{}, err
		}
		p.UpdatedAt = t.Now
		if _, err := t.RevokeOAuthTokens(p.ID); err != nil {
			return NewProgram{}, err
		}
		return NewProgram{showProgram(p), secret}, a.store(t, ask.Caller, p, "rotated", nil)
	})
}

// RevokeProgram ends a credential for good; its line in the list stays. Again changes nothing.
func (a *Auth) RevokeProgram(ctx context.Context, ask kefu.Ask, kind store.ProgramKind, id string) error {
	_, err := do(ctx, a, ask, func(t *tx) (struct{}, error) {
		p, err := a.change(t, ask, kind, id)
		if err != nil || !p.RevokedAt.IsZero() {
			return struct{}{}, err
		}
		p.RevokedAt, p.UpdatedAt = t.Now, t.Now
		if _, err := t.RevokeOAuthTokens(p.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, a.store(t, ask.Caller, p, "revoked", nil)
	})
	return err
}

func (a *Auth) store(t *tx, by kefu.Caller, p store.Program, verb string, detail any) error {
	if err := t.UpdateProgram(p); err != nil {
		return err
	}
	if err := t.RightsChanged(p.ID); err != nil {
		return err
	}
	return t.Audit(by, programNoun(p.Kind)+"."+verb, p.ID, detail)
}

// Program reads one credential of a kind.
func (a *Auth) Program(ctx context.Context, by kefu.Caller, kind store.ProgramKind, id string) (Program, error) {
	return look(ctx, a, func(t *tx) (Program, error) {
		p, err := t.Program(id)
		if err == nil && (p.Kind != kind || by.Bound && by.ID != id) {
			return Program{}, kefu.Errorf(kefu.KindNotFound, "no %s with this id", programName(kind))
		}
		return showProgram(p), found(err, programName(kind))
	})
}

// Programs lists the credentials of a kind, oldest first, the revoked ones too.
func (a *Auth) Programs(ctx context.Context, by kefu.Caller, kind store.ProgramKind, p Paging) (List[Program], error) {
	page, err := store.PageOf(p, false)
	if err != nil {
		return List[Program]{}, err
	}
	if by.Bound {
		return List[Program]{}, kefu.Errorf(kefu.KindForbidden, "a credential that is bound to inboxes or teams cannot list others")
	}
	return look(ctx, a, func(t *tx) (List[Program], error) {
		rows, err := t.Programs(kind, page)
		return store.CutPage(rows, p, showProgram, func(r store.Program) (time.Time, string) { return r.CreatedAt, r.ID }), err
	})
}

func showProgram(p store.Program) Program {
	return Program{ID: p.ID, Name: p.Name, Scopes: strings.Fields(p.Scopes), Addresses: networks(p.Allow), Bound: p.Bound,
		InboxIDs: append([]kefu.InboxID{}, p.Inboxes...), TeamIDs: append([]kefu.TeamID{}, p.Teams...), CreatedBy: p.CreatedBy,
		ExpiresAt: orNull(p.ExpiresAt), LastUsedAt: orNull(p.LastUsedAt), RevokedAt: orNull(p.RevokedAt), CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt}
}

// rightsOf is what the audit log keeps of a credential.
func rightsOf(p store.Program) any {
	return map[string]any{"scopes": strings.Fields(p.Scopes), "addresses": networks(p.Allow), "bound": p.Bound, "inbox_ids": p.Inboxes,
		"team_ids": p.Teams, "expires_at": orNull(p.ExpiresAt)}
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// sorted is what a sequence has, in order, once each.
func sorted[T ~string](seq iter.Seq[T]) []T { return slices.Compact(slices.Sorted(seq)) }
