package discord

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/coder/websocket"
)

// maxPayload bounds one message of the gateway; GUILD_CREATE of a large guild is the largest.
const maxPayload = 16 << 20

// resumeMissesMax is how often the place to resume at may be out of reach, while Discord itself is not, before the session is given up.
const resumeMissesMax = 5

// connect makes one connection and holds it to its end. It always gives the reason of the end.
func (s *Session) connect(ctx context.Context) error {
	s.setStatus(StateConnecting, nil)
	address, resume := s.resumeURL(), true
	if address == "" {
		resume = false
		var err error
		if address, err = s.startAddress(ctx); err != nil {
			return err
		}
	}
	ws, raw, err := s.dial(ctx, address)
	if err != nil {
		if resume {
			s.missed(ctx)
		}
		return err
	}
	c := newConn(ctx, s, ws, raw, address)
	defer s.detach()
	return c.run(ctx)
}

// startAddress asks where to begin a session, and waits until one may be begun.
func (s *Session) startAddress(ctx context.Context) (string, error) {
	bot, err := s.c.GatewayBot(ctx)
	if err != nil {
		return "", gatewayBotError(err)
	}
	var wait time.Duration
	if bot.SessionStartLimit.Total > 0 && bot.SessionStartLimit.Remaining <= 0 {
		wait = time.Duration(bot.SessionStartLimit.ResetAfter) * time.Millisecond
		err := fmt.Errorf("all %d session starts of the day are used up: the next is in %s", bot.SessionStartLimit.Total, wait.Round(time.Second))
		s.setStatus(StateWaiting, err)
		s.c.o.Log.Error("discord gateway", "err", err)
	}
	s.mu.Lock()
	wait = max(wait, s.o.Timing.IdentifyGap-time.Since(s.lastIdentify))
	s.mu.Unlock()
	if wait > 0 {
		if err := sleep(ctx, wait); err != nil {
			return "", err
		}
	}
	return bot.URL, nil
}

// gatewayBotError makes a refused token fatal.
func gatewayBotError(err error) error {
	var refused *RefusedError
	e, ok := asAPIError(err)
	if ok && e.Status == http.StatusUnauthorized || errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
		return wrongToken(err)
	}
	return fmt.Errorf("ask for the gateway: %w", err)
}

// missed counts that the place to resume at could not be reached.
func (s *Session) missed(ctx context.Context) {
	s.mu.Lock()
	s.resumeMisses++
	n := s.resumeMisses
	s.mu.Unlock()
	if n < resumeMissesMax {
		return
	}
	if _, err := s.c.GatewayBot(ctx); err == nil {
		s.c.o.Log.Warn("discord gateway: the session is given up, its place to resume cannot be reached")
		s.forget()
	}
}

// dial opens the socket. raw is what it runs on: closing that ends even a close handshake that nobody answers.
func (s *Session) dial(ctx context.Context, address string) (ws *websocket.Conn, raw net.Conn, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, nil, fmt.Errorf("gateway address: %w", withoutURL(err))
	}
	q := u.Query()
	q.Set("v", "10")
	q.Set("encoding", "json")
	u.RawQuery = q.Encode()
	ctx, cancel := context.WithTimeout(ctx, s.o.Timing.Dial)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { raw = i.Conn }})
	ws, _, err = websocket.Dial(ctx, u.String(), &websocket.DialOptions{ //nolint:bodyclose // the library closes it
		HTTPClient: s.http,
		HTTPHeader: http.Header{"User-Agent": {s.c.o.UserAgent}},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("dial the gateway: %w", err)
	}
	ws.SetReadLimit(maxPayload)
	s.mu.Lock()
	s.resumeMisses = 0
	s.mu.Unlock()
	return ws, raw, nil
}
