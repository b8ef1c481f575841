package auth_test

import (
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/auth"
)

func grant(p auth.NewProgram, pairs ...string) auth.Grant {
	g := auth.Grant{Authorization: "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(p.ID)+":"+url.QueryEscape(p.Secret))),
		Form: url.Values{"grant_type": {"client_credentials"}}, Address: home}
	for i := 0; i+1 < len(pairs); i += 2 {
		g.Form.Set(pairs[i], pairs[i+1])
	}
	return g
}

func TestOAuthTokens(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		p := r.program(auth.KindOAuth, auth.ProgramChange{Scopes: kefu.Some([]string{"conversations:*", "messages:read"})})
		all, err := r.IssueToken(ctx, grant(p))
		if err != nil || all.TokenType != "Bearer" || all.ExpiresIn != 3600 || all.Scope != "conversations:* messages:read" {
			t.Fatalf("%+v, %v", all, err)
		}
		c := r.believed("token", bearing(all.AccessToken))
		if c.Kind != kefu.CallerClient || c.ID != p.ID || !strings.HasPrefix(c.Credential, "oat_") || !c.May("conversations:write") {
			t.Errorf("caller %+v", c)
		}
		part, err := r.IssueToken(ctx, grant(p, "scope", "conversations:read"))
		if err != nil {
			t.Fatal(err)
		}
		if c := r.believed("part", bearing(part.AccessToken)); c.May("conversations:write") || c.May("messages:read") || !c.May("conversations:read") {
			t.Errorf("caller %+v", c)
		}
		post := auth.Grant{Form: url.Values{"grant_type": {"client_credentials"}, "client_id": {p.ID}, "client_secret": {p.Secret}}, Address: home}
		if _, err := r.IssueToken(ctx, post); err != nil {
			t.Errorf("in the form: %v", err)
		}

		// A client that has lost a scope has lost it in its tokens, too.
		if _, err := r.UpdateProgram(ctx, admin(), auth.KindOAuth, p.ID, auth.ProgramChange{Scopes: kefu.Some([]string{"messages:read"})}); err != nil {
			t.Fatal(err)
		}
		if c, err = r.Again(ctx, c); err != nil || c.May("conversations:read") || !c.May("messages:read") {
			t.Errorf("again %+v, %v", c, err)
		}
		inURL := asked()
		inURL.Token = all.AccessToken
		r.refused("in the URL", inURL, kefu.KindUnauthorized, "do not belong into URLs")

		stranger := r.program(auth.KindOAuth, auth.ProgramChange{})
		if err := r.RevokeToken(ctx, grant(stranger, "token", all.AccessToken)); err != nil {
			t.Errorf("another's token: %v", err)
		}
		r.believed("not ended by a stranger", bearing(all.AccessToken))
		for range 2 {
			if err := r.RevokeToken(ctx, grant(p, "token", all.AccessToken, "token_type_hint", "access_token")); err != nil {
				t.Error(err)
			}
		}
		r.refused("revoked", bearing(all.AccessToken), kefu.KindUnauthorized, "revoked")
		_, err = r.Again(ctx, c)
		refuses(t, "again", err, kefu.KindUnauthorized, "revoked")
		r.believed("the other token", bearing(part.AccessToken))

		if _, err := r.RotateProgram(ctx, admin(), auth.KindOAuth, p.ID); err != nil {
			t.Fatal(err)
		}
		r.refused("of the old secret", bearing(part.AccessToken), kefu.KindUnauthorized, "revoked")
		late, err := r.IssueToken(ctx, grant(stranger))
		if err != nil {
			t.Fatal(err)
		}
		r.ahead = auth.AccessTokenFor
		r.refused("expired", bearing(late.AccessToken), kefu.KindUnauthorized, "expired")
	})
}

func TestOAuthRefusesInItsOwnWords(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		p := r.program(auth.KindOAuth, auth.ProgramChange{Addresses: kefu.Some([]string{"203.0.113.0/24"})})
		key := r.program(auth.KindKey, auth.ProgramChange{})
		gone := r.program(auth.KindOAuth, auth.ProgramChange{})
		if err := r.RevokeProgram(t.Context(), admin(), auth.KindOAuth, gone.ID); err != nil {
			t.Fatal(err)
		}
		with := func(g auth.Grant, edit func(*auth.Grant)) auth.Grant {
			edit(&g)
			return g
		}
		wrong := p
		wrong.Secret = gone.Secret
		nobody := p
		nobody.ID = "cli_00000000000000000000000000"
		for name, tt := range map[string]struct {
			g    auth.Grant
			code string
			kind kefu.ErrKind
		}{
			"wrong secret":   {grant(wrong), "invalid_client", kefu.KindUnauthorized},
			"unknown client": {grant(nobody), "invalid_client", kefu.KindUnauthorized},
			"revoked client": {grant(gone), "invalid_client", kefu.KindUnauthorized},
			"an API key":     {grant(key), "invalid_client", kefu.KindUnauthorized},
			"no credentials": {with(grant(p), func(g *auth.Grant) { g.Authorization = "" }), "invalid_client", kefu.KindUnauthorized},
			"bearer":         {with(grant(p), func(g *auth.Grant) { g.Authorization = "Bearer x" }), "invalid_client", kefu.KindUnauthorized},
			"bad base64":     {with(grant(p), func(g *auth.Grant) { g.Authorization = "Basic %%%" }), "invalid_client", kefu.KindUnauthorized},
			"bad escape":     {with(grant(p), func(g *auth.Grant) { g.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte("%zz:x")) }), "invalid_client", kefu.KindUnauthorized},
			"not text": {with(grant(p), func(g *auth.Grant) {
				g.Authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte("\xff\x00:x"))
			}), "invalid_client", kefu.KindUnauthorized},
			"endless":         {with(grant(p), func(g *auth.Grant) { g.Authorization = "Basic " + strings.Repeat("A", 8000) }), "invalid_client", kefu.KindUnauthorized},
			"from elsewhere":  {with(grant(p), func(g *auth.Grant) { g.Address = away }), "invalid_client", kefu.KindUnauthorized},
			"secret twice":    {grant(p, "client_secret", p.Secret), "invalid_request", kefu.KindMalformed},
			"two ids":         {grant(p, "client_id", gone.ID), "invalid_request", kefu.KindMalformed},
			"no grant":        {grant(p, "grant_type", ""), "invalid_request", kefu.KindMalformed},
			"grant twice":     {with(grant(p), func(g *auth.Grant) { g.Form.Add("grant_type", "client_credentials") }), "invalid_request", kefu.KindMalformed},
			"another grant":   {grant(p, "grant_type", "password"), "unsupported_grant_type", kefu.KindMalformed},
			"no such scope":   {grant(p, "scope", "everything"), "invalid_scope", kefu.KindMalformed},
			"too much scope":  {grant(p, "scope", "messages:write audit:read"), "invalid_scope", kefu.KindMalformed},
			"star as a scope": {grant(p, "scope", "*:*"), "invalid_scope", kefu.KindMalformed},
		} {
			out, err := r.IssueToken(t.Context(), tt.g)
			own := new(auth.OAuthError)
			if !errors.As(err, &own) || own.Code != tt.code || kefu.KindOf(err) != tt.kind || out.AccessToken != "" {
				t.Errorf("%s: %+v, %v (%s), want %s", name, out, err, kefu.KindOf(err), tt.code)
			}
		}
		own := new(auth.OAuthError)
		if err := r.RevokeToken(t.Context(), grant(p)); !errors.As(err, &own) || own.Code != "invalid_request" {
			t.Errorf("revoke without a token: %v", err)
		}
		if err := r.RevokeToken(t.Context(), grant(wrong, "token", "x")); !errors.As(err, &own) || own.Code != "invalid_client" {
			t.Errorf("revoke by nobody: %v", err)
		}
		if err := r.RevokeToken(t.Context(), grant(p, "token", "unknown")); err != nil {
			t.Errorf("revoke of an unknown token: %v", err)
		}
	})
}

func TestTheMetadataNamesEveryEndpoint(t *testing.T) {
	m := newRigOnSQLite(t).Metadata()
	if m.Issuer != issuer || m.TokenEndpoint != issuer+"/oauth/token" || m.RevocationEndpoint != issuer+"/oauth/revoke" ||
		!slices.Contains(m.Scopes, "contacts:session") || !slices.IsSorted(m.Scopes) {
		t.Errorf("%+v", m)
	}
}
