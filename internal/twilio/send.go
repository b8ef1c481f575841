package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Bodies are cut at these sizes.
const (
	maxAnswer = 8 << 20
	maxError  = 64 << 10
)

// fileFactor is how much longer than other calls a file may take.
const fileFactor = 4

// errRetired says that a call would go where Twilio no longer is.
var errRetired = errors.New("this address belongs to a product that Twilio has ended; mend the base addresses of the inbox")

// errID says that an id is none.
var errID = errors.New("an id is empty or is no id")

// errTooLarge says that an answer is beyond all measure.
var errTooLarge = errors.New("the answer is larger than 8 MiB")

// do makes one call and decodes a good answer into out, unless that is nil.
func (c *Client) do(ctx context.Context, k call, out any) error {
	if !k.valid() {
		return unsent(k.name(), errID)
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	var body io.Reader
	if k.form != nil {
		body = strings.NewReader(k.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, k.method, k.url(), body)
	if err != nil {
		return unsent(k.name(), err)
	}
	if k.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if k.hooks {
		req.Header.Set("X-Twilio-Webhook-Enabled", "true")
	}
	res, err := c.send(req, k.name())
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := readAnswer(res, out); err != nil {
		e := lost(k.name(), true, err)
		e.Status = res.StatusCode
		return e
	}
	return nil
}

// send makes the request with our credentials. A good answer's body is the caller's to close; any other answer is an *APIError.
func (c *Client) send(req *http.Request, name string) (*http.Response, error) {
	req.SetBasicAuth(c.o.user(), string(c.o.Secret))
	return c.roundTrip(req, name)
}

func (c *Client) roundTrip(req *http.Request, name string) (*http.Response, error) {
	if retired(req.URL) {
		return nil, unsent(name, errRetired)
	}
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), trace))
	req.Header.Set("User-Agent", c.o.UserAgent)
	req.Header.Set("Accept", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, lost(name, sent.Load(), err)
	}
	if res.StatusCode/100 != 2 {
		defer res.Body.Close()
		return nil, readError(name, res, time.Now())
	}
	return res, nil
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
		return errTooLarge
	}
	return json.Unmarshal(b, out)
}

// lost is the error of a call whose answer was not read.
func lost(name string, sent bool, err error) *APIError {
	return &APIError{Route: name, Message: "no answer", Sent: sent, Err: withoutURL(err)}
}

// unsent is the error of a call that was given up before it was sent.
func unsent(name string, err error) *APIError {
	return &APIError{Route: name, Message: "not sent", Err: withoutURL(err)}
}

// withoutURL strips the URL that net/http puts around its errors: a media file's is signed, a user's may hold a person's number.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
