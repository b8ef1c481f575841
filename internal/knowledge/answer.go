package knowledge

import (
	"context"
	"strings"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/store"
)

// SureEnough is the confidence below which the bot does not answer. It is where, on the questions in testdata, few that have an article go
// without an answer and few that have none get one.
const SureEnough = 0.3

// Why the bot would hand off.
const (
	ReasonPerson  = "asked_for_person" // a person was asked for
	ReasonNothing = "no_article"       // no article has a word of the question
	ReasonUnsure  = "low_confidence"   // the best article has too little of it
)

// Question is what the bot is asked.
type Question struct {
	Question string      `json:"question" doc:"What somebody asks, in their words." example:"請問我要怎麼退貨？"`
	Locale   kefu.Locale `json:"locale,omitempty" doc:"The language to answer in if there is a translation: zh-TW, zh-CN or en." example:"zh-TW"`
}

// Suggestion is an article that the bot names.
type Suggestion struct {
	ID      kefu.ArticleID `json:"id" doc:"Id of the article."`
	Title   string         `json:"title" doc:"What it is called."`
	URL     string         `json:"url" doc:"Where readers find it, or empty."`
	Locale  kefu.Locale    `json:"locale" doc:"Its language." enum:"zh-TW,zh-CN,en"`
	Score   float64        `json:"score" doc:"How well it answers, from 0 to 1."`
	Excerpt string         `json:"excerpt" doc:"Part of its text, on one line."`
}

// Answer is what the bot would say.
type Answer struct {
	Articles   []Suggestion `json:"articles" doc:"At most three published articles, the best first; also when the bot would hand off."`
	Confidence float64      `json:"confidence" doc:"How sure it is that the first article answers, from 0 to 1."`
	Source     string       `json:"source" doc:"How the text was made: excerpts of the articles." enum:"excerpts"`
	Text       string       `json:"text" doc:"What the bot would say; empty when it would hand off."`
	Handoff    bool         `json:"handoff" doc:"Whether a person is needed."`
	Reason     string       `json:"reason" doc:"Why a person is needed, or empty." enum:",asked_for_person,no_article,low_confidence"`
}

// Answer says what the bot would, from published articles alone.
func (k *Knowledge) Answer(ctx context.Context, ask kefu.Ask, q Question) (Answer, error) {
	say := func(tx *store.Tx) (Answer, error) {
		if err := checkQuestion("question", q.Question, q.Locale); err != nil {
			return Answer{}, err
		}
		hits, err := k.find(ctx, tx, Query{Text: q.Question, Locale: q.Locale, Limit: excerptsInText}, false)
		return answer(q.Question, hits), err
	}
	if ask.Key == "" && !ask.Dry {
		return look(ctx, k, say)
	}
	return do(ctx, k, ask, say)
}

func answer(text string, hits []Hit) Answer {
	out := Answer{Articles: []Suggestion{}, Source: "excerpts"}
	for _, h := range hits {
		out.Articles = append(out.Articles, Suggestion{ID: h.ID, Title: h.Title, URL: h.URL, Locale: h.Locale, Score: h.Score, Excerpt: h.Excerpt})
		out.Confidence = max(out.Confidence, h.Score)
	}
	switch {
	case AsksForPerson(text):
		out.Reason = ReasonPerson
	case len(hits) == 0:
		out.Reason = ReasonNothing
	case out.Confidence < SureEnough:
		out.Reason = ReasonUnsure
	}
	if out.Handoff = out.Reason != ""; !out.Handoff {
		out.Text = written(out.Articles)
	}
	return out
}

// written is the text of an answer: what is nearly as good as the best is said as well.
func written(articles []Suggestion) string {
	const nearly = 0.85
	var parts []string
	for _, a := range articles {
		if a.Score < nearly*articles[0].Score {
			break
		}
		part := a.Title + "\n" + a.Excerpt
		if a.URL != "" {
			part += "\n" + a.URL
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n\n")
}

// AsksForPerson tells whether somebody asks for a person instead of an answer, in Chinese or English.
func AsksForPerson(text string) bool {
	folded := " " + strings.Join(strings.Fields(lexis.Fold(text)), " ") + " "
	for p := range strings.SplitSeq(personPhrases, "|") {
		if strings.Contains(folded, p) {
			return true
		}
	}
	return false
}

// personPhrases are in their folded form.
const personPhrases = `真人|转人工|人工客服|找客服|客服人员|联系客服|联络客服|跟人说|talk to a person|talk to a human|talk to someone|talk to an agent|speak to a person|` +
	`speak to a human|speak to someone|speak to an agent|speak with a|talk with a person|talk with a human|real person|real human|human agent|live agent|human please`
