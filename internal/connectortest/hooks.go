package connectortest

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/internal/connector"
)

const (
	maxHook = 1 << 20
	// outside is an address of the documentation's: on nobody's list, so that only a signature can speak for a hook.
	outside = "203.0.113.7"
)

// hooks keeps what a remote sends to Kefu's doors.
type hooks struct {
	url     string
	mu      sync.Mutex
	taken   []*connector.Request
	changed chan struct{}
}

func newHooks(t *testing.T) *hooks {
	h := &hooks{changed: make(chan struct{})}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	h.url = srv.URL
	return h
}

// ServeHTTP keeps a hook and takes it.
func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken = append(h.taken, &connector.Request{
		Method: r.Method, Path: hookPath(r.URL.Path), Target: r.URL.RequestURI(), Header: r.Header, Body: body, Client: netip.MustParseAddr(outside), Now: time.Now(),
	})
	close(h.changed)
	h.changed = make(chan struct{})
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, "{}")
}

// hookPath is what stands after the door of the inbox, as the real program gives it, for remotes that were told of a door.
func hookPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "/hooks/conformance"); ok {
		return cmp.Or(rest, "/")
	}
	return path
}

// wait gives the hooks that hold a text, as JSON or as a form, once there are n of them.
func (h *hooks) wait(ctx context.Context, n int, text string) ([]*connector.Request, error) {
	for {
		h.mu.Lock()
		changed := h.changed
		var found []*connector.Request
		for _, r := range h.taken {
			if strings.Contains(string(r.Body), text) || strings.Contains(string(r.Body), url.QueryEscape(text)) {
				found = append(found, r)
			}
		}
		h.mu.Unlock()
		if len(found) >= n {
			return found, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
