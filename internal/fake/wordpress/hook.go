package wordpress

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"strconv"
	"strings"

	"kefu/internal/websig"
)

// HookFaultKind says what goes wrong with a hook on its way to Kefu.
type HookFaultKind int

// What a hook can suffer. The site has stored what it tells in every case.
const (
	HookLost    HookFaultKind = iota // never pushed
	HookTwice                        // pushed twice with the same webhook-id
	HookReorder                      // pushed after the next hook
)

// HookFault is armed with InjectHook and fires on matching hooks.
type HookFault struct {
	Kind  HookFaultKind
	Route string // "create", "update" or "close"; "" = every hook
	After int    // this many matching hooks pass first
	Count int    // fires this often, then is gone; 0 = until removed
}

// push is a hook with everything it needs, as it was when the site changed.
type push struct {
	route, url, secret, id string
	body                   []byte
}

// InjectHook arms a fault and returns what disarms it.
func (s *Server) InjectHook(f HookFault) (remove func()) {
	return arm(s, &s.hookBad, &armed[HookFault]{fault: f, route: f.Route, after: f.After, count: f.Count})
}

// DropHooks loses the next n hooks.
func (s *Server) DropHooks(n int) { s.InjectHook(HookFault{Kind: HookLost, Count: n}) }

// hook makes a hook of the present settings; nil when hooks go nowhere. It runs with the lock held.
func (s *Server) hook(route string, body map[string]any) *push {
	if s.conf.hookURL == "" {
		return nil
	}
	p := &push{route: route, url: strings.TrimRight(s.conf.hookURL, "/") + "/ticket/" + route, secret: s.conf.hookSecret, body: encode(body)}
	if s.conf.escape {
		p.body = phpEscape(p.body)
	}
	if p.secret != "" {
		p.id = "msg_" + rand.Text()
	}
	return p
}

func (s *Server) createHook(t *Ticket) *push {
	first := t.Messages[0]
	body := map[string]any{
		"ticket_id": t.ID, "ticket_title": t.Title, "ticket_message": first.Text, "channel_name": t.ChannelName, "sender": first.Sender,
	}
	if first.ImageURL != "" {
		body["image_url"] = first.ImageURL // absent when there is none: source 000
	}
	return s.hook("create", body)
}

func (s *Server) updateHook(t *Ticket, m Message) *push {
	return s.hook("update", map[string]any{
		"ticket_id": t.ID, "sender": m.Sender, "message": m.Text, "channel_name": t.ChannelName, "image_url": orNull(m.ImageURL),
	})
}

func (s *Server) closeHook(t *Ticket) *push {
	return s.hook("close", map[string]any{
		"ticket_id": t.ID, "channel_name": t.ChannelName, "force_close": true, "closed_by": t.ClosedBy,
	})
}

// push sends a hook through the faults and returns the first answer.
func (s *Server) push(ctx context.Context, p *push) HookResult {
	if p == nil {
		return HookResult{Lost: true}
	}
	var held *push
	s.mu.Lock()
	f := next(&s.hookBad, p.route)
	switch {
	case f != nil && f.Kind == HookReorder && s.held == nil:
		s.held = p
	default:
		held, s.held = s.held, nil
	}
	s.mu.Unlock()
	if f != nil && (f.Kind == HookLost || f.Kind == HookReorder && held == nil) {
		if held != nil {
			s.deliver(ctx, *held)
		}
		return HookResult{ID: p.id, Lost: true}
	}
	res := s.deliver(ctx, *p)
	if f != nil && f.Kind == HookTwice {
		s.deliver(ctx, *p)
	}
	if held != nil {
		s.deliver(ctx, *held)
	}
	return res
}

// deliver is one POST, as wp_remote_post makes it. It ends with the context, the timeout or the server.
func (s *Server) deliver(ctx context.Context, p push) HookResult {
	ctx, cancel := context.WithTimeout(ctx, s.opt.HookTimeout)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	res := HookResult{ID: p.id}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(p.body))
	if err != nil {
		res.Err = err
		return res
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "WordPress/6.5.5; "+s.URL())
	if err := p.sign(req, s); err != nil {
		res.Err = err
		return res
	}
	resp, err := s.hooks.Do(req)
	if err != nil {
		s.opt.Log.Debug("hook was not answered", "route", p.route, "err", err)
		res.Err = err
		return res
	}
	defer resp.Body.Close()
	res.Status = resp.StatusCode
	res.Body, res.Err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return res
}

func (p push) sign(req *http.Request, s *Server) error {
	if p.secret == "" {
		return nil
	}
	now := s.opt.Now()
	signature, err := websig.Sign(p.secret, p.id, now, p.body)
	if err != nil {
		return err
	}
	req.Header.Set(websig.HeaderID, p.id)
	req.Header.Set(websig.HeaderTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(websig.HeaderSignature, signature)
	return nil
}

// spawn runs fn beside the caller; Close waits for it. After Close it does nothing.
func (s *Server) spawn(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.pushes.Go(fn)
	}
}
