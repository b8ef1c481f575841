package chatwoot_test

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
	"kefu/internal/fake/chatwoot/judge"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// document is Chatwoot's own, read once.
var document = sync.OnceValues(func() (*judge.Judge, error) {
	path, err := judge.FindSpec()
	if err != nil {
		return nil, err
	}
	return judge.Load(path)
})

// TestDocument says loudly when no request of this package was held against Chatwoot's document.
func TestDocument(t *testing.T) {
	if _, err := document(); errors.Is(err, judge.ErrNoSpec) {
		t.Skipf("NOT CHECKED: requests against Chatwoot's official document: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// start runs a fake and gives a client of it. Every request that arrives is held against Chatwoot's document in the end.
func start(t *testing.T, o fake.Options, opts ...chatwoot.Option) (*fake.Server, *chatwoot.Client) {
	t.Helper()
	s := fake.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		judgeAll(t, s.Requests())
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	token := o.Token
	if token == "" {
		token = "user-token"
	}
	opts = append([]chatwoot.Option{chatwoot.WithHTTPClient(&http.Client{Transport: tr, Timeout: 20 * time.Second})}, opts...)
	c, err := chatwoot.New(s.URL()+"/", token, 1, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func judgeAll(t *testing.T, list []fake.Request) {
	t.Helper()
	j, err := document()
	if err != nil {
		return // TestDocument says it
	}
	for _, q := range list {
		if err := j.Check(q); err != nil {
			t.Errorf("Chatwoot's document: %v", err)
		}
	}
}

// talk makes a conversation with a customer in the API inbox.
func talk(t *testing.T, s *fake.Server) int64 {
	t.Helper()
	id, err := s.StartConversation(s.AddContact("Lin", "lin-1"), fake.APIInbox)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// have fails the test unless a value is what it must be.
func have[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
