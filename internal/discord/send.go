package discord

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// Bodies are cut at these sizes: an answer of 100 full messages stays far below the first, an error below the second.
const (
	maxAnswer = 16 << 20
	maxError  = 64 << 10
)

// uploadFactor is how much longer than other calls an upload may take.
const uploadFactor = 4

// answer is what came back. apiErr is set unless the status is 2xx.
type answer struct {
	status int
	header http.Header
	apiErr *APIError
}

// send makes the request and decodes a good answer into out, unless that is nil. An error means that no answer was read.
func (c *Client) send(ctx context.Context, k call, out any) (*answer, error) {
	timeout := c.o.Timeout
	if len(k.files) > 0 {
		timeout *= uploadFactor
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}
	req, err := c.newRequest(httptrace.WithClientTrace(ctx, trace), k)
	if err != nil {
		return nil, unsent(k.route, err)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, lost(k.route, sent.Load(), err)
	}
	defer res.Body.Close()
	a := &answer{status: res.StatusCode, header: res.Header}
	if res.StatusCode/100 != 2 {
		a.apiErr = readError(k.route, res)
		return a, nil
	}
	if err := readAnswer(res, out); err != nil {
		e := lost(k.route, true, err)
		e.Status = res.StatusCode
		return a, e
	}
	return a, nil
}

// newRequest builds the request with its body and headers.
func (c *Client) newRequest(ctx context.Context, k call) (*http.Request, error) {
	b, err := newBody(k)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, k.route.method, c.o.BaseURL+k.path, b.reader)
	if err != nil {
		return nil, withoutURL(err)
	}
	if b.contentType != "" {
		req.Header.Set("Content-Type", b.contentType)
		req.ContentLength = b.length
	}
	if !k.route.open {
		req.Header.Set("Authorization", "Bot "+string(c.o.Token))
	}
	req.Header.Set("User-Agent", c.o.UserAgent)
	return req, nil
}

// readAnswer decodes a good answer. The rest of the body is read so that the connection can be used again.
func readAnswer(res *http.Response, out any) error {
	if out == nil || res.StatusCode == http.StatusNoContent {
		_, err := io.Copy(io.Discard, io.LimitReader(res.Body, maxError))
		return err
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return err
	case len(b) > maxAnswer:
		return errors.New("the answer is larger than 16 MiB")
	}
	return json.Unmarshal(b, out)
}

// lost is the error of a call whose answer was not read.
func lost(r route, sent bool, err error) *APIError {
	return &APIError{Route: r.String(), Message: "no answer", Sent: sent, Err: withoutURL(err)}
}

// unsent is the error of a call that was given up before it was sent.
func unsent(r route, err error) *APIError {
	return &APIError{Route: r.String(), Message: "not sent", Err: withoutURL(err)}
}

// withoutURL strips the URL that net/http puts around its errors: it may hold an interaction's token.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// seconds reads a number of seconds with a fraction, as Discord writes its waits; ok is false if s is none.
func seconds(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f >= 0 && f < 1e8) {
		return 0, false
	}
	return time.Duration(f * float64(time.Second)), true
}
