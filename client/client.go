package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client speaks to one Kefu server with one credential. Make it with New.
type Client struct {
	Agents            Agents
	Alerts            Alerts
	Announcements     Announcements
	APIKeys           APIKeys
	Articles          Articles
	Attachments       Attachments
	Audit             Audit
	Auth              Auth
	Bot               Bot
	CannedResponses   CannedResponses
	Collections       Collections
	Contacts          Contacts
	Conversations     Conversations
	Events            Events
	Inboxes           Inboxes
	Labels            Labels
	Messages          Messages
	OAuthClients      OAuthClients
	Ratings           Ratings
	Roles             Roles
	Search            Search
	SigningKeys       SigningKeys
	Teams             Teams
	Tickets           Tickets
	WebhookDeliveries WebhookDeliveries
	WebhookReplays    WebhookReplays
	Webhooks          Webhooks

	base       *url.URL
	http       *http.Client
	userAgent  string
	credential credential
	tries      int
	pause      time.Duration // the first wait between two tries; it doubles
}

// Option changes a Client while it is made.
type Option func(*Client) error

// New makes a client of the server at baseURL ("https://kefu.example.com"). It does not connect yet.
func New(baseURL string, opts ...Option) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(baseURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("kefu: the server's address cannot be read: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, errors.New(`kefu: the server's address must look like "https://kefu.example.com"`)
	}
	base.RawQuery, base.Fragment, base.User = "", "", nil
	c := &Client{base: base, http: &http.Client{}, userAgent: "kefu-go", credential: nobody{}, tries: 5, pause: 200 * time.Millisecond}
	for _, opt := range opts {
		if err := opt(c); err != nil {
			return nil, err
		}
	}
	// A redirect would take the credential, or the signature of another address, along.
	own := *c.http
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &own
	c.serve()
	return c, nil
}

func (c *Client) serve() {
	c.Agents.c, c.Alerts.c, c.Announcements.c, c.Articles.c, c.Attachments.c, c.Audit.c, c.Auth.c, c.Bot.c = c, c, c, c, c, c, c, c
	c.CannedResponses.c, c.Collections.c, c.Contacts.c, c.Conversations.c, c.Events.c, c.Inboxes.c = c, c, c, c, c, c
	c.Labels.c, c.Messages.c, c.Ratings.c, c.Roles.c, c.Search.c, c.Teams.c, c.Tickets.c = c, c, c, c, c, c, c
	c.WebhookDeliveries.c, c.WebhookReplays.c, c.Webhooks.c = c, c, c
	c.APIKeys = APIKeys{Programs{c, "/api-keys"}}
	c.SigningKeys = SigningKeys{Programs{c, "/signing-keys"}}
	c.OAuthClients = OAuthClients{Programs{c, "/oauth-clients"}}
}

// WithKey shows an API key ("kefu_…") or an OAuth2 access token with every request.
func WithKey(key string) Option {
	return func(c *Client) error {
		return c.as(bearer(key), key != "", "an API key")
	}
}

// WithToken shows a session token with every request: a contact session, or a token of a login that somebody else keeps fresh.
func WithToken(token string) Option {
	return func(c *Client) error {
		return c.as(bearer(token), token != "", "a token")
	}
}

// WithOAuth asks for access tokens by OAuth2 client credentials, and for new ones before they expire. Scopes limit them; none is all that
// the client has.
func WithOAuth(clientID, secret string, scopes ...string) Option {
	return func(c *Client) error {
		return c.as(newTokens((&oauth{c, clientID, secret, scopes}).fetch), clientID != "" && secret != "", "a client id and its secret")
	}
}

// WithLogin logs an agent in when the first call needs it, and keeps the session fresh. Concurrent calls share one session.
func WithLogin(email, password string) Option {
	return func(c *Client) error {
		return c.as(newTokens((&login{c: c, email: email, password: password}).fetch), email != "" && password != "", "an e-mail address and a password")
	}
}

// WithSigning signs every request with a signing key; its secret never crosses the line.
func WithSigning(keyID, secret string) Option {
	return func(c *Client) error {
		return c.as(&signing{keyID: keyID, secret: []byte(secret), now: time.Now}, keyID != "" && secret != "", "a signing key's id and its secret")
	}
}

func (c *Client) as(cred credential, complete bool, what string) error {
	if !complete {
		return fmt.Errorf("kefu: %s is needed, and it is empty", what)
	}
	if _, none := c.credential.(nobody); !none {
		return errors.New("kefu: a client has one credential: give one of WithKey, WithToken, WithOAuth, WithLogin, WithSigning")
	}
	c.credential = cred
	return nil
}

// WithHTTPClient sends requests through h: its transport, proxy and timeout. A timeout also ends long polls (Events.Poll).
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) error {
		if h == nil {
			return errors.New("kefu: WithHTTPClient needs an http.Client")
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

// WithTries says how often a call is tried at most; 1 never tries again. The default is 5.
func WithTries(n int) Option {
	return func(c *Client) error {
		if n < 1 || n > 100 {
			return errors.New("kefu: WithTries needs 1 to 100")
		}
		c.tries = n
		return nil
	}
}
