package knowledge_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"kefu"
	"kefu/internal/knowledge"
)

// floors of the questions in testdata, just under what is reached: a change of the ranking that makes it worse fails.
const (
	floorRecall3  = 0.93
	floorRecall10 = 0.95
	mostFalse     = 0.05
	mostHandedOff = 0.10
)

type asking struct {
	Locale   kefu.Locale `json:"locale"`
	Question string      `json:"question"`
	Key      string      `json:"key"` // of the article that answers; "" when none does
}

func readQuestions(t *testing.T) (all []asking) {
	t.Helper()
	raw, err := os.ReadFile("testdata/questions.json")
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// articles imports testdata/articles.
func (r *rig) articles() {
	r.t.Helper()
	drafts, err := knowledge.ReadFolder(os.DirFS("testdata/articles"))
	if err != nil {
		r.t.Fatal(err)
	}
	done, err := r.Import(r.t.Context(), admin().Caller, drafts, knowledge.ImportOptions{})
	if err != nil || done.Created != len(drafts) || len(drafts) < 40 {
		r.t.Fatalf("%+v of %d, %v", done, len(drafts), err)
	}
}

// TestQuestionsFindTheirArticles asks what people ask, and counts: how often the article that answers is among the first three and ten, how
// often somebody is sent to a person although there is one, and how often there is an answer although there is no article.
func TestQuestionsFindTheirArticles(t *testing.T) {
	all := readQuestions(t)
	each(t, func(t *testing.T, r *rig) {
		r.articles()
		var with, in3, in10, refused, without, wrong float64
		var sure [2][]float64 // confidences, of questions without and with an article
		for _, q := range all {
			hits := r.find(reader(), knowledge.Query{Text: q.Question, Locale: q.Locale})
			said, err := r.Answer(t.Context(), admin(), knowledge.Question{Question: q.Question, Locale: q.Locale})
			if err != nil {
				t.Fatal(err)
			}
			sure[min(len(q.Key), 1)] = append(sure[min(len(q.Key), 1)], said.Confidence)
			if q.Key == "" {
				without++
				if !said.Handoff {
					wrong++
					t.Logf("answered without an article: %s (%.2f %s)", q.Question, said.Confidence, hits[0].Key)
				}
				continue
			}
			with++
			at := slices.IndexFunc(hits, func(h knowledge.Hit) bool { return h.Key == q.Key })
			if at >= 0 && at < 3 {
				in3++
			} else {
				t.Logf("not among three: %s: %s is at %d behind %s", q.Question, q.Key, at, titles(hits[:min(len(hits), 3)]))
			}
			if at >= 0 {
				in10++
			}
			if said.Handoff {
				refused++
				t.Logf("handed off: %s (%.2f, %s)", q.Question, said.Confidence, q.Key)
			}
		}
		t.Logf("%.0f questions with an article: recall@3 %.3f, recall@10 %.3f, handed off all the same %.3f; %.0f without: answered falsely %.3f",
			with, in3/with, in10/with, refused/with, without, wrong/without)
		for limit := 0.25; limit < 0.6; limit += 0.05 {
			t.Logf("with %.2f as the limit %.3f are handed off all the same, %.3f answered falsely", limit, below(sure[1], limit), 1-below(sure[0], limit))
		}
		if in3/with < floorRecall3 || in10/with < floorRecall10 || wrong/without > mostFalse || refused/with > mostHandedOff {
			t.Error("worse than it was")
		}
	})
}

// below is the share of figures that are less than a limit.
func below(all []float64, limit float64) float64 {
	n := 0.0
	for _, v := range all {
		if v < limit {
			n++
		}
	}
	return n / float64(len(all))
}
