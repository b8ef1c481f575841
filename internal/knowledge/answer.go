package knowledge

import (
	"context"
	"strings"

	"kefu"
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
	// ReasonNoAnswer is the writer's: the articles that were found do not answer.
	ReasonNoAnswer = "no_answer"
	// ReasonNoWords says that there is nothing to look for: a sticker, or a question mark.
	ReasonNoWords = "no_words"
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
	Articles   []Suggestion     `json:"articles" doc:"At most three published articles, the best first; also when the bot would hand off."`
	Confidence float64          `json:"confidence" doc:"How sure it is that the first article answers, from 0 to 1."`
	Source     string           `json:"source" doc:"How the text was made: excerpts of the articles, or written from them by the writer." enum:"excerpts,writer"`
	Text       string           `json:"text" doc:"What the bot would say; empty when it would hand off. The writer's has citations: [1] is the first of articles."`
	Cited      []kefu.ArticleID `json:"cited" doc:"The articles that the text says or cites."`
	Handoff    bool             `json:"handoff" doc:"Whether a person is needed."`
	Reason     string           `json:"reason" doc:"Why a person is needed, or empty." enum:",asked_for_person,no_article,low_confidence,no_answer"`
	Writer     string           `json:"writer" doc:"Why the writer's text was not used, or empty." enum:",budget,resting,timeout,unreachable,status,bad_answer,too_long,no_citation,wrong_citation,foreign_link,mention"`
}

// Answer says what the bot would, from published articles alone. What is only tried is answered by excerpts: it costs nothing.
func (k *Knowledge) Answer(ctx context.Context, ask kefu.Ask, q Question) (Answer, error) {
	if err := checkQuestion("question", q.Question, q.Locale); err != nil {
		return Answer{}, err
	}
	if ask.Key != "" {
		if out, done, err := said[Answer](ctx, k, ask); done || err != nil {
			return out, err
		}
	}
	out, err := k.answer(ctx, q.Question, q.Locale, !ask.Dry)
	if err != nil || ask.Key == "" && !ask.Dry {
		return out, err
	}
	return do(ctx, k, ask, func(*store.Tx) (Answer, error) { return out, nil })
}

// answer looks for articles, and has the writer write from them if there is one and it may. Nothing is open in the store meanwhile.
func (k *Knowledge) answer(ctx context.Context, text string, locale kefu.Locale, mayWrite bool) (Answer, error) {
	hits, err := k.best(ctx, Query{Text: text, Locale: locale, Limit: excerptsInText}, false)
	if err != nil {
		return Answer{}, err
	}
	out := judge(text, hits)
	if out.Handoff {
		return out, nil
	}
	if k.Writer == nil || !mayWrite {
		out.excerpts()
		return out, nil
	}
	wrote, why, err := k.Writer.write(ctx, text, locale, hits)
	switch {
	case err != nil:
		return Answer{}, err
	case why == "":
		out.Source, out.Text = kefu.SourceWriter, wrote.text
		for _, n := range wrote.cited {
			out.Cited = append(out.Cited, hits[n].ID)
		}
	case why == ReasonNoAnswer:
		out.Source, out.Handoff, out.Reason = kefu.SourceWriter, true, why
	default:
		out.Writer = why
		out.excerpts()
	}
	return out, nil
}

// judge says how sure the bot is of what was found, and whether a person is needed.
func judge(text string, hits []Hit) Answer {
	out := Answer{Articles: []Suggestion{}, Source: kefu.SourceExcerpts, Cited: []kefu.ArticleID{}}
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
	out.Handoff = out.Reason != ""
	return out
}

// excerpts makes the text of the articles themselves: what is nearly as good as the best is said as well.
func (a *Answer) excerpts() {
	const nearly = 0.85
	var parts []string
	for _, s := range a.Articles {
		if s.Score < nearly*a.Articles[0].Score {
			break
		}
		part := s.Title + "\n" + s.Excerpt
		if s.URL != "" {
			part += "\n" + s.URL
		}
		parts, a.Cited = append(parts, part), append(a.Cited, s.ID)
	}
	a.Text = strings.Join(parts, "\n\n")
}
