package twilio_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	fake "kefu/internal/fake/twilio"
	"kefu/internal/fake/twilio/judge"
	"kefu/internal/twilio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// theJudge is loaded once: it takes a second. It is nil where the documents are not.
var theJudge = sync.OnceValues(func() (*judge.Judge, error) {
	folder, err := judge.FindSpecs()
	if err != nil {
		return nil, err
	}
	return judge.Load(folder)
})

// testContext ends before the test's own time does, so that a hang fails with a stack that says where.
func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// start runs a fake and gives a client of it. In the end every request is held against Twilio's documents.
func start(t *testing.T, o fake.Options) (*fake.Server, *twilio.Client) {
	t.Helper()
	s := fake.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	o = s.Options()
	tr := &http.Transport{}
	c := twilio.New(twilio.Options{
		Account: o.Account, Key: o.Key, Secret: twilio.Secret(o.KeySecret), Bases: twilio.OneBase(s.URL()), HTTP: &http.Client{Transport: tr},
	})
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		judgeAll(t, s)
	})
	return s, c
}

func judgeAll(t *testing.T, s *fake.Server) {
	t.Helper()
	for _, v := range s.Violations() {
		t.Errorf("violation: %s", v)
	}
	j, err := theJudge()
	if errors.Is(err, judge.ErrNoSpec) {
		t.Logf("NOT CHECKED: requests against Twilio's official documents: %v", err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range s.Requests() {
		if _, err := j.Check(q); err != nil {
			t.Errorf("%s %s %s: %v", q.Method, q.Path, q.Body, err)
		}
	}
}

// must fails the test for an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
