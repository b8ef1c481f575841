package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// AccessTokenFor is how long an OAuth2 access token is good.
const AccessTokenFor = time.Hour

// OAuthError is a refusal in OAuth2's own words (RFC 6749 §5.2).
type OAuthError struct {
	Code        string       `json:"error"`
	Description string       `json:"error_description,omitempty"`
	Kind        kefu.ErrKind `json:"-"`
}

func (e *OAuthError) Error() string { return e.Code + ": " + e.Description }

// Unwrap gives it a kind, by which the doors find its status.
func (e *OAuthError) Unwrap() error { return kefu.Errorf(e.Kind, "%s", e.Description) }

func oauthError(kind kefu.ErrKind, code, words string) error {
	return &OAuthError{Code: code, Description: words, Kind: kind}
}

// AccessToken is the answer of the token endpoint.
type AccessToken struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string `json:"scope"`
}

// Grant is what a client sends to the token or revocation endpoint.
type Grant struct {
	// Authorization is the header's value; "" when the client's id and secret stand in the form.
	Authorization string
	Form          url.Values
	Address       netip.Addr
}

// IssueToken gives an OAuth2 client an access token (client credentials, RFC 6749 §4.4): with all its scopes, or those it asks for. An error
// that is an *OAuthError goes out as it is.
func (a *Auth) IssueToken(ctx context.Context, g Grant) (AccessToken, error) {
	id, secret, err := g.client()
	if err != nil {
		return AccessToken{}, err
	}
	if err := g.single("grant_type", "scope", "client_id", "client_secret"); err != nil {
		return AccessToken{}, err
	}
	switch g.Form.Get("grant_type") {
	case "client_credentials":
	case "":
		return AccessToken{}, oauthError(kefu.KindMalformed, "invalid_request", "grant_type is needed: client_credentials")
	default:
		return AccessToken{}, oauthError(kefu.KindMalformed, "unsupported_grant_type", "only client_credentials is given")
	}
	if _, err := a.limits.tries.take(ctx, "token "+id+" "+network(g.Address)); err != nil {
		return AccessToken{}, err
	}
	return update(ctx, a, func(t *tx) (AccessToken, error) {
		p, err := a.oauthClient(t, id, secret, g.Address)
		if err != nil {
			return AccessToken{}, err
		}
		scopes, err := narrowed(p, g.Form.Get("scope"))
		if err != nil {
			return AccessToken{}, err
		}
		out := AccessToken{AccessToken: newSecret(prefixAccess), TokenType: "Bearer", ExpiresIn: int64(AccessTokenFor.Seconds()), Scope: scopes}
		return out, t.InsertOAuthToken(store.OAuthToken{ID: ident.New("oat"), Hash: hash(out.AccessToken), ClientID: p.ID, Scopes: scopes,
			ExpiresAt: t.now.Add(AccessTokenFor)})
	})
}

// oauthClient is a client that shows its secret, and is good now.
func (a *Auth) oauthClient(t *tx, id, secret string, from netip.Addr) (store.Program, error) {
	if !ident.Valid(programPrefix(store.ProgramOAuth), id) {
		id = "" // nobody's
	}
	p, err := t.ProgramAlone(id)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return p, err
	}
	// Compared for an unknown client, too, so that the answer does not tell whether there is one.
	same := subtle.ConstantTimeCompare([]byte(p.Hash), []byte(hash(secret))) == 1
	if err != nil || p.Kind != store.ProgramOAuth || !same {
		return p, oauthError(kefu.KindUnauthorized, "invalid_client", "no such client, or its secret is wrong")
	}
	if _, err := a.program(t, p, from); err != nil {
		return p, oauthError(kefu.KindUnauthorized, "invalid_client", err.Error())
	}
	return p, nil
}

// narrowed is what a token may do: what the client asks for, if it may have it.
func narrowed(p store.Program, wanted string) (string, error) {
	if wanted = strings.TrimSpace(wanted); wanted == "" {
		return p.Scopes, nil
	}
	if len(wanted) > maxHeader {
		return "", oauthError(kefu.KindMalformed, "invalid_scope", "the scope is too long")
	}
	var f kefu.Faults
	scopes := cleanScopes(strings.Fields(wanted), &f)
	if len(f) > 0 {
		return "", oauthError(kefu.KindMalformed, "invalid_scope", f[0].Msg)
	}
	for _, s := range scopes {
		if !covers(strings.Fields(p.Scopes), s) {
			return "", oauthError(kefu.KindMalformed, "invalid_scope", "the client does not have the scope "+s)
		}
	}
	return strings.Join(scopes, " "), nil
}

// RevokeToken ends an access token of the client that shows itself (RFC 7009). A token that is unknown, or another's, is answered like one
// that was ended.
func (a *Auth) RevokeToken(ctx context.Context, g Grant) error {
	id, secret, err := g.client()
	if err != nil {
		return err
	}
	if err := g.single("token", "token_type_hint", "client_id", "client_secret"); err != nil {
		return err
	}
	if g.Form.Get("token") == "" {
		return oauthError(kefu.KindMalformed, "invalid_request", "token is needed")
	}
	if _, err := a.limits.tries.take(ctx, "token "+id+" "+network(g.Address)); err != nil {
		return err
	}
	_, err = update(ctx, a, func(t *tx) (struct{}, error) {
		p, err := a.oauthClient(t, id, secret, g.Address)
		if err != nil {
			return struct{}{}, err
		}
		o, err := t.OAuthTokenByHash(hash(g.Form.Get("token")))
		if errors.Is(err, sqldb.ErrNoRows) || err == nil && o.ClientID != p.ID {
			return struct{}{}, nil
		}
		if err != nil {
			return struct{}{}, err
		}
		fresh, err := t.RevokeOAuthToken(o.ID)
		if err != nil || !fresh {
			return struct{}{}, err
		}
		if err := t.RightsChanged(o.ID); err != nil {
			return struct{}{}, err
		}
		by := kefu.Caller{Kind: kefu.CallerClient, ID: p.ID, Name: p.Name, Credential: o.ID, Address: address(g.Address)}
		return struct{}{}, t.Audit(by, "oauth_token.revoked", o.ID, nil)
	})
	return err
}

// single refuses members of a form that stand there twice.
func (g Grant) single(names ...string) error {
	for _, n := range names {
		if len(g.Form[n]) > 1 {
			return oauthError(kefu.KindMalformed, "invalid_request", n+" stands there twice")
		}
	}
	return nil
}

// client reads the client's id and secret: from Basic, where they are form-encoded, or from the form, and not from both.
func (g Grant) client() (id, secret string, err error) {
	bad := oauthError(kefu.KindUnauthorized, "invalid_client", "show the client's id and secret: Authorization: Basic, or client_id and client_secret in the form")
	if g.Authorization == "" {
		id, secret = g.Form.Get("client_id"), g.Form.Get("client_secret")
		if id == "" || secret == "" {
			return "", "", bad
		}
		return id, secret, nil
	}
	if len(g.Authorization) > maxHeader {
		return "", "", bad
	}
	if g.Form.Has("client_secret") {
		return "", "", oauthError(kefu.KindMalformed, "invalid_request", "show the secret once: in Authorization or in the form")
	}
	rawID, rawSecret, ok := basic(g.Authorization)
	if !ok {
		return "", "", bad
	}
	id, err1 := url.QueryUnescape(rawID)
	secret, err2 := url.QueryUnescape(rawSecret)
	if err1 != nil || err2 != nil || id == "" || secret == "" {
		return "", "", bad
	}
	if given := g.Form.Get("client_id"); given != "" && given != id {
		return "", "", oauthError(kefu.KindMalformed, "invalid_request", "client_id is not the one in Authorization")
	}
	return id, secret, nil
}

// Metadata is the document of RFC 8414.
type Metadata struct {
	Issuer                string   `json:"issuer"`
	TokenEndpoint         string   `json:"token_endpoint"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	RevocationAuthMethods []string `json:"revocation_endpoint_auth_methods_supported"`
	GrantTypes            []string `json:"grant_types_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	Scopes                []string `json:"scopes_supported"`
	ServiceDocumentation  string   `json:"service_documentation"`
}

// Metadata tells OAuth2 clients where everything is.
func (a *Auth) Metadata() Metadata {
	base := strings.TrimSuffix(a.PublicURL, "/")
	methods := []string{"client_secret_basic", "client_secret_post"}
	return Metadata{Issuer: a.PublicURL, TokenEndpoint: base + "/oauth/token", TokenAuthMethods: methods, RevocationEndpoint: base + "/oauth/revoke",
		RevocationAuthMethods: methods, GrantTypes: []string{"client_credentials"}, ResponseTypes: []string{}, Scopes: Scopes(),
		ServiceDocumentation: base + "/api/v1/docs"}
}

// basic reads Authorization: Basic.
func basic(header string) (user, password string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(raw), ":")
}
