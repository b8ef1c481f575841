package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"

	"kefu"
	"kefu/internal/auth"
)

// maxForm is the largest form of an OAuth2 client, in bytes.
const maxForm = 16 << 10

// oauthRoutes speak OAuth2's own language, forms and errors, at its own addresses.
func (s *server) oauthRoutes() []route {
	token, revoke := s.oauth(s.oauthToken), s.oauth(s.oauthRevoke)
	return []route{
		{"POST /oauth/token", token, "the client shows its secret"},
		{"POST /oauth/revoke", revoke, "the client shows its secret"},
		{"POST " + base + "/oauth/token", token, "the client shows its secret"},
		{"POST " + base + "/oauth/revoke", revoke, "the client shows its secret"},
		{"GET /.well-known/oauth-authorization-server", http.HandlerFunc(s.oauthMetadata), "says where everything is"},
	}
}

type grantHandler func(w http.ResponseWriter, r *http.Request, g auth.Grant) error

func (s *server) oauth(next grantHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		address, _ := s.client(r)
		err := s.count(w, r, kefu.Caller{}, address)
		var g auth.Grant
		if err == nil {
			g, err = readGrant(w, r)
		}
		if err == nil {
			g.Address = address
			err = next(w, r, g)
		}
		if err != nil {
			s.refuseGrant(w, r, err)
		}
	}
}

func readGrant(w http.ResponseWriter, r *http.Request) (auth.Grant, error) {
	bad := func(words string) error {
		return &auth.OAuthError{Code: "invalid_request", Description: words, Kind: kefu.KindMalformed}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return auth.Grant{}, bad("send a form: Content-Type: application/x-www-form-urlencoded")
	}
	if r.URL.RawQuery != "" {
		return auth.Grant{}, bad("send everything in the body: addresses are logged")
	}
	if len(r.Header.Values("Authorization")) > 1 {
		return auth.Grant{}, bad("send Authorization once")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return auth.Grant{}, bad("the form is too large, or was cut off")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !text(string(body)) {
		return auth.Grant{}, bad("the form cannot be read: write special characters as %XX")
	}
	for name, values := range form {
		for _, v := range append(values, name) {
			if !text(v) {
				return auth.Grant{}, bad("the form is not text in UTF-8")
			}
		}
	}
	return auth.Grant{Authorization: r.Header.Get("Authorization"), Form: form}, nil
}

// refuseGrant answers in OAuth2's form where the refusal is one of its own, else with a problem document.
func (s *server) refuseGrant(w http.ResponseWriter, r *http.Request, err error) {
	own := new(auth.OAuthError)
	if !errors.As(err, &own) {
		s.problem(w, r, err)
		return
	}
	p := s.refuse(r.Context(), r.URL.Path, err)
	if own.Kind == kefu.KindUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="kefu"`)
	}
	writeJSON(w, p.Status, own)
}

func (s *server) oauthToken(w http.ResponseWriter, r *http.Request, g auth.Grant) error {
	out, err := s.Accounts.IssueToken(r.Context(), g)
	if err == nil {
		w.Header().Set("Pragma", "no-cache")
		writeJSON(w, http.StatusOK, out)
	}
	return err
}

func (s *server) oauthRevoke(w http.ResponseWriter, r *http.Request, g auth.Grant) error {
	err := s.Accounts.RevokeToken(r.Context(), g)
	if err == nil {
		w.WriteHeader(http.StatusOK)
	}
	return err
}

func (s *server) oauthMetadata(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.Accounts.Metadata())
}
