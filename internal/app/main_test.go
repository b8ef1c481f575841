package app

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"kefu/internal/config"
	"kefu/internal/connect"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

// suite is the tests with the databases that they have made.
type suite struct{ *testing.M }

func (s suite) Run() int { return storetest.Main(s.M) }

func TestMain(m *testing.M) { goleak.VerifyTestMain(suite{m}) }

// logbook keeps what an app says.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// testConfig is a configuration with a shop whose site nobody answers for.
func testConfig(t *testing.T, url, more string) *config.Config {
	t.Helper()
	yaml := "listen: 127.0.0.1:0\npublic_url: http://127.0.0.1\ndatabase: \"" + url + "\"\ndata_dir: \"" + t.TempDir() + "\"\n" +
		"inboxes: [{id: shop, channel: wordpress, settings: {site_url: 'http://127.0.0.1:1', default: true}}]\n" + more
	cfg, err := config.Parse("test.yaml", []byte(yaml), nil, connect.Descriptors())
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	return cfg
}

// newApp builds an app that does not run yet: its doors answer, and nothing is sent.
func newApp(t *testing.T, url, more string) (*App, *logbook) {
	t.Helper()
	said := &logbook{}
	a, err := New(t.Context(), testConfig(t, url, more), Options{Version: "test", Log: slog.New(slog.NewTextHandler(said, nil)), Factories: connect.All()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a, said
}

// run runs an app until the test ends.
func run(t *testing.T, a *App) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (a *App) ask(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:5000"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	a.handler.ServeHTTP(w, r)
	if w.Code == http.StatusNotFound {
		t.Fatalf("%s %s is not found", method, path)
	}
	return w.Code, w.Body.String()
}

func (a *App) update(t *testing.T, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := a.store.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
