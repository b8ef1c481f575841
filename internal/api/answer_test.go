package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"kefu/internal/knowledge"
	"kefu/internal/storetest"
)

// TestTheAnswerIsWritten asks with a writer that cites, and with one that does not; what comes back is what the document says.
func TestTheAnswerIsWritten(t *testing.T) {
	t.Parallel()
	text := "七天內可以退貨 [1]。"
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		said, _ := json.Marshal(text)
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":`+string(said)+`},"finish_reason":"stop"}]}`)
	}))
	t.Cleanup(model.Close)
	r := newRig(t, storetest.SQLite(t), withAdmin(t), func(n *names) { n.model = model.URL })
	if made := r.ask("POST", "/api/v1/articles", `{"locale":"zh-TW","title":"如何退貨","body":"七天內可以退貨。","published":true}`); made.status != http.StatusCreated {
		t.Fatalf("%d %s", made.status, made.raw)
	}
	question := func() (a knowledge.Answer) {
		t.Helper()
		got := r.ask("POST", "/api/v1/bot/answer", `{"question":"請問怎麼退貨？","locale":"zh-TW"}`)
		if err := json.Unmarshal(got.raw, &a); err != nil || got.status != http.StatusOK {
			t.Fatalf("%d %s, %v", got.status, got.raw, err)
		}
		return a
	}
	if got := question(); got.Source != "writer" || got.Text != text || len(got.Cited) != 1 || got.Cited[0] != got.Articles[0].ID || got.Writer != "" || got.Handoff {
		t.Errorf("%+v", got)
	}
	text = "隨時可以退貨。"
	if got := question(); got.Source != "excerpts" || got.Text == text || got.Text == "" || len(got.Cited) != 1 || got.Writer != knowledge.WriterNoCitation || got.Handoff {
		t.Errorf("%+v", got)
	}
	text = "NO_ANSWER"
	if got := question(); got.Text != "" || got.Reason != knowledge.ReasonNoAnswer || !got.Handoff || len(got.Articles) != 1 || len(got.Cited) != 0 {
		t.Errorf("%+v", got)
	}
}
