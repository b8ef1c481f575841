package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// TestSignature is the contract's vector.
func TestSignature(t *testing.T) {
	t.Parallel()
	got := signature([]byte("ksec_0123456789abcdef"), "POST", "/api/v1/messages?dry=1", "1635232823", "n-0001", []byte(`{"conversation_id":"cnv_1","content":"你好"}`))
	if got != "v1=5c203dcfd0565c978797ff0795e270b67977dd3ee3d85ebeca50e93924aa5596" {
		t.Errorf("signature is %s", got)
	}
}

// TestSignedRequests: each try is signed anew, over the target as it was sent.
func TestSignedRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, w http.ResponseWriter, _ seen) {
		if n == 0 {
			problem(w, http.StatusServiceUnavailable, "unavailable")
			return
		}
		answerJSON(w, http.StatusOK, page[Contact]{})
	})
	c := s.client(t, WithSigning("sgn_1", "ksec_x"))
	if _, err := Collect(c.Contacts.List(t.Context(), ContactFilter{Query: "王 小明/+"}), 0); err != nil {
		t.Fatal(err)
	}
	nonces := map[string]bool{}
	for _, r := range s.requests() {
		h := r.Header
		nonces[h.Get("X-Kefu-Nonce")] = true
		want := signature([]byte("ksec_x"), r.Method, r.Target, h.Get("X-Kefu-Timestamp"), h.Get("X-Kefu-Nonce"), []byte(r.Body))
		if h.Get("X-Kefu-Signature") != want || h.Get("X-Kefu-Key") != "sgn_1" || h.Get("Authorization") != "" {
			t.Errorf("headers are %v", h)
		}
	}
	if len(nonces) != 2 {
		t.Errorf("%d nonces in 2 tries", len(nonces))
	}
}

func TestOAuth(t *testing.T) {
	t.Parallel()
	tokens := 0
	s := serve(t, func(_ int, w http.ResponseWriter, r seen) {
		if r.Target == "/oauth/token" {
			tokens++
			answerJSON(w, http.StatusOK, map[string]any{"access_token": fmt.Sprint("at", tokens), "token_type": "Bearer", "expires_in": 3600})
			return
		}
		if r.Header.Get("Authorization") != "Bearer at2" { // the first one was revoked
			problem(w, http.StatusUnauthorized, "unauthorized")
			return
		}
		answerJSON(w, http.StatusOK, Label{ID: "lbl_1"})
	})
	c := s.client(t, WithOAuth("cli 1", "s:ecret", "labels:read", "events:read"))
	for range 2 {
		if l, err := c.Labels.Get(t.Context(), "lbl_1"); err != nil || l.ID != "lbl_1" {
			t.Fatalf("got %+v, %v", l, err)
		}
	}
	got := s.requests()
	if len(got) != 5 || tokens != 2 {
		t.Fatalf("%d requests, %d tokens", len(got), tokens)
	}
	form, err := url.ParseQuery(got[0].Body)
	id, secret, ok := (&http.Request{Header: got[0].Header}).BasicAuth()
	if err != nil || form.Get("grant_type") != "client_credentials" || form.Get("scope") != "labels:read events:read" || !ok || id != "cli+1" || secret != "s%3Aecret" {
		t.Errorf("asked with %q, %q %q", got[0].Body, id, secret)
	}
}

// house is a server with sessions: a refresh token counts once, and shown again it ends the session.
type house struct {
	mu               sync.Mutex
	access, refresh  string
	logins, renewals int
	lost             bool // the next answer to a refresh is lost
}

func (h *house) serve(_ int, w http.ResponseWriter, r seen) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var in map[string]string
	if strings.HasPrefix(r.Target, "/api/v1/auth/") && json.Unmarshal([]byte(r.Body), &in) != nil {
		problem(w, http.StatusBadRequest, "malformed")
		return
	}
	switch {
	case r.Target == "/api/v1/auth/login" && in["password"] == "right":
		h.logins++
		h.grant(w)
	case r.Target == "/api/v1/auth/refresh" && in["refresh_token"] == h.refresh && h.refresh != "":
		h.renewals++
		if h.lost {
			h.lost, h.refresh, h.access = false, "", ""
			cut(w)
			return
		}
		h.grant(w)
	case r.Header.Get("Authorization") == "Bearer "+h.access && h.access != "":
		answerJSON(w, http.StatusOK, Label{ID: "lbl_1"})
	default:
		problem(w, http.StatusUnauthorized, "unauthorized")
	}
}

func (h *house) grant(w http.ResponseWriter) {
	h.access, h.refresh = fmt.Sprint("a", h.logins, "-", h.renewals), fmt.Sprint("r", h.logins, "-", h.renewals)
	answerJSON(w, http.StatusOK, map[string]any{"access_token": h.access, "refresh_token": h.refresh, "expires_in": 900})
}

func (h *house) expire(lost bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.access, h.lost = "gone", lost
}

func TestLoginIsSharedAndRefreshed(t *testing.T) {
	t.Parallel()
	h := &house{}
	c := serve(t, h.serve).client(t, WithLogin("amy@example.com", "right"))
	together := func() {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := c.Labels.Get(t.Context(), "lbl_1"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	together()
	if h.logins != 1 || h.renewals != 0 {
		t.Fatalf("%d logins, %d renewals", h.logins, h.renewals)
	}
	h.expire(false)
	together()
	if h.logins != 1 || h.renewals != 1 {
		t.Fatalf("%d logins, %d renewals after the token expired", h.logins, h.renewals)
	}
	h.expire(true)
	together()
	if h.logins != 2 {
		t.Fatalf("%d logins after the answer to a refresh was lost", h.logins)
	}
}

func TestWrongPasswordIsSaidOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, (&house{}).serve)
	_, err := s.client(t, WithLogin("amy@example.com", "wrong")).Labels.Get(t.Context(), "x")
	if !IsUnauthorized(err) || len(s.requests()) != 1 {
		t.Errorf("%d requests, %v", len(s.requests()), err)
	}
}
