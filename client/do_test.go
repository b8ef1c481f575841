package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBusyServerIsAskedAgainWithTheSameKey(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, w http.ResponseWriter, _ seen) {
		switch n {
		case 0:
			problem(w, http.StatusServiceUnavailable, "unavailable")
		case 1:
			cut(w)
		case 2:
			problem(w, http.StatusTooManyRequests, "rate_limited")
		default:
			w.Header().Set("ETag", `"v1"`)
			answerJSON(w, http.StatusCreated, Label{ID: "lbl_1", Name: "vip"})
		}
	})
	l, err := s.client(t, WithKey("kefu_x")).Labels.Create(t.Context(), NewLabel{Name: "vip"})
	if err != nil || l.ID != "lbl_1" || l.ETag != `"v1"` {
		t.Fatalf("got %+v, %v", l, err)
	}
	first := s.requests()[0]
	if first.Header.Get("Idempotency-Key") == "" || first.Body != `{"name":"vip"}` || first.Header.Get("Authorization") != "Bearer kefu_x" {
		t.Errorf("the first try was %+v", first)
	}
	for i, r := range s.requests() {
		r.Header.Del("Date")
		if diff := cmp.Diff(first, r); diff != "" {
			t.Errorf("try %d was another request: %s", i, diff)
		}
	}
}

func TestTriesAreBounded(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, _ seen) { problem(w, http.StatusServiceUnavailable, "unavailable") })
	_, err := s.client(t, WithTries(3)).Labels.Get(t.Context(), "lbl_1")
	if !IsUnavailable(err) || len(s.requests()) != 3 {
		t.Errorf("%d tries, %v", len(s.requests()), err)
	}
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(http.ResponseWriter){
		"invalid":  func(w http.ResponseWriter) { problem(w, http.StatusUnprocessableEntity, "invalid") },
		"conflict": func(w http.ResponseWriter) { problem(w, http.StatusConflict, "conflict") },
		"internal": func(w http.ResponseWriter) { problem(w, http.StatusInternalServerError, "internal") },
		"a wait of an hour": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "3600")
			problem(w, http.StatusTooManyRequests, "rate_limited")
		},
		"redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(http.StatusMovedPermanently)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(_ int, w http.ResponseWriter, _ seen) { fn(w) })
			_, err := s.client(t).Labels.Get(t.Context(), "lbl_1")
			if e := new(Error); !errors.As(err, &e) || len(s.requests()) != 1 {
				t.Errorf("%d tries, %v", len(s.requests()), err)
			}
		})
	}
}

// TestLostAnswerOfAConditionalChange: the change may have happened, so a second try would look like a lost race.
func TestLostAnswerOfAConditionalChange(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, _ seen) { cut(w) })
	_, err := s.client(t).Labels.Update(t.Context(), "lbl_1", LabelChange{Color: Null[string]()}, IfMatch(`"v1"`))
	got := s.requests()
	if err == nil || IsChanged(err) || len(got) != 1 || got[0].Header.Get("If-Match") != `"v1"` || got[0].Body != `{"color":null}` {
		t.Errorf("%v after %+v", err, got)
	}
}

func TestRefusalNamesEverything(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, _ seen) {
		w.Header().Set("Retry-After", "7")
		problem(w, http.StatusUnprocessableEntity, "invalid")
	})
	_, err := s.client(t).Labels.Create(t.Context(), NewLabel{})
	var e *Error
	if !errors.As(err, &e) || !IsInvalid(err) || IsNotFound(err) {
		t.Fatalf("error is %v", err)
	}
	want := &Error{Status: 422, Code: "invalid", Detail: "words", RequestID: "req_1", RetryAfter: 7 * time.Second,
		Faults: []Fault{{"name", "is needed"}, {"color", "must look like #1f93ff"}}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	if text := err.Error(); text != "kefu: invalid: words: name is needed; color must look like #1f93ff (request req_1)" {
		t.Errorf("words are %q", text)
	}
}

func TestRefusalOfSomethingElse(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, _ seen) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<html>no</html>")
	})
	_, err := s.client(t).Labels.Get(t.Context(), "x")
	if !IsForbidden(err) || !strings.Contains(err.Error(), "proxy") {
		t.Errorf("error is %v", err)
	}
}

func TestContextEndsACall(t *testing.T) {
	t.Parallel()
	asked, gone := make(chan struct{}), make(chan struct{})
	s := serve(t, func(int, http.ResponseWriter, seen) { close(asked); <-gone })
	defer close(gone)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	if _, err := s.client(t).Labels.Get(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, w http.ResponseWriter, _ seen) {
		p := page[Label]{Items: []Label{{ID: fmt.Sprint("a", n)}, {ID: fmt.Sprint("b", n)}}, NextCursor: fmt.Sprint("after", n)}
		if n == 2 {
			p.NextCursor = ""
		}
		answerJSON(w, http.StatusOK, p)
	})
	all, err := Collect(s.client(t).Labels.List(t.Context()), 0)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(all))
	for i, l := range all {
		ids[i] = l.ID
	}
	if diff := cmp.Diff([]string{"a0", "b0", "a1", "b1", "a2", "b2"}, ids); diff != "" {
		t.Error(diff)
	}
	targets := make([]string, 0, 3)
	for _, r := range s.requests() {
		targets = append(targets, r.Target)
	}
	want := []string{"/api/v1/labels?limit=100", "/api/v1/labels?cursor=after0&limit=100", "/api/v1/labels?cursor=after1&limit=100"}
	if diff := cmp.Diff(want, targets); diff != "" {
		t.Error(diff)
	}
}

func TestPagesStop(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, w http.ResponseWriter, _ seen) {
		if n == 1 {
			problem(w, http.StatusForbidden, "forbidden")
			return
		}
		answerJSON(w, http.StatusOK, page[Label]{Items: []Label{{ID: "a"}, {ID: "b"}}, NextCursor: "c"})
	})
	c := s.client(t)
	if some, err := Collect(c.Labels.List(t.Context()), 1); err != nil || len(some) != 1 || len(s.requests()) != 1 {
		t.Errorf("%d items of %d pages, %v", len(some), len(s.requests()), err)
	}
	if some, err := Collect(c.Labels.List(t.Context()), 0); !IsForbidden(err) || len(some) != 0 {
		t.Errorf("%d items, %v", len(some), err)
	}
}

func TestIDsCannotLeaveTheirPlace(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, _ seen) { answerJSON(w, http.StatusOK, Label{}) })
	if _, err := s.client(t).Labels.Get(t.Context(), "../agents?x=1#"); err != nil {
		t.Fatal(err)
	}
	if got := s.requests()[0].Target; got != "/api/v1/labels/..%2Fagents%3Fx=1%23" {
		t.Errorf("asked for %s", got)
	}
}

func TestOwnIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ int, w http.ResponseWriter, _ seen) { answerJSON(w, http.StatusOK, Message{}) })
	c := s.client(t)
	if _, err := c.Messages.Send(WithIdempotencyKey(t.Context(), "order-1"), NewMessage{Content: "hi"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Messages.Send(t.Context(), NewMessage{Content: "hi"}); err != nil {
		t.Fatal(err)
	}
	got := s.requests()
	if got[0].Header.Get("Idempotency-Key") != "order-1" || len(got[1].Header.Get("Idempotency-Key")) < 20 {
		t.Errorf("keys are %q and %q", got[0].Header.Get("Idempotency-Key"), got[1].Header.Get("Idempotency-Key"))
	}
}

func TestUploadIsSentAgain(t *testing.T) {
	t.Parallel()
	s := serve(t, func(n int, w http.ResponseWriter, _ seen) {
		if n == 0 {
			cut(w)
			return
		}
		answerJSON(w, http.StatusCreated, Attachment{ID: "att_1", Name: "收據.txt"})
	})
	a, err := s.client(t).Attachments.Upload(t.Context(), "收據.txt", strings.NewReader("thanks"))
	if err != nil || a.Ref() != (AttachmentRef{ID: "att_1", Name: "收據.txt"}) {
		t.Fatalf("got %+v, %v", a, err)
	}
	got := s.requests()[1]
	if !strings.HasPrefix(got.Header.Get("Content-Type"), "multipart/form-data") || !strings.Contains(got.Body, "收據.txt") || !strings.Contains(got.Body, "thanks") {
		t.Errorf("sent %+v", got)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "kefu.example.com", "ftp://kefu.example.com", "http://", "http://a b"} {
		if _, err := New(url); err == nil {
			t.Errorf("New(%q) is fine", url)
		}
	}
	for name, opts := range map[string][]Option{
		"empty key":       {WithKey("")},
		"two credentials": {WithKey("kefu_x"), WithToken("y")},
		"half a login":    {WithLogin("a@b.c", "")},
		"no tries":        {WithTries(0)},
		"no HTTP client":  {WithHTTPClient(nil)},
	} {
		if _, err := New("http://127.0.0.1", opts...); err == nil {
			t.Errorf("%s is fine", name)
		}
	}
}
