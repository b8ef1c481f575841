//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"kefu/internal/storetest"
)

// TestWebhookReplay: beside a running kefu serve, a test tells that it arrived, and a replay is waited for until everything has.
func TestWebhookReplay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		var mu sync.Mutex
		came := map[string]int{}
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			came[q.Header.Get("X-Webhook-Event")+" "+q.Header.Get("webhook-id")]++
			w.WriteHeader(http.StatusNoContent)
		}))
		defer receiver.Close()
		settings := []string{"KEFU_DATABASE=" + url, "KEFU_WEBHOOKS_ALLOW_HTTP=true", "KEFU_EGRESS_ALLOW=127.0.0.0/8", "KEFU_SECRET_KEY=a-key-of-the-tests"}
		s := serve(t, settings...)
		dir := t.TempDir()
		environ := append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, quickExit}, settings...)

		made := run(t, dir, environ, "webhook", "create", "--name", "x", "--url", receiver.URL, "--events", "ticket.created,conversation.created")
		endpoint, _, _ := strings.Cut(made, "\n")
		if said := run(t, dir, environ, "webhook", "test", endpoint); !strings.HasPrefix(said, "whd_1 delivered: 204 from 127.0.0.1:") {
			t.Errorf("the test says %q", said)
		}
		s.accepted("/ticket/create", `{"ticket_id":33,"ticket_title":"a","ticket_message":"b","channel_name":"#c","sender":"[顧客] D (d@example.com)"}`, false)
		s.until("both events have come", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(came) == 3
		})
		said := run(t, dir, environ, "webhook", "replay", endpoint, "--status", "any", "--since", "1h", "--per-second", "500", "--wait")
		if _, end, _ := strings.Cut(said, "\n"); !strings.HasPrefix(said, "whr_") || end != "done: 2 sent again, 2 delivered, 0 failed, 0 skipped\n" {
			t.Errorf("the replay says %q", said)
		}
		mu.Lock()
		defer mu.Unlock()
		for event, n := range came {
			if want := map[bool]int{true: 1, false: 2}[strings.HasPrefix(event, "webhook.test ")]; n != want {
				t.Errorf("%s came %d times, want %d", event, n, want)
			}
		}
	})
}
