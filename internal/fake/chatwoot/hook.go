package chatwoot

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

const hookTimeout = 5 * time.Second

// delivery is one hook on its way to one address.
type delivery struct {
	event, url, secret, id string
	body                   []byte
	fault                  HookFault
	talk                   int64 // of a bot's message: the conversation that is opened when the bot is dead
	message                int64 // of a message to an inbox's own address: what has failed when it does not arrive
	unsigned               bool
}

// hookSender sends hooks once and, with one worker, one after the other, in the order of the answers to what caused them.
type hookSender struct {
	s      *Server
	faults faultList[HookFault]
	client *http.Client
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	queue   []delivery
	running int
	idle    *sync.Cond
	held    []delivery

	fresh []delivery // of the request at hand; under the server's lock
}

func newHookSender(s *Server) *hookSender {
	h := &hookSender{s: s, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: s.o.HookWorkers}, Timeout: hookTimeout}}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.idle = sync.NewCond(&h.mu)
	return h
}

// take gives what the request at hand caused. The server is locked.
func (h *hookSender) take() []delivery {
	list := h.fresh
	h.fresh = nil
	return list
}

// split parts the hooks that come before the answer from the others.
func split(list []delivery) (early, late []delivery) {
	for _, d := range list {
		if d.fault.Early {
			early = append(early, d)
		} else {
			late = append(late, d)
		}
	}
	return early, late
}

// send queues hooks; so many at a time are sent as there are workers.
func (h *hookSender) send(list []delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(list) == 0 || h.ctx.Err() != nil {
		return
	}
	h.queue = append(h.queue, list...)
	for range min(h.s.o.HookWorkers-h.running, len(list)) {
		h.running++
		h.wg.Go(h.run)
	}
}

func (h *hookSender) run() {
	for {
		h.mu.Lock()
		if len(h.queue) == 0 || h.ctx.Err() != nil {
			h.running--
			h.idle.Broadcast()
			h.mu.Unlock()
			return
		}
		d := h.queue[0]
		h.queue = h.queue[1:]
		if d.fault.Hold {
			d.fault.Hold = false
			h.held = append(h.held, d)
			h.mu.Unlock()
			continue
		}
		held := h.held
		h.held = nil
		h.mu.Unlock()
		h.deliver(append([]delivery{d}, held...))
	}
}

// deliver sends each as its fault wants it.
func (h *hookSender) deliver(list []delivery) {
	for _, d := range list {
		if d.fault.Drop {
			continue
		}
		if d.fault.Delay > 0 {
			select {
			case <-time.After(d.fault.Delay):
			case <-h.ctx.Done():
				return
			}
		}
		h.post(d)
		if d.fault.Duplicate {
			h.post(d)
		}
	}
}

// botTries is how often a bot is told that answers 429 or 500.
const botTries = 3

// post sends one hook. Whatever comes back, it is not sent again, but to a bot; a pending conversation whose bot is dead is opened, and a
// message that an inbox's own address did not take has failed.
func (h *hookSender) post(d delivery) {
	status := h.try(d)
	if d.talk == 0 && d.message == 0 {
		return
	}
	for n := 1; n < botTries && d.talk != 0 && (status == http.StatusTooManyRequests || status == http.StatusInternalServerError); n++ {
		status = h.try(d)
	}
	switch {
	case status >= 200 && status <= 299 || h.ctx.Err() != nil:
	case d.talk != 0:
		h.s.botIsDead(d.talk)
	default:
		h.s.hasFailed(d.message, "the inbox's webhook answered "+strconv.Itoa(status))
	}
}

func (s *Server) botIsDead(talk int64) {
	_ = s.within(talk, func(v *conversation) {
		if v.status == "pending" {
			s.setStatus(v, "open", 0, "")
		}
	})
}

func (s *Server) hasFailed(message int64, reason string) {
	_ = s.act(func() error {
		for _, v := range s.w.conversations {
			if m := v.message(message); m != nil {
				s.setMessageStatus(v, m, "failed", reason)
			}
		}
		return nil
	})
}

// try gives the status; 0 is no answer.
func (h *hookSender) try(d delivery) int {
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, d.url, bytes.NewReader(d.body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	if !d.unsigned {
		timestamp := strconv.FormatInt(h.s.o.Now().Unix(), 10)
		req.Header.Set("X-Chatwoot-Delivery", d.id)
		req.Header.Set("X-Chatwoot-Timestamp", timestamp)
		req.Header.Set("X-Chatwoot-Signature", sign(d.secret, timestamp, d.body))
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 1<<20) // so that the connection can be used again
	return resp.StatusCode
}

func sign(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "." + string(body)))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// WaitHooks waits until every hook that is not held was sent.
func (s *Server) WaitHooks() {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	for s.hooks.running > 0 {
		s.hooks.idle.Wait()
	}
}

// ReleaseHooks sends those that are held, the last one first, after all that wait.
func (s *Server) ReleaseHooks() {
	s.hooks.mu.Lock()
	held := s.hooks.held
	s.hooks.held = nil
	s.hooks.mu.Unlock()
	slices.Reverse(held)
	s.hooks.send(held)
}

func (h *hookSender) close() {
	h.mu.Lock()
	h.cancel()
	h.mu.Unlock()
	h.wg.Wait()
	h.client.CloseIdleConnections()
}
