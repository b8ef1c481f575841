package twilio

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Where something was done, as webhooks tell it.
const (
	sourceAPI      = "API"
	sourceSDK      = "SDK"
	sourceSMS      = "SMS"
	sourceWhatsApp = "WHATSAPP"
)

// fields are those of a webhook.
type fields map[string]string

// hook is a webhook to be sent.
type hook struct {
	url, event string
	form       url.Values
	fault      Fault
	done       chan struct{} // closed when it was answered or given up
}

// outbox holds what is to be sent, in order. One goroutine works on it while it holds something, or as many as
// there are workers.
type outbox struct {
	mu      sync.Mutex
	queue   []*hook
	held    []*hook // go behind the next one
	running int     // goroutines that work on it
	busy    int     // late ones on their way
}

// fire queues the webhooks of an event; the server's lock must be held. What was done by a call is told only if the caller wishes it; c is
// nil for what people did.
func (s *Server) fire(c *call, n *conversation, event string, f fields, source string) {
	if c != nil && !c.tells() {
		return
	}
	form := url.Values{}
	for name, v := range f {
		form.Set(name, v)
	}
	for name, v := range (fields{
		"EventType": event, "AccountSid": s.opt.Account, "ChatServiceSid": s.opt.Service, "ConversationSid": n.sid, "Source": source, "RetryCount": "0",
	}) {
		form.Set(name, v)
	}
	for _, to := range s.targets(n, event) {
		h := &hook{url: to, event: event, form: maps.Clone(form), done: make(chan struct{})}
		h.fault, _ = s.faults.hook(event)
		if c != nil {
			c.fired = append(c.fired, h)
		}
		s.enqueue(h)
	}
}

func (s *Server) targets(n *conversation, event string) []string {
	var to []string
	if s.opt.ServiceHook != "" && (len(s.opt.ServiceFilters) == 0 || slices.Contains(s.opt.ServiceFilters, event)) {
		to = append(to, s.opt.ServiceHook)
	}
	for _, h := range n.hooks {
		if h.target == "webhook" && slices.Contains(h.filters, event) {
			to = append(to, h.url)
		}
	}
	return to
}

// enqueue puts a hook where its fault wants it.
func (s *Server) enqueue(h *hook) {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	switch h.fault.Kind {
	case HookDrop:
		close(h.done)
		return
	case HookReorder:
		s.out.held = append(s.out.held, h)
		return
	case HookLate:
		s.out.busy++
		if !s.background(func() { s.sendLate(h) }) {
			s.out.busy--
		}
		return
	}
	s.out.queue = append(s.out.queue, h)
	s.out.queue = append(s.out.queue, s.out.held...)
	s.out.held = nil
	if s.out.running < s.opt.HookWorkers && s.background(s.drain) {
		s.out.running++
	}
}

func (s *Server) sendLate(h *hook) {
	if s.pause(s.ctx, h.fault.Delay) == nil {
		s.deliver(h)
	}
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	s.out.busy--
}

// drain sends until nothing is left.
func (s *Server) drain() {
	for {
		s.out.mu.Lock()
		if len(s.out.queue) == 0 || s.ctx.Err() != nil {
			s.out.running--
			s.out.mu.Unlock()
			return
		}
		h := s.out.queue[0]
		s.out.queue = s.out.queue[1:]
		s.out.mu.Unlock()
		s.deliver(h)
	}
}

// Idle says whether no webhook waits or is on its way. Those held back by HookReorder do not count.
func (s *Server) Idle() bool {
	s.out.mu.Lock()
	defer s.out.mu.Unlock()
	return s.out.running == 0 && len(s.out.queue) == 0 && s.out.busy == 0
}

// deliver sends a hook, a second time if it was not taken, and twice if its fault is that.
func (s *Server) deliver(h *hook) {
	defer close(h.done)
	times := 1
	if h.fault.Kind == HookDuplicate {
		times = 2
	}
	for range times {
		if status := s.sendOnce(h); status == 0 || status >= http.StatusInternalServerError {
			h.form.Set("RetryCount", "1")
			s.sendOnce(h)
		}
	}
}

// sendOnce gives the status of the answer, 0 if there is none.
func (s *Server) sendOnce(h *hook) int {
	ctx, cancel := context.WithTimeout(s.ctx, s.opt.HookTimeout)
	defer cancel()
	body := h.form.Encode()
	rec := SentHook{At: s.opt.Now(), URL: h.url, Event: h.event, Body: body}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, strings.NewReader(body))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		token := s.opt.AuthToken
		if h.fault.Kind == HookForged {
			token += " forged"
		}
		req.Header.Set("X-Twilio-Signature", signForm(token, h.url, h.form))
		rec.Status, _, err = s.send(req)
	}
	if err != nil {
		rec.Error = err.Error()
	}
	s.rec.hook(rec)
	return rec.Status
}

// settle waits for hooks that must be answered before the call is.
func (s *Server) settle(c *call) {
	for _, h := range c.fired {
		if h.fault.Kind != HookBeforeAnswer {
			continue
		}
		select {
		case <-h.done:
		case <-s.ctx.Done():
		case <-time.After(2 * s.opt.HookTimeout):
		}
	}
}
