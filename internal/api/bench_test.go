package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/storetest"
)

// BenchmarkDoor is what a call costs before any rule: it is refused by the last check of the door, the schema.
func BenchmarkDoor(b *testing.B) {
	r := newRig(b, storetest.SQLite(b), func(n *names) { n.admin = kefu.SystemCaller("test") })
	body := `{"conversation_id":"cnv_06c0000000000000000000000g","content":"` + strings.Repeat("你好, hello. ", 30) + `","private":5}`
	b.ReportAllocs()
	for b.Loop() {
		q := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/api/v1/messages", strings.NewReader(body))
		q.RemoteAddr = "127.0.0.1:5000"
		q.Header = http.Header{"Authorization": {"Bearer admin"}, "Content-Type": {"application/json"}, "Idempotency-Key": {"k"}}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, q)
		if w.Code != http.StatusUnprocessableEntity {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}
