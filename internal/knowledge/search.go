package knowledge

import (
	"context"
	"unicode/utf8"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/store"
)

// Limits of a search.
const (
	// MaxQuestion is how many characters a question may have.
	MaxQuestion    = 2000
	defaultFound   = 10
	maxFound       = candidates
	excerptLength  = 200
	excerptsInText = 3
)

// Query asks for the articles that answer something.
type Query struct {
	Text   string
	Locale kefu.Locale // which comes first; "" for none
	Limit  int         // 0 is 10, at most 50
}

// Hit is an article that was found.
type Hit struct {
	Article

	Score   float64       `json:"score" doc:"How well it answers, from 0 to 1."`
	Excerpt string        `json:"excerpt" doc:"Part of its text, on one line. Plain text: escape it before you show it as HTML."`
	Marks   []lexis.Range `json:"marks" doc:"Which parts of the excerpt were found."`
}

// Hits is what was found, the best first.
type Hits struct {
	Items []Hit `json:"items" doc:"The articles, the best first."`
}

// Search finds the articles that answer a question, the best first. Who may not write articles is shown published ones.
func (k *Knowledge) Search(ctx context.Context, by kefu.Caller, q Query) (Hits, error) {
	if err := checkQuestion("q", q.Text, q.Locale); err != nil {
		return Hits{}, err
	}
	items, err := k.best(ctx, q, mayWrite(by))
	return Hits{items}, err
}

// best finds the articles that answer a question.
func (k *Knowledge) best(ctx context.Context, q Query, drafts bool) ([]Hit, error) {
	if err := k.index.follow(ctx, k.Store); err != nil {
		return nil, err
	}
	return look(ctx, k, func(tx *store.Tx) ([]Hit, error) { return k.find(tx, q, drafts) })
}

func checkQuestion(field, text string, locale kefu.Locale) error {
	var f kefu.Faults
	switch {
	case utf8.RuneCountInString(text) > MaxQuestion:
		f.Add(field, "must have at most %d characters", MaxQuestion)
	case lexis.Parse(text).Empty():
		f.Add(field, "is needed, with at least one letter or digit")
	}
	if locale != "" && !locale.Valid() {
		f.Add("locale", "must be zh-TW, zh-CN or en")
	}
	return f.Err("this cannot be looked for")
}

// find ranks the articles for a question and reads the best.
func (k *Knowledge) find(tx *store.Tx, q Query, drafts bool) ([]Hit, error) {
	read := k.reader.read(q.Text)
	limit := q.Limit
	if limit <= 0 {
		limit = defaultFound
	}
	best := k.index.rank(asked{question: read, locale: q.Locale, drafts: drafts, limit: min(limit, maxFound)})
	ids := make([]kefu.ArticleID, len(best))
	for i, r := range best {
		ids[i] = r.id
	}
	rows, err := tx.ArticlesByID(ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[kefu.ArticleID]kefu.Article, len(rows))
	for _, a := range rows {
		byID[a.ID] = a
	}
	items := make([]Hit, 0, len(best))
	for _, r := range best {
		// The index may know more than this snapshot, or less than what was changed since.
		if a, ok := byID[r.id]; ok && (a.Published || drafts) {
			h := Hit{Article: showArticle(a), Score: rounded(r.score)}
			h.Excerpt, h.Marks = read.query.Excerpt(lexis.Plain(a.Body), excerptLength)
			items = append(items, h)
		}
	}
	return items, nil
}

// rounded keeps three digits: more say nothing.
func rounded(score float64) float64 {
	const digits = 1000
	return float64(int(score*digits+0.5)) / digits
}
