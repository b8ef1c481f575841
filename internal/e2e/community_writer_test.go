package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"kefu"
	"kefu/internal/fake/discord"
	"kefu/internal/store"
)

// scribe is a service that speaks chat completions, as well or badly as it is told to.
type scribe struct {
	*httptest.Server

	answer atomic.Value // of func(http.ResponseWriter, *http.Request)
}

func newScribe(t *testing.T) *scribe {
	s := &scribe{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the end of the caller is noticed
		s.answer.Load().(func(http.ResponseWriter, *http.Request))(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// writes has the service answer with a text.
func (s *scribe) writes(text string) {
	s.answer.Store(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(settings{"choices": []settings{{"message": settings{"content": text}, "finish_reason": "stop"}}})
	})
}

// TestTheWriterIsUsedOnlyWhenItAnswersWell asks while the writer does well, and while it does anything else: the member is always answered.
func TestTheWriterIsUsedOnlyWhenItAnswersWell(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		s := newScribe(t)
		v := newVillage(t, url, plan{config: settings{"bot": settings{"writer_url": s.URL + "/v1", "writer_model": "m", "writer_timeout": "1s"}}})
		v.article("en", returnsTitle, returnsBody)
		s.writes("Returns are free for fourteen days [1].")
		written := v.asks()
		if !shows(written, "free for fourteen days") || !shows(written, returnsTitle) || !shows(written, "https://help.example/en") {
			t.Errorf("the answer lacks its text or its source:\n%s", visible(written))
		}
		for _, row := range []struct {
			why string
			do  func()
		}{
			{"status", func() {
				s.answer.Store(func(w http.ResponseWriter, _ *http.Request) {
					http.Error(w, `{"error":"overloaded"}`, http.StatusInternalServerError)
				})
			}},
			{"bad_answer", func() {
				s.answer.Store(func(w http.ResponseWriter, _ *http.Request) {
					_, _ = io.WriteString(w, "<html><h1>Welcome</h1></html>")
				})
			}},
			{"no_citation", func() { s.writes("Returns are free for fourteen days.") }},
			{"wrong_citation", func() { s.writes("Returns are free for fourteen days [7].") }},
			{"foreign_link", func() { s.writes("See https://evil.example/returns for fourteen days [1].") }},
			{"timeout", func() { s.answer.Store(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }) }},
			{"unreachable", s.Close},
		} {
			row.do()
			got := v.asks()
			if shows(got, "fourteen") || !shows(got, "within 14 days") || !shows(got, returnsTitle) {
				t.Errorf("%s: the member has:\n%s", row.why, visible(got))
			}
			if last := v.answers()[len(v.answers())-1]; last.Source != kefu.SourceExcerpts || last.Reason != row.why {
				t.Errorf("%s: it is kept as %q because of %q", row.why, last.Source, last.Reason)
			}
		}
		if first := v.answers()[0]; first.Source != kefu.SourceWriter || len(first.Articles) == 0 || !first.Articles[0].Used {
			t.Errorf("what was written is kept as %+v", first)
		}
	})
}

// asks has Ann ask the bot, and gives what she is answered.
func (v *village) asks() (answer discord.Message) {
	v.t.Helper()
	dm := v.dm(v.ann)
	known := len(v.bot(dm))
	v.writes(dm, v.ann, "How do I return an item?")
	if !wait(v.ctx, func() bool {
		list := v.bot(dm)
		if len(list) > known {
			answer = list[len(list)-1]
		}
		return len(list) > known && shows(answer, returnsTitle)
	}) {
		v.t.Fatalf("the bot does not answer with the article, but:\n%s", visible(answer))
	}
	return answer
}

// answers are what the bot has said in the one conversation, and why.
func (v *village) answers() (list []kefu.BotRecord) {
	v.t.Helper()
	id := kefu.ConversationID(v.conversations()[0].ID)
	v.view(func(tx *store.Tx) (err error) {
		list, err = tx.BotAnswersOf(id)
		return err
	})
	return list
}
