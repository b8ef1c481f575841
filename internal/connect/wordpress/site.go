package wordpress

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"kefu/internal/connector"
	"kefu/internal/safehttp"
)

// The routes, below {site_url}/wp-json/dragonshop/v1.
const (
	namespace        = "/wp-json/dragonshop/v1"
	routeIndex       = ""
	routeUpdate      = "/ticket/update"
	routeClose       = "/ticket/close"
	routeGet         = "/ticket/get"
	routeChannelName = "/ticket/channel_name"
	routeOrder       = "/order/details"
)

const (
	callTimeout = 10 * time.Second
	maxAnswer   = 1 << 20
	maxHistory  = 8 << 20
)

// answer is what the site said.
type answer struct {
	status int
	header http.Header
	body   []byte
	// cut is why the body is not whole.
	cut error
}

// post makes a call that changes the site.
func (c *Connector) post(ctx context.Context, route string, members any) (answer, error) {
	body, err := encode(members)
	if err != nil {
		return answer{}, permanent("the message cannot be written as JSON", err)
	}
	a, sent, err := c.exchange(ctx, http.MethodPost, namespace+route, body, maxAnswer)
	switch {
	case err != nil && !sent:
		return a, unreached(err)
	case err != nil:
		return a, &connector.SendError{Class: connector.Uncertain, Scope: connector.ScopeInbox, Reason: lostWords(err), Err: err}
	}
	return a, a.failure(c.set.username, connector.Uncertain)
}

// get asks for a ticket's something; it changes nothing, so that every failure that is not the site's own "no" may be tried again.
func (c *Connector) get(ctx context.Context, route, ticket string, limit int64) (answer, error) {
	a, err := c.ask(ctx, namespace+route+"?ticket_id="+url.QueryEscape(ticket), limit)
	if err != nil {
		return a, err
	}
	return a, a.failure(c.set.username, connector.Retryable)
}

// ask gives whatever is answered; the error is of having no answer.
func (c *Connector) ask(ctx context.Context, path string, limit int64) (answer, error) {
	a, _, err := c.exchange(ctx, http.MethodGet, path, nil, limit)
	if err != nil {
		return a, unreached(err)
	}
	return a, nil
}

var errNoSite = &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeInbox,
	Reason: "this inbox has no site_url, so that nothing can be sent to the site: set site_url, username and application_password"}

// exchange makes one HTTP exchange, of callTimeout at most.
func (c *Connector) exchange(ctx context.Context, method, path string, body []byte, limit int64) (a answer, sent bool, err error) {
	if c.set.site == "" {
		return a, false, errNoSite
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.set.site+path, bytes.NewReader(body))
	if err != nil {
		return a, false, err
	}
	req.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.set.username != "" {
		req.SetBasicAuth(c.set.username, c.set.password.Reveal())
	}
	resp, sent, err := safehttp.Do(c.deps.Operator, req)
	if err != nil {
		return a, sent, err
	}
	defer resp.Body.Close()
	a = answer{status: resp.StatusCode, header: resp.Header}
	a.body, a.cut = readAll(resp.Body, limit)
	return a, true, nil
}

func readAll(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = fmt.Errorf("%w: over %d bytes", safehttp.ErrTooLarge, limit)
	}
	return body[:min(int64(len(body)), limit)], err
}

// encode writes raw UTF-8: the contract's form, and < stays < for a site that stores what it gets.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// isPage tells HTML from data, whatever it is called: PHP's errors come as pages with any status, and as text before the JSON.
func (a answer) isPage() bool {
	body := bytes.TrimSpace(a.body)
	if json.Valid(body) && len(body) > 0 {
		return false
	}
	media, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return media == "text/html" || bytes.HasPrefix(body, []byte("<"))
}

func permanent(reason string, err error) error {
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: reason, Err: err}
}

// unreached is for a call that certainly had no effect. An error that is classed already stays as it is.
func unreached(err error) error {
	var se *connector.SendError
	if errors.As(err, &se) {
		return se
	}
	return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeInbox, Reason: "the site cannot be reached", Err: err}
}

func lostWords(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the site did not answer in time"
	}
	return "the connection to the site was lost before it answered"
}
