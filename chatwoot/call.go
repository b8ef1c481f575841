package chatwoot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// MaxAnswer is how many bytes of one answer are read.
const MaxAnswer = 10 << 20

// ErrTooLarge says that an answer or a file is longer than its cap.
var ErrTooLarge = errors.New("chatwoot: longer than the cap")

// request is one call below the account's path.
type request struct {
	method      string
	path        string
	query       url.Values
	body        io.Reader
	contentType string
}

// call sends in as JSON, unless it is nil, and gives the answer's body.
func (c *Client) call(ctx context.Context, method, path string, in any) ([]byte, error) {
	return c.ask(ctx, method, path, nil, in)
}

// ask is call with a query.
func (c *Client) ask(ctx context.Context, method, path string, query url.Values, in any) ([]byte, error) {
	r := request{method: method, path: c.account + path, query: query}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("chatwoot: %w", err)
		}
		r.body, r.contentType = bytes.NewReader(body), "application/json"
	}
	return c.send(ctx, r)
}

func (c *Client) read(ctx context.Context, path string, query url.Values) ([]byte, error) {
	return c.send(ctx, request{method: http.MethodGet, path: c.account + path, query: query})
}

// send sends one request and reads the whole answer.
func (c *Client) send(ctx context.Context, r request) ([]byte, error) {
	target := c.base + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, r.body)
	if err != nil {
		return nil, fmt.Errorf("chatwoot: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.userAgent)
	req.Header["api_access_token"] = []string{c.token.Reveal()} // spelled as Chatwoot documents it
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("chatwoot: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswer+1))
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil, c.refusal(resp, body)
	case err != nil:
		return nil, fmt.Errorf("chatwoot: the answer broke off: %w", err)
	case len(body) > MaxAnswer:
		return nil, fmt.Errorf("%w: the answer to %s %s", ErrTooLarge, r.method, r.path)
	case len(body) > 0 && !json.Valid(body) && resp.StatusCode != http.StatusNoContent:
		return body, c.stranger(resp)
	}
	return body, nil
}

// decode reads an answer into a new T.
func decode[T any](body []byte, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	out := new(T)
	if err := json.Unmarshal(body, out); err != nil {
		return nil, fmt.Errorf("chatwoot: the answer cannot be read: %w", err)
	}
	return out, nil
}

// peel takes wrappers off: Chatwoot answers some things under "payload" or under their own name, and its document shows them bare.
func peel(body []byte, names ...string) []byte {
	for _, name := range names {
		var outer map[string]json.RawMessage
		if json.Unmarshal(body, &outer) != nil {
			return body
		}
		if inner, ok := outer[name]; ok {
			body = inner
		}
	}
	return body
}

// peeled is decode of what is inside the wrappers.
func peeled[T any](body []byte, err error, names ...string) (*T, error) {
	return decode[T](peel(body, names...), err)
}

// many is decode of a list inside wrappers.
func many[T any](body []byte, err error, names ...string) ([]T, error) {
	list, err := peeled[[]T](body, err, names...)
	if err != nil {
		return nil, err
	}
	return *list, nil
}

// at is the path of one thing: at("/contacts", 7, "labels").
func at(collection string, id int64, more ...string) string {
	return strings.Join(append([]string{collection, strconv.FormatInt(id, 10)}, more...), "/")
}
