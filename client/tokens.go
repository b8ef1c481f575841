package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// token is an access token and when to have another one.
type token struct {
	value string
	until time.Time
}

// fetchTime is how long getting a token may take. It does not end with the call that needed it first: a refresh token counts once, and an
// answer that nobody waited for would be lost with the session.
const fetchTime = 30 * time.Second

// tokens keeps an access token fresh. However many calls need one, one of them fetches it.
type tokens struct {
	fetch func(ctx context.Context) (token, error)

	mu      sync.Mutex
	current token
	fetched chan struct{} // closed when the fetch that is under way has ended; nil when none is
	err     error         // of the last fetch
}

func newTokens(fetch func(context.Context) (token, error)) *tokens { return &tokens{fetch: fetch} }

func (t *tokens) apply(ctx context.Context, req *http.Request, _ []byte) error {
	value, err := t.value(ctx)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+value)
	return nil
}

// renew forgets the token, unless another call has got a new one meanwhile.
func (t *tokens) renew(shown string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if "Bearer "+t.current.value == shown {
		t.current = token{}
	}
	return true
}

func (t *tokens) value(ctx context.Context) (string, error) {
	waited := false
	for {
		t.mu.Lock()
		if t.current.value != "" && time.Now().Before(t.current.until) {
			defer t.mu.Unlock()
			return t.current.value, nil
		}
		if waited && t.fetched == nil && t.err != nil {
			defer t.mu.Unlock()
			return "", t.err
		}
		if t.fetched == nil {
			t.fetched = make(chan struct{})
			go t.refill(context.WithoutCancel(ctx))
		}
		done := t.fetched
		t.mu.Unlock()
		select {
		case <-done:
			waited = true
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func (t *tokens) refill(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	got, err := t.fetch(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current, t.err = got, err
	close(t.fetched)
	t.fetched = nil
}

// grant is what the server says of a new token.
type grant struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int64  `json:"expires_in"` // seconds
}

// token is used for nine tenths of its life, so that it does not end on its way.
func (g grant) token(asked time.Time) (token, error) {
	if g.AccessToken == "" || g.ExpiresIn <= 0 {
		return token{}, errors.New("kefu: the server gave no access token")
	}
	return token{value: g.AccessToken, until: asked.Add(time.Duration(g.ExpiresIn) * time.Second * 9 / 10)}, nil
}

// oauth gets tokens by OAuth2 client credentials.
type oauth struct {
	c          *Client
	id, secret string
	scopes     []string
}

func (o *oauth) fetch(ctx context.Context) (token, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(o.scopes) > 0 {
		form.Set("scope", strings.Join(o.scopes, " "))
	}
	r := request{method: http.MethodPost, path: "/oauth/token", body: []byte(form.Encode()), contentType: "application/x-www-form-urlencoded"}
	req, err := o.c.request(ctx, r)
	if err != nil {
		return token{}, &unsentError{err}
	}
	// RFC 6749 §2.3.1: both are form-encoded before they become Basic.
	req.SetBasicAuth(url.QueryEscape(o.id), url.QueryEscape(o.secret))
	return exchange(o.c, req, new(grant))
}

// exchange sends a request for a token; g keeps the answer.
func exchange(c *Client, req *http.Request, g *grant) (token, error) {
	asked := time.Now()
	a, err := c.send(req)
	if err != nil {
		return token{}, err
	}
	if err := json.Unmarshal(a.body, g); err != nil {
		return token{}, fmt.Errorf("kefu: the answer cannot be read: %w", err)
	}
	return g.token(asked)
}

// login gets tokens by an agent's password, and by refresh tokens after that. fetch is not called concurrently.
type login struct {
	c               *Client
	email, password string
	refresh         string
}

func (l *login) fetch(ctx context.Context) (token, error) {
	if l.refresh != "" {
		got, err := l.exchange(ctx, "/auth/refresh", map[string]string{"refresh_token": l.refresh})
		if err == nil || !is(err, http.StatusUnauthorized) {
			return got, err
		}
		l.refresh = "" // the session has ended: begin another one
	}
	return l.exchange(ctx, "/auth/login", map[string]string{"email": l.email, "password": l.password})
}

func (l *login) exchange(ctx context.Context, path string, in any) (token, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return token{}, fmt.Errorf("kefu: %w", err)
	}
	req, err := l.c.request(ctx, request{method: http.MethodPost, path: apiPath + path, body: body, contentType: "application/json"})
	if err != nil {
		return token{}, &unsentError{err}
	}
	var g grant
	got, err := exchange(l.c, req, &g)
	if err == nil {
		l.refresh = g.RefreshToken
	}
	return got, err
}
