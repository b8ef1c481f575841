package chatwoot_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"kefu/chatwoot"
)

// stranger runs a server that is no Chatwoot, and gives a client of it.
func stranger(t *testing.T, h http.HandlerFunc) *chatwoot.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := chatwoot.New(s.URL, secretToken, 1, chatwoot.WithHTTPClient(s.Client()))
	must(t, err)
	return c
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var asked atomic.Int32
	c := stranger(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	var e *chatwoot.Error
	if _, err := c.Profile(t.Context()); !errors.As(err, &e) || e.Code != "redirected" || !strings.Contains(e.Words, "/elsewhere") {
		t.Errorf("a redirect: %v", err)
	}
	have(t, "requests", asked.Load(), 1)
}

// TestAnswersEnd reads an answer without an end, refused and accepted: the server sees that the client left.
func TestAnswersEnd(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
		var sent atomic.Int64
		left := make(chan struct{})
		c := stranger(t, func(w http.ResponseWriter, _ *http.Request) {
			defer close(left)
			w.WriteHeader(status)
			for sent.Load() < 10*chatwoot.MaxAnswer {
				n, err := w.Write(make([]byte, 1<<16))
				if err != nil {
					return
				}
				sent.Add(int64(n))
			}
		})
		if _, err := c.Profile(t.Context()); err == nil {
			t.Errorf("%d without an end was read", status)
		}
		<-left
		if n := sent.Load(); n >= 5*chatwoot.MaxAnswer {
			t.Errorf("%d: %d bytes were taken", status, n)
		}
	}
}
