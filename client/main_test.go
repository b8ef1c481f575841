package client

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// seen is a request as the server saw it.
type seen struct {
	Method, Target string
	Header         http.Header
	Body           string
}

// script is a server that answers by a function and remembers what it was asked.
type script struct {
	*httptest.Server

	mu   sync.Mutex
	seen []seen
}

// serve answers the n-th request (from 0) with fn.
func serve(t *testing.T, fn func(n int, w http.ResponseWriter, r seen)) *script {
	t.Helper()
	s := &script{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s.mu.Lock()
		n := len(s.seen)
		got := seen{r.Method, r.RequestURI, r.Header.Clone(), string(body)}
		s.seen = append(s.seen, got)
		s.mu.Unlock()
		fn(n, w, got)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *script) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen
}

// client is one for the script that does not wait long.
func (s *script) client(t *testing.T, opts ...Option) *Client {
	t.Helper()
	h := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(h.CloseIdleConnections)
	c, err := New(s.URL, append([]Option{WithHTTPClient(h)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = time.Millisecond
	return c
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// problem answers with a problem document.
func problem(w http.ResponseWriter, status int, code string) {
	answerJSON(w, status, map[string]any{"code": code, "detail": "words", "request_id": "req_1",
		"errors": []Fault{{"name", "is needed"}, {"color", "must look like #1f93ff"}}})
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		conn.Close()
	}
}
