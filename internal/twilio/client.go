package twilio

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Client makes calls for one account. It is safe for concurrent use.
//
// Reads, updates and deletes may be repeated at will. A create that failed with APIError.Sent may have been done, so look first:
// EnsureConversation and EnsureParticipant do.
type Client struct {
	o    Options
	http *http.Client
}

// New makes a Client. It sends nothing.
func New(o Options) *Client {
	o = o.withDefaults()
	h := *o.HTTP
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{o: o, http: &h}
}

// Close lets idle connections go. The Client may be used afterwards.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call is one request to be made.
type call struct {
	method string
	base   string
	route  string   // the path with {} for each id
	ids    []string // fill the {}
	query  url.Values
	form   url.Values
	hooks  bool // ask Twilio to tell its webhooks about what we do
}

func (k call) name() string { return k.method + " " + k.route }

// path fills in the ids, each as one segment.
func (k call) path() string {
	var b strings.Builder
	rest := k.route
	for _, id := range k.ids {
		head, tail, _ := strings.Cut(rest, "{}")
		b.WriteString(head + url.PathEscape(id))
		rest = tail
	}
	return b.String() + rest
}

func (k call) url() string {
	u := k.base + k.path()
	if len(k.query) > 0 {
		u += "?" + k.query.Encode()
	}
	return u
}

// valid refuses an id that would change which route is called.
func (k call) valid() bool {
	for _, id := range k.ids {
		if id == "" || id == "." || id == ".." {
			return false
		}
	}
	return true
}

func get(base, route string, ids ...string) call {
	return call{method: http.MethodGet, base: base, route: route, ids: ids}
}

func post(form url.Values, base, route string, ids ...string) call {
	return call{method: http.MethodPost, base: base, route: route, ids: ids, form: form}
}

func remove(base, route string, ids ...string) call {
	return call{method: http.MethodDelete, base: base, route: route, ids: ids}
}

func (k call) tellHooks(yes bool) call {
	k.hooks = yes
	return k
}

func (k call) asking(query url.Values) call {
	k.query = query
	return k
}

// fetch makes a call and decodes its answer.
func fetch[T any](ctx context.Context, c *Client, k call) (T, error) {
	var out T
	err := c.do(ctx, k, &out)
	return out, err
}
