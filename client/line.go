package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Close codes of the server (RFC 6455 has the first, Kefu the other).
const (
	codeRestart = websocket.StatusServiceRestart // 1012
	codeExpired = websocket.StatusCode(4001)     // the token is no longer good
)

const (
	maxServerFrame = 4 << 20
	farewell       = time.Second     // whoever cannot write waits for the reader to hear why
	restartPause   = 2 * time.Second // whoever was on a server that restarts comes back spread over it
)

var errBehind = errors.New("kefu: events are read more slowly than they come; what came meanwhile is asked for again")

// run keeps a connection until ctx ends or the server refuses for good.
func (s *Stream) run(ctx context.Context) {
	defer close(s.done)
	defer s.stop()
	err := s.live(ctx)
	if ctx.Err() != nil {
		err = ErrClosed
	}
	s.in.end(err)
	s.out.end(err)
}

// live connects again after each cut; what it returns is for good.
func (s *Stream) live(ctx context.Context) error {
	failed, doubted := 0, false
	for ctx.Err() == nil {
		l := &line{Stream: s}
		err := l.session(ctx)
		if ctx.Err() != nil {
			return err
		}
		if s.opts.OnState != nil {
			s.opts.OnState(err)
		}
		if l.stood {
			failed, doubted = 0, false
		}
		failed++
		unbelieved := IsUnauthorized(err) || websocket.CloseStatus(err) == codeExpired
		switch {
		case errors.Is(err, errBehind):
			failed = 0
			continue
		case unbelieved && !doubted:
			doubted = true
			if s.c.credential.renew(l.shown) {
				continue
			}
			if IsUnauthorized(err) {
				return err
			}
		case forGood(err):
			return err
		}
		if err := sleep(ctx, s.comeBack(failed, err)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// forGood tells whether coming again would be answered the same.
func forGood(err error) bool {
	var e *Error
	var unsent *unsentError
	if errors.As(err, &unsent) {
		return true
	}
	if !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusTooEarly:
		return false
	case 0: // over the line
		return e.Code != "unavailable" && e.Code != "internal" && e.Code != "rate_limited"
	}
	return e.Status < http.StatusInternalServerError
}

func (s *Stream) comeBack(failed int, err error) time.Duration {
	first := s.pace.first
	if websocket.CloseStatus(err) == codeRestart {
		first = min(restartPause, 8*first)
	}
	d := jittered(first, failed, s.pace.most)
	if e := new(Error); errors.As(err, &e) && e.RetryAfter > d {
		d = min(e.RetryAfter, time.Minute) + d/2
	}
	return d
}

// line is one connection of a Stream.
type line struct {
	*Stream

	ws       *websocket.Conn
	shown    string // the credential that the server saw
	stood    bool   // the server has answered
	meter    meter
	greeted  bool // pongs before it belong to the greeting
	greeting chan struct{}
}

// session connects and stays until the line is cut.
func (l *line) session(ctx context.Context) error {
	if err := l.dial(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l.greeting = make(chan struct{})
	l.meter = meter{now: time.Now}
	var writer sync.WaitGroup
	writer.Go(func() {
		err := l.write(ctx)
		if !errors.Is(err, errBehind) {
			_ = sleep(ctx, farewell)
		}
		cancel(err)
	})
	err := l.read(ctx)
	if why := context.Cause(ctx); why != nil && !errors.Is(why, context.Canceled) && websocket.CloseStatus(err) == -1 {
		err = why
	}
	cancel(nil)
	_ = l.ws.CloseNow() // it may be closed already
	writer.Wait()
	return err
}

func (l *line) dial(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.pace.dial)
	defer cancel()
	req, err := l.knock(ctx)
	if err != nil {
		return err
	}
	l.shown = req.Header.Get("Authorization")
	//nolint:bodyclose // the library hands out what it has read of the body, in memory
	ws, resp, err := websocket.Dial(ctx, req.URL.String(), &websocket.DialOptions{HTTPClient: l.c.http, HTTPHeader: req.Header})
	if err != nil {
		if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
			body, readErr := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
			if readErr != nil {
				body = nil
			}
			return refusal(resp.StatusCode, resp.Header, body)
		}
		return fmt.Errorf("kefu: %w", err)
	}
	ws.SetReadLimit(maxServerFrame)
	l.ws = ws
	return nil
}

// knock is the request that opens the line.
func (l *line) knock(ctx context.Context) (*http.Request, error) {
	r := request{method: http.MethodGet, path: "/ws"}
	if l.opts.Ticket {
		t, err := post[WSTicket](ctx, l.c, "/ws-tickets", nil)
		if err != nil {
			return nil, err
		}
		r.query = url.Values{"token": {t.Ticket}}
	}
	req, err := l.c.request(ctx, r)
	if err != nil {
		return nil, &unsentError{err}
	}
	if !l.opts.Ticket {
		err = l.c.credential.apply(ctx, req, nil)
	}
	return req, err
}

// read takes frames until the line is cut.
func (l *line) read(ctx context.Context) error {
	for {
		f, err := l.frame(ctx)
		if err != nil {
			return err
		}
		if err := l.take(f); err != nil {
			return err
		}
	}
}

func (l *line) frame(ctx context.Context) (frame, error) {
	var f frame
	reading, cancel := context.WithTimeout(ctx, l.pace.silence)
	defer cancel()
	_, raw, err := l.ws.Read(reading)
	if err != nil {
		if ctx.Err() == nil && reading.Err() != nil {
			err = errors.New("kefu: the server is silent")
		}
		return f, err
	}
	if err := json.Unmarshal(bytes.TrimSpace(raw), &f); err != nil {
		return f, fmt.Errorf("kefu: a frame cannot be read: %w", err)
	}
	return f, nil
}

// take does what a frame asks for. Until the greeting was answered, what comes is of no use: the server may have begun at another position.
func (l *line) take(f frame) error {
	switch f.Type {
	case framePong:
		l.pong(f)
	case frameAck:
		l.out.answer(f.ID, reply{data: f.Data})
	case frameError:
		return l.refused(f)
	case frameGap:
		var gap struct {
			From int64 `json:"from"`
			To   int64 `json:"to"`
		}
		if err := json.Unmarshal(f.Data, &gap); err != nil {
			return fmt.Errorf("kefu: a frame cannot be read: %w", err)
		}
		if l.greeted {
			l.in.add(entry{gap: true, from: gap.From, position: gap.To})
		}
	case frameMessage, frameEvent, frameTyping, frameRead, frameStatus:
		if !l.greeted {
			return nil
		}
		e, err := f.event()
		if err != nil {
			return fmt.Errorf("kefu: a frame cannot be read: %w", err)
		}
		l.in.add(entry{event: e, position: e.Position})
	}
	return nil
}

func (l *line) pong(f frame) {
	if !l.greeted {
		l.in.begin(f.place())
		l.greeted, l.stood = true, true
		close(l.greeting)
		if l.opts.OnState != nil {
			l.opts.OnState(nil)
		}
		return
	}
	l.in.add(entry{position: f.place()})
}

// refused hands a refusal to who waits for it. A subscription that is refused is refused for good.
func (l *line) refused(f frame) error {
	err := f.refused()
	switch {
	case f.ID == subscription:
		return err
	case !l.out.answer(f.ID, reply{err: err}) && l.opts.OnRefused != nil:
		l.opts.OnRefused(err)
	}
	return nil
}

const (
	subscription = "subscription"
	// nothing is an event that no subscriber gets: it is an endpoint's own.
	nothing = "webhook.test"
)

// greet subscribes. A line may begin to show what happens by itself, at a position that is not ours. So first it is asked for nothing, and
// for a pong: whatever comes after that pong belongs to the subscription from our position.
func (l *line) greet(ctx context.Context) error {
	for _, f := range []outFrame{{Type: frameSubscribe, ID: subscription, Data: map[string]any{"events": []string{nothing}}}, {Type: framePing}} {
		if err := l.put(ctx, f); err != nil {
			return err
		}
	}
	position, known := l.in.last()
	if !known {
		select {
		case <-l.greeting:
		case <-ctx.Done():
			return ctx.Err()
		}
		position, _ = l.in.last()
	}
	data := map[string]any{"since": position}
	if len(l.opts.Events) > 0 {
		data["events"] = l.opts.Events
	}
	return l.put(ctx, outFrame{Type: frameSubscribe, ID: subscription, Data: data})
}

// write greets, and writes what there is to write, and pings, until the line is cut.
func (l *line) write(ctx context.Context) error {
	l.in.again()
	if err := l.greet(ctx); err != nil {
		return err
	}
	l.out.connected()
	ping := time.NewTicker(l.pace.ping)
	defer ping.Stop()
	for {
		for next := l.out.next(time.Now()); next != nil; next = l.out.next(time.Now()) {
			if err := l.writeRaw(ctx, next.raw); err != nil {
				return err
			}
			l.out.sent(next)
		}
		select {
		case <-l.out.filled:
		case <-l.in.caughtUp:
			return errBehind
		case <-ping.C:
			if err := l.put(ctx, outFrame{Type: framePing}); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *line) put(ctx context.Context, f outFrame) error {
	raw, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("kefu: %w", err)
	}
	return l.writeRaw(ctx, raw)
}

func (l *line) writeRaw(ctx context.Context, raw []byte) error {
	if err := sleep(ctx, l.meter.wait()); err != nil {
		return err
	}
	return l.ws.Write(ctx, websocket.MessageText, raw)
}

// meter keeps a line under the server's limit of 20 frames a second, 40 at once.
type meter struct {
	now  func() time.Time
	full time.Time // when nothing will be owed any more
}

const (
	frameEvery  = 55 * time.Millisecond
	framesAtOne = 35
)

// wait is how long the next frame has to wait.
func (m *meter) wait() time.Duration {
	now := m.now()
	if m.full.Before(now) {
		m.full = now
	}
	m.full = m.full.Add(frameEvery)
	return max(m.full.Sub(now)-framesAtOne*frameEvery, 0)
}
