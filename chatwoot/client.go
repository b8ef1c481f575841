package chatwoot

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Client speaks to one account of one Chatwoot server with one token. Make it with New.
type Client struct {
	base      string // without a slash at the end
	account   string // the path of the account below base
	http      *http.Client
	files     *http.Client // follows redirects, and never has the token
	token     Secret
	userAgent string
}

// Option changes a Client while it is made.
type Option func(*Client) error

// New makes a client of the account on the server at baseURL ("https://chat.example.com", a path is allowed). The token is an agent's or an
// agent bot's access token. It does not connect yet: Profile tells whether the server believes the token.
func New(baseURL, token string, accountID int64, opts ...Option) (*Client, error) {
	base, err := parseBase(baseURL)
	if err != nil {
		return nil, err
	}
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("chatwoot: the access token must be text without spaces, as the profile page shows it")
	}
	if accountID <= 0 {
		return nil, errors.New("chatwoot: the account id is the number after /accounts/ in Chatwoot's address bar")
	}
	c := &Client{base: base, account: "/api/v1/accounts/" + strconv.FormatInt(accountID, 10), http: &http.Client{}, token: NewSecret(token), userAgent: "chatwoot-go"}
	for _, opt := range opts {
		if err := opt(c); err != nil {
			return nil, err
		}
	}
	c.files = c.http
	// A redirect would take the token to another address.
	own := *c.http
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &own
	return c, nil
}

func parseBase(baseURL string) (string, error) {
	u, err := url.Parse(strings.TrimRight(baseURL, "/"))
	if err != nil {
		if e := new(url.Error); errors.As(err, &e) {
			err = e.Err // the whole address may hold a password
		}
		return "", fmt.Errorf("chatwoot: the server's address cannot be read: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", errors.New(`chatwoot: the server's address must look like "https://chat.example.com"`)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("chatwoot: the server's address has no user, query or fragment")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// WithHTTPClient sends requests through h: its transport, proxy and timeout. Redirects are followed for downloads only.
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) error {
		if h == nil {
			return errors.New("chatwoot: WithHTTPClient needs an http.Client")
		}
		c.http = h
		return nil
	}
}

// WithUserAgent names your program in the server's logs.
func WithUserAgent(name string) Option {
	return func(c *Client) error {
		c.userAgent = name
		return nil
	}
}
