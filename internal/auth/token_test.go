package auth_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/secret"
)

// forge makes a token by hand, with the installation's own key where that is what the case is about.
func forge(t *testing.T, key []byte, alg func() hash.Hash, head, body map[string]any) string {
	t.Helper()
	encode := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	text := encode(head) + "." + encode(body)
	if alg == nil {
		return text + "."
	}
	mac := hmac.New(alg, key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func TestWhichSessionTokensAreBelieved(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		id := r.agent("ann", kefu.RoleSupervisor)
		tokens := r.login("ann")
		c := r.believed("access token", bearing(tokens.AccessToken))
		if c.Kind != kefu.CallerAgent || c.ID != string(id) || c.Role != kefu.RoleSupervisor || c.Credential != tokens.SessionID || c.Name != "ann" ||
			c.ExpiresAt.Sub(r.now()).Round(time.Minute) != auth.AccessFor || c.Address != home.String() {
			t.Errorf("caller %+v", c)
		}
		inURL := asked()
		inURL.Token = tokens.AccessToken
		r.believed("in the URL of a WebSocket", inURL)

		key := secret.Derive(r.key, "session tokens")
		sum := sha256.Sum256(key)
		head := map[string]any{"alg": "HS256", "typ": "JWT", "kid": hex.EncodeToString(sum[:4])}
		body := map[string]any{"iss": issuer, "sub": string(id), "aud": "kefu:agent", "exp": r.now().Add(time.Hour).Unix(), "sid": tokens.SessionID}
		but := func(m map[string]any, member string, v any) map[string]any {
			m = maps.Clone(m)
			if m[member] = v; v == nil {
				delete(m, member)
			}
			return m
		}
		sign := func(head, body map[string]any) string { return forge(t, key, sha256.New, head, body) }
		r.believed("forged with our key", bearing(sign(head, body)))

		rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: rsaKey, KeyID: head["kid"].(string)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := json.Marshal(body)
		object, err := signer.Sign(raw)
		if err != nil {
			t.Fatal(err)
		}
		rs256, _ := object.CompactSerialize()
		public := x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)
		parts := strings.Split(tokens.AccessToken, ".")
		other := sign(head, but(body, "sub", "agt_other"))

		for name, tt := range map[string]struct{ token, words string }{
			"alg none":                 {forge(t, nil, nil, but(head, "alg", "none"), body), "not one of ours"},
			"alg None":                 {forge(t, nil, nil, but(head, "alg", "None"), body), "not one of ours"},
			"alg HS512":                {forge(t, key, sha512.New, but(head, "alg", "HS512"), body), "not one of ours"},
			"alg RS256":                {rs256, "not one of ours"},
			"HS256 with a public key":  {forge(t, public, sha256.New, head, body), "signature is wrong"},
			"another key":              {forge(t, []byte(strings.Repeat("x", 32)), sha256.New, head, body), "signature is wrong"},
			"another kid":              {sign(but(head, "kid", "00000000"), body), "another key"},
			"no kid":                   {sign(but(head, "kid", nil), body), "another key"},
			"critical header":          {sign(but(head, "crit", []string{"exp"}), body), ""},
			"wrong issuer":             {sign(head, but(body, "iss", "https://evil.example")), "another issuer"},
			"no issuer":                {sign(head, but(body, "iss", nil)), "another issuer"},
			"wrong audience":           {sign(head, but(body, "aud", "shop")), "another audience"},
			"no audience":              {sign(head, but(body, "aud", nil)), "another audience"},
			"two audiences":            {sign(head, but(body, "aud", []string{"kefu:agent", "kefu:contact"})), "another audience"},
			"the other's audience":     {sign(head, but(body, "aud", "kefu:contact")), "no such session"},
			"no expiry":                {sign(head, but(body, "exp", nil)), "when it ends"},
			"expired":                  {sign(head, but(body, "exp", r.now().Add(-time.Second).Unix())), "has expired"},
			"expired long ago":         {sign(head, but(body, "exp", 1)), "has expired"},
			"another subject":          {other, "not of its session"},
			"no subject":               {sign(head, but(body, "sub", nil)), "whose it is"},
			"no session":               {sign(head, but(body, "sid", nil)), "whose it is"},
			"made-up session":          {sign(head, but(body, "sid", "ses_none")), "no such session"},
			"tampered body":            {parts[0] + "." + strings.Split(other, ".")[1] + "." + parts[2], "signature is wrong"},
			"tampered signature":       {parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])), "signature is wrong"},
			"truncated signature":      {tokens.AccessToken[:len(tokens.AccessToken)-4], "signature is wrong"},
			"no signature":             {parts[0] + "." + parts[1] + ".", ""},
			"dots":                     {"..", ""},
			"body is not JSON":         {parts[0] + "." + parts[0][:6] + "." + parts[2], ""},
			"expiry is a text":         {sign(head, but(body, "exp", "tomorrow")), ""},
			"expiry beyond all bounds": {sign(head, but(body, "exp", 1e300)), ""},
		} {
			r.refused(name, bearing(tt.token), kefu.KindUnauthorized, tt.words)
		}
		r.refused("as X-API-Key", asked("X-API-Key", tokens.AccessToken), kefu.KindUnauthorized, "no key or token of ours")

		r.ahead = auth.AccessFor + time.Second
		r.refused("after its time", bearing(tokens.AccessToken), kefu.KindUnauthorized, "has expired")
		_, err = r.Again(ctx, c)
		refuses(t, "again after its time", err, kefu.KindUnauthorized, "has expired")
	})
}

func TestAnAgentIsReadAnewForEachRequest(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		id := r.agent("ann", kefu.RoleAdmin)
		one, two := r.login("ann"), r.login("ann")
		c := r.believed("admin", bearing(one.AccessToken))
		r.save(id, func(a *kefu.Agent) { a.Role = kefu.RoleAgent })
		now, err := r.Again(ctx, c)
		if err != nil || now.Role != kefu.RoleAgent || now.May("api-keys:write") || !now.ExpiresAt.Equal(c.ExpiresAt) {
			t.Errorf("demoted: %+v, %v", now, err)
		}
		if err := r.Logout(ctx, c, ""); err != nil {
			t.Fatal(err)
		}
		r.refused("after the logout", bearing(one.AccessToken), kefu.KindUnauthorized, "was ended")
		_, err = r.Again(ctx, c)
		refuses(t, "again after the logout", err, kefu.KindUnauthorized, "was ended")
		r.believed("the other session", bearing(two.AccessToken))
		r.save(id, func(a *kefu.Agent) { a.DeactivatedAt = r.now() })
		r.refused("deactivated", bearing(two.AccessToken), kefu.KindUnauthorized, "deactivated")
		_, err = r.Refresh(ctx, two.RefreshToken, auth.From{Address: home})
		refuses(t, "refresh of a deactivated one", err, kefu.KindUnauthorized, "deactivated")
		_, err = r.Login(ctx, "ann@example.com", password, auth.From{Address: home})
		refuses(t, "login of a deactivated one", err, kefu.KindUnauthorized, "is wrong")
	})
}

func TestAContactSessionIsGoodForOneContact(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		r.contact("con_1")
		r.contact("con_2")
		s, err := r.CreateContactSession(ctx, admin(), "con_1", auth.ContactSessionAsk{ExpiresIn: kefu.Some[int64](3600)})
		if err != nil {
			t.Fatal(err)
		}
		c := r.believed("contact", bearing(s.Token))
		if c.Kind != kefu.CallerContact || c.ID != "con_1" || c.Role != "" || c.May("contacts:write") || !c.May("messages:write") || !c.ExpiresAt.Equal(s.ExpiresAt) {
			t.Errorf("caller %+v", c)
		}
		_, err = r.Refresh(ctx, s.Token, auth.From{Address: home})
		refuses(t, "refresh", err, kefu.KindUnauthorized, "no refresh token")
		me, err := r.Me(ctx, c)
		if err != nil || me.Sight.Rule != kefu.SeesOneContact || me.Role != nil {
			t.Errorf("me %+v, %v", me, err)
		}

		_, err = r.CreateContactSession(ctx, admin(), "con_none", auth.ContactSessionAsk{})
		refuses(t, "nobody", err, kefu.KindNotFound, "no contact")
		_, err = r.CreateContactSession(ctx, admin(), "con_1", auth.ContactSessionAsk{ExpiresIn: kefu.Some[int64](1)})
		refuses(t, "too short", err, kefu.KindInvalid, "expires_in")
		bound := r.program(auth.KindKey, auth.ProgramChange{Bound: kefu.Some(true), Scopes: kefu.Some([]string{"contacts:session"})})
		_, err = r.CreateContactSession(ctx, kefu.Ask{Caller: r.believed("bound", bearing(bound.Secret))}, "con_1", auth.ContactSessionAsk{})
		refuses(t, "not within sight", err, kefu.KindNotFound, "no contact")

		other, err := r.CreateContactSession(ctx, admin(), "con_2", auth.ContactSessionAsk{})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.EndContactSessions(ctx, admin(), "con_1"); err != nil {
			t.Fatal(err)
		}
		r.refused("ended", bearing(s.Token), kefu.KindUnauthorized, "was ended")
		r.believed("another's goes on", bearing(other.Token))
		r.ahead = auth.ContactSessionFor * time.Second
		r.refused("expired", bearing(other.Token), kefu.KindUnauthorized, "expired")
	})
}
