package receiver

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"kefu/internal/websig"
)

// Request is one request as it came.
type Request struct {
	N      int64 // 1 is the first
	At     time.Time
	Path   string
	Header http.Header // nil when the ledger is brief, as are Body and Event.Data
	Body   []byte
	Hash   [sha256.Size]byte // of the body

	ID       string // webhook-id
	Event    Event  // what the body says
	Delivery string // X-Webhook-Delivery
	Attempt  int    // X-Webhook-Attempt

	Verified error // nil when every signature fits
	Status   int   // what it was answered; 0 when there was no whole status line
	Taken    bool  // its event's work was done by this request, and by no other
}

// Event is the envelope of a webhook.
type Event struct {
	ID        string
	Type      string
	Timestamp string // as it is written: 2024-01-01T10:00:00Z or 1704103200
	Data      json.RawMessage
}

// read makes a Request of what came, checked.
func (s *Server) read(r *http.Request, body []byte) Request {
	attempt, _ := strconv.Atoi(r.Header.Get("X-Webhook-Attempt"))
	req := Request{
		At: s.opt.Now(), Path: r.URL.Path, Header: r.Header, Body: body, Hash: sha256.Sum256(body),
		ID: r.Header.Get(websig.HeaderID), Delivery: r.Header.Get("X-Webhook-Delivery"), Attempt: attempt,
	}
	var malformed error
	req.Event, malformed = envelope(body)
	if len(s.opt.Secrets) > 0 {
		req.Verified = errors.Join(malformed, s.verify(r, req))
	}
	if s.opt.Brief {
		req.Header, req.Body, req.Event.Data = nil, nil, nil
	}
	return req
}

func envelope(body []byte) (Event, error) {
	var e struct {
		ID        string          `json:"id"`
		Event     string          `json:"event"`
		Timestamp json.RawMessage `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, fmt.Errorf("the body is no envelope: %w", err)
	}
	return Event{ID: e.ID, Type: e.Event, Timestamp: string(bytes.Trim(e.Timestamp, `"`)), Data: e.Data}, nil
}

// verify checks everything that a receiver can check, each thing by one of the secrets.
func (s *Server) verify(r *http.Request, req Request) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	switch {
	case r.Method != http.MethodPost:
		fault("the method is %s", r.Method)
	case r.Header.Get("Content-Type") != "application/json":
		fault("the content type is %q", r.Header.Get("Content-Type"))
	case req.Event.ID != req.ID:
		fault("webhook-id is %q, the body's id %q", req.ID, req.Event.ID)
	case req.Event.Type != r.Header.Get("X-Webhook-Event"):
		fault("X-Webhook-Event is %q, the body's event %q", r.Header.Get("X-Webhook-Event"), req.Event.Type)
	}
	b0, inner, err := websig.Strip(req.Body)
	if err == nil {
		err = s.oneOf(func(secret string) error { return websig.VerifyBody(secret, inner, b0) })
	}
	if err != nil {
		fault("member signature: %w", err)
	}
	if len(r.Header["Signature"]) != 1 {
		fault("%d headers Signature", len(r.Header["Signature"]))
	}
	if err := s.oneOf(func(secret string) error { return websig.VerifyBody(secret, r.Header.Get("Signature"), req.Body) }); err != nil {
		fault("header Signature: %w", err)
	}
	if err := s.oneOf(func(secret string) error {
		_, err := websig.Verify(secret, r.Header, req.Body, req.At, 0)
		return err
	}); err != nil {
		fault("Standard Webhooks: %w", err)
	}
	return errors.Join(faults...)
}

// oneOf is nil when a check is content with one of the secrets.
func (s *Server) oneOf(check func(secret string) error) (err error) {
	for _, secret := range s.opt.Secrets {
		if err = check(secret); err == nil {
			return nil
		}
	}
	return err
}
