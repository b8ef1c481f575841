package knowledge_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kefu/internal/knowledge"
)

func TestWriterIsProbed(t *testing.T) {
	for name, c := range map[string]struct {
		status     int
		body, want string
	}{
		"well":             {200, `{"data":[{"id":"other"},{"id":"small"}]}`, ""},
		"no such model":    {200, `{"data":[{"id":"other"}]}`, `no model "small"`},
		"refused":          {401, `{}`, "refuses the key (status 401)"},
		"broken":           {500, `oops`, "status 500"},
		"lists no models":  {404, `<html>`, knowledge.ErrModels.Error()},
		"answers nonsense": {200, `<html>`, knowledge.ErrModels.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/v1/models" || r.Method != http.MethodGet || r.Header.Get("Authorization") != "Bearer secret" {
					t.Errorf("asked %s %s with %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer s.Close()
			w := knowledge.NewWriter(knowledge.WriterOptions{Log: slog.New(slog.DiscardHandler), URL: s.URL + "/v1/", Model: "small", Key: "secret"})
			err := w.Probe(t.Context())
			switch {
			case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v, want %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), "secret"):
				t.Errorf("the key is told: %v", err)
			}
		})
	}
	gone := knowledge.NewWriter(knowledge.WriterOptions{Log: slog.New(slog.DiscardHandler), URL: "http://127.0.0.1:1/v1", Model: "small"})
	if err := gone.Probe(t.Context()); err == nil || errors.Is(err, knowledge.ErrModels) {
		t.Errorf("%v", err)
	}
}
