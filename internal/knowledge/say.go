package knowledge

import (
	"context"

	"kefu"
	"kefu/internal/lexis"
)

// Say gives the bot's answer to what a customer wrote, from published articles alone, in the locale if there is a translation. It may take as
// long as the writer may, and keeps nothing: who says it keeps it.
func (k *Knowledge) Say(ctx context.Context, text string, locale kefu.Locale) (kefu.BotAnswer, error) {
	if !locale.Valid() {
		locale = ""
	}
	text = kefu.Excerpt(text, MaxQuestion)
	switch {
	case AsksForPerson(text):
		return kefu.BotAnswer{Source: kefu.SourceNone, Reason: ReasonPerson, Person: true}, nil
	case lexis.Parse(text).Empty():
		return kefu.BotAnswer{Source: kefu.SourceNone, Reason: ReasonNoWords}, nil
	}
	a, err := k.answer(ctx, text, locale, true)
	if err != nil {
		return kefu.BotAnswer{}, err
	}
	return botAnswer(a), nil
}

// botAnswer is an answer as the switchboard takes it.
func botAnswer(a Answer) kefu.BotAnswer {
	out := kefu.BotAnswer{Text: a.Text, Source: a.Source, Confidence: a.Confidence, Reason: a.Reason, Used: a.Cited,
		Scores: make(map[kefu.ArticleID]float64, len(a.Articles))}
	if a.Text == "" {
		out.Source = kefu.SourceNone
	}
	if out.Reason == "" {
		out.Reason = a.Writer
	}
	for _, s := range a.Articles {
		out.Articles = append(out.Articles, kefu.ArticleCard{ID: s.ID, Title: s.Title, Excerpt: s.Excerpt, URL: s.URL, Locale: s.Locale})
		out.Scores[s.ID] = s.Score
	}
	return out
}
