package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/storetest"
)

// BenchmarkDoor is what a call costs before the database is asked: its body is good by its schema, and refused by the first rule.
func BenchmarkDoor(b *testing.B) { refused(b, `"sender_type":"agent"`) }

// BenchmarkRehearsal is what a call costs that its schema refuses, and of which the rules find no other fault: it is carried out, and undone.
func BenchmarkRehearsal(b *testing.B) { refused(b, `"private":5`) }

func refused(b *testing.B, fault string) {
	b.Helper()
	r := newRig(b, storetest.SQLite(b), func(n *names) { n.admin = kefu.SystemCaller("test") })
	body := `{"conversation_id":"cnv_06c0000000000000000000000g","content":"` + strings.Repeat("你好, hello. ", 30) + `",` + fault + `}`
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
