package connectortest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
)

const (
	toyKey   = "toy-key-that-nobody-may-see"
	toyLimit = 500 // characters of a post
)

// toyPost is one post of the toy remote's. Mark is what stands beside it.
type toyPost struct {
	ID, From, Text, Mark string
	Ours                 bool
}

// toyRemote is the smallest remote that has everything the suite looks at.
type toyRemote struct {
	t     *testing.T
	hooks string
	srv   *httptest.Server
	ended context.Context

	mu      sync.Mutex
	threads map[string][]toyPost
	closed  map[string]bool
	next    int
	fault   Fault
	skip    int
	changed chan struct{}
}

func newToyRemote(t *testing.T, hooks string) *toyRemote {
	t.Helper()
	r := &toyRemote{t: t, hooks: hooks, threads: map[string][]toyPost{}, closed: map[string]bool{}, changed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /threads/{id}", r.post)
	mux.HandleFunc("GET /threads/{id}", r.list)
	mux.HandleFunc("PUT /threads/{id}/closed", r.close)
	mux.HandleFunc("POST /posts/{id}/marks", r.mark)
	mux.HandleFunc("GET /me", func(http.ResponseWriter, *http.Request) {})
	r.srv = httptest.NewServer(r.guarded(mux))
	ctx, cancel := context.WithCancel(context.Background())
	r.ended = ctx
	t.Cleanup(func() { cancel(); r.srv.Close() })
	return r
}

// change runs fn under the lock and wakes who waits.
func (r *toyRemote) change(fn func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fn()
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *toyRemote) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if _, key, _ := q.BasicAuth(); key != toyKey {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, q)
	})
}

func (r *toyRemote) post(w http.ResponseWriter, q *http.Request) {
	var p toyPost
	if err := json.NewDecoder(q.Body).Decode(&p); err != nil || len([]rune(p.Text)) > toyLimit {
		http.Error(w, "bad post", http.StatusBadRequest)
		return
	}
	var fault Fault
	r.change(func() {
		if r.skip--; r.skip < 0 {
			fault, r.fault = r.fault, ""
		}
	})
	if r.spoilt(w, fault) {
		return
	}
	p.Ours = true
	p, known := r.add(q.PathValue("id"), p)
	switch {
	case !known:
		http.Error(w, "no such thread", http.StatusNotFound)
		return
	case fault == LoseAnswer:
		panic(http.ErrAbortHandler)
	case fault == HoldAnswer:
		select {
		case <-q.Context().Done():
		case <-r.ended.Done():
		}
		return
	}
	r.tell(q.PathValue("id"), p)
	_ = json.NewEncoder(w).Encode(p)
}

// spoilt answers for the faults that have no effect.
func (r *toyRemote) spoilt(w http.ResponseWriter, f Fault) bool {
	switch f {
	case LimitJSON, LimitHTML:
		w.Header().Set("Retry-After", strconv.Itoa(int(Wait/time.Second)))
		http.Error(w, "slower", http.StatusTooManyRequests)
	case Deny:
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case FailHTML:
		http.Error(w, "<html>", http.StatusInternalServerError)
	case Reset:
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

func (r *toyRemote) add(thread string, p toyPost) (made toyPost, known bool) {
	r.change(func() {
		if _, known = r.threads[thread]; !known {
			return
		}
		r.next++
		p.ID = strconv.Itoa(r.next)
		r.threads[thread] = append(r.threads[thread], p)
	})
	return p, known
}

func (r *toyRemote) list(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	posts, known := r.threads[q.PathValue("id")]
	if !known {
		http.Error(w, "no such thread", http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(posts)
}

func (r *toyRemote) close(w http.ResponseWriter, q *http.Request) {
	r.change(func() {
		if r.closed[q.PathValue("id")] {
			w.WriteHeader(http.StatusConflict)
		}
		r.closed[q.PathValue("id")] = true
	})
}

func (r *toyRemote) mark(_ http.ResponseWriter, q *http.Request) {
	r.change(func() {
		for _, posts := range r.threads {
			for i := range posts {
				if posts[i].ID == q.PathValue("id") {
					posts[i].Mark += "," + q.FormValue("state")
				}
			}
		}
	})
}

// tell sends a hook.
func (r *toyRemote) tell(thread string, p toyPost) {
	body, err := json.Marshal(map[string]string{"thread": thread, "from": p.From, "text": p.Text})
	if err != nil {
		r.t.Error(err)
	}
	q, err := http.NewRequestWithContext(r.ended, http.MethodPost, r.hooks+"/post", bytes.NewReader(body))
	if err != nil {
		r.t.Error(err)
		return
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Toy-Id", p.ID)
	q.Header.Set("Toy-Signature", toySign(body))
	res, err := r.srv.Client().Do(q)
	if err != nil {
		r.t.Errorf("hook: %v", err)
		return
	}
	_ = res.Body.Close()
}

func toySign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(toyKey))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (r *toyRemote) until(ctx context.Context, cond func() bool) error {
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (r *toyRemote) posts(t connector.Thread) []Post {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []Post
	for _, p := range r.threads[t.ExternalID] {
		if p.Ours {
			list = append(list, Post{ID: p.ID, Text: p.Text})
		}
	}
	return list
}

// remote is the toy as the suite sees it.
func (r *toyRemote) remote() *Remote {
	return &Remote{
		Settings: map[string]any{"url": r.srv.URL, "user": "toy", "api_key": toyKey},
		Thread: func(n int) connector.Thread {
			id := fmt.Sprintf("t%d", n)
			r.change(func() { r.threads[id] = []toyPost{} })
			return connector.Thread{ExternalID: id, Role: kefu.RoleCustomer}
		},
		Posts: r.posts,
		Pings: func(t connector.Thread) int {
			n := 0
			for _, p := range r.posts(t) {
				n += strings.Count(p.Text, "@everyone")
			}
			return n
		},
		Write: func(t connector.Thread, text string) string {
			p, _ := r.add(t.ExternalID, toyPost{From: "DemoUser", Text: text})
			r.tell(t.ExternalID, p)
			return p.ID
		},
		Vanish: func(t connector.Thread) { r.change(func() { delete(r.threads, t.ExternalID) }) },
		Break:  func(f Fault, _ Call, skip int) { r.change(func() { r.fault, r.skip = f, skip }) },
		State: func() any {
			r.mu.Lock()
			defer r.mu.Unlock()
			state := map[string][]toyPost{}
			for id, posts := range r.threads {
				state[fmt.Sprint(id, r.closed[id])] = slices.Clone(posts)
			}
			return maps.Clone(state)
		},
		Until: r.until, Echoes: true,
	}
}
