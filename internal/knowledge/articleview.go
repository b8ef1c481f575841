package knowledge

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
)

// Limits of an article.
const (
	// MaxBody is how many bytes the text of an article may have.
	MaxBody     = 100_000
	maxTitle    = 200 // characters
	maxKey      = 300
	maxURL      = 2000
	maxKeywords = 50
	maxKeyword  = 100 // characters
)

// Article is an article as the API shows it.
type Article struct {
	ID           kefu.ArticleID     `json:"id" doc:"Id of the article." example:"art_06c0000000000000000000000g"`
	Key          string             `json:"key" doc:"Stable name, unique for each locale: articles with the same key are translations of each other. Empty for none."`
	CollectionID *kefu.CollectionID `json:"collection_id" doc:"The collection that it belongs to, or null."`
	Locale       kefu.Locale        `json:"locale" doc:"Its language." enum:"zh-TW,zh-CN,en"`
	Title        string             `json:"title" doc:"What it is called, or the question that it answers."`
	Body         string             `json:"body" doc:"Its text, as Markdown."`
	Keywords     []string           `json:"keywords" doc:"Words that people ask with and that its text does not have."`
	URL          string             `json:"url" doc:"Where readers find it, or empty."`
	Published    bool               `json:"published" doc:"Whether it is shown to those who may not write articles."`
	Helped       int64              `json:"helped" doc:"How often somebody said that it helped."`
	NotHelped    int64              `json:"not_helped" doc:"How often somebody said that it did not."`
	CreatedAt    time.Time          `json:"created_at" doc:"When it was made."`
	UpdatedAt    time.Time          `json:"updated_at" doc:"When it was changed last."`
}

// State is what the entity tag is of: that it helped somebody makes no other article of it.
func (a Article) State() any {
	a.Helped, a.NotHelped = 0, 0
	return struct{ Article Article }{a}
}

func showArticle(a kefu.Article) Article {
	out := Article{ID: a.ID, Key: a.Key, Locale: a.Locale, Title: a.Title, Body: a.Body, Keywords: a.Keywords, URL: a.URL, Published: a.Published,
		Helped: a.Helped, NotHelped: a.NotHelped, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt}
	if out.Keywords == nil {
		out.Keywords = []string{}
	}
	if a.CollectionID != "" {
		out.CollectionID = &a.CollectionID
	}
	return out
}

// ArticleChange is what an article is made of, or what of it changes: absent members stay, null clears.
type ArticleChange struct {
	Key          kefu.Opt[string]            `json:"key,omitzero" doc:"Stable name, unique for each locale, at most 300 characters."`
	CollectionID kefu.Opt[kefu.CollectionID] `json:"collection_id,omitzero" doc:"The collection that it belongs to."`
	Locale       kefu.Opt[kefu.Locale]       `json:"locale,omitzero" doc:"Its language: zh-TW, zh-CN or en." example:"zh-TW"`
	Title        kefu.Opt[string]            `json:"title,omitzero" doc:"What it is called, 1 to 200 characters." example:"如何退貨"`
	Body         kefu.Opt[string]            `json:"body,omitzero" doc:"Its text, as Markdown, at most 100 kB."`
	Keywords     kefu.Opt[[]string]          `json:"keywords,omitzero" doc:"Words that people ask with, at most 50 with at most 100 characters each."`
	URL          kefu.Opt[string]            `json:"url,omitzero" doc:"Where readers find it: http or https."`
	Published    kefu.Opt[bool]              `json:"published,omitzero" doc:"Whether it is shown to those who may not write articles; a new one is not until this says so."`
}

// apply changes an article and names every fault, but for a collection that there is none of.
func (ch ArticleChange) apply(a *kefu.Article, f *kefu.Faults) {
	ch.Key.Set(&a.Key)
	ch.CollectionID.Set(&a.CollectionID)
	ch.Locale.Set(&a.Locale)
	ch.Title.Set(&a.Title)
	ch.Body.Set(&a.Body)
	ch.Keywords.Set(&a.Keywords)
	ch.URL.Set(&a.URL)
	ch.Published.Set(&a.Published)
	a.Key, a.Title, a.URL = strings.TrimSpace(a.Key), strings.TrimSpace(a.Title), strings.TrimSpace(a.URL)
	if !a.Locale.Valid() {
		f.Add("locale", "must be zh-TW, zh-CN or en")
	}
	if n := utf8.RuneCountInString(a.Title); n < 1 || n > maxTitle {
		f.Add("title", "is needed, with at most %d characters", maxTitle)
	}
	if len(a.Body) > MaxBody {
		f.Add("body", "must have at most %d bytes, and has %d", MaxBody, len(a.Body))
	}
	if utf8.RuneCountInString(a.Key) > maxKey {
		f.Add("key", "must have at most %d characters", maxKey)
	}
	if a.URL != "" && !isWeb(a.URL) {
		f.Add("url", "must be a whole http or https address of at most %d bytes", maxURL)
	}
	a.Keywords = cleanKeywords(a.Keywords, f)
}

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(address) <= maxURL
}

// cleanKeywords keeps each word once, in the order given.
func cleanKeywords(all []string, f *kefu.Faults) []string {
	out := make([]string, 0, len(all))
	for _, w := range all {
		if w = strings.TrimSpace(w); w == "" || slices.Contains(out, w) {
			continue
		}
		if utf8.RuneCountInString(w) > maxKeyword {
			f.Add("keywords", "%q has more than %d characters", kefu.Excerpt(w, 40), maxKeyword)
			continue
		}
		out = append(out, w)
	}
	if len(out) > maxKeywords {
		f.Add("keywords", "must be at most %d", maxKeywords)
	}
	return out
}
