package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Article answers a question in one language. Articles with the same key are translations of each other.
type Article struct {
	Tagged

	ID           string    `json:"id"`
	Key          string    `json:"key"` // a stable name, unique for each locale; "" is none
	CollectionID *string   `json:"collection_id"`
	Locale       string    `json:"locale"` // zh-TW, zh-CN or en
	Title        string    `json:"title"`
	Body         string    `json:"body"`     // Markdown
	Keywords     []string  `json:"keywords"` // that people ask with and that the text does not have
	URL          string    `json:"url"`      // where readers find it, or ""
	Published    bool      `json:"published"`
	Helped       int64     `json:"helped"` // how often somebody said that it did; it leaves the ETag as it is
	NotHelped    int64     `json:"not_helped"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"`
}

// NewArticle is what an article is made of.
type NewArticle struct {
	Key          string   `json:"key,omitempty"`
	CollectionID string   `json:"collection_id,omitempty"`
	Locale       string   `json:"locale,omitempty"` // zh-TW, zh-CN or en
	Title        string   `json:"title"`
	Body         string   `json:"body"`
	Keywords     []string `json:"keywords,omitempty"`
	URL          string   `json:"url,omitempty"`
	Published    bool     `json:"published,omitempty"`
}

// ArticleChange is what changes; absent members stay.
type ArticleChange struct {
	Key          Opt[string]   `json:"key,omitzero"`
	CollectionID Opt[string]   `json:"collection_id,omitzero"`
	Locale       Opt[string]   `json:"locale,omitzero"`
	Title        Opt[string]   `json:"title,omitzero"`
	Body         Opt[string]   `json:"body,omitzero"`
	Keywords     Opt[[]string] `json:"keywords,omitzero"` // all of them
	URL          Opt[string]   `json:"url,omitzero"`
	Published    Opt[bool]     `json:"published,omitzero"`
}

// ArticleFilter narrows a list; empty members do not.
type ArticleFilter struct {
	Locale       string
	CollectionID string
	Key          string // the translations of one article
	Published    *bool
}

func (f ArticleFilter) query() url.Values {
	return url.Values(filter{}.text("locale", f.Locale).text("collection", f.CollectionID).text("key", f.Key).truth("published", f.Published))
}

// ArticleQuery is a question that articles are to answer.
type ArticleQuery struct {
	Text   string // the question, or some words
	Locale string // the language that comes first
	Limit  int    // 1 to 50; 0 is the server's
}

func (q ArticleQuery) query() url.Values {
	return url.Values(filter{"q": {q.Text}}.text("locale", q.Locale).number("limit", int64(q.Limit)))
}

// ArticleHit is an article that was found.
type ArticleHit struct {
	Article

	Score   float64 `json:"score"`   // how well it answers, from 0 to 1
	Excerpt string  `json:"excerpt"` // plain text: escape it before it is shown as HTML
	Marks   []Mark  `json:"marks"`   // which parts of the excerpt were found
}

// Collection is a shelf of articles.
type Collection struct {
	Tagged

	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Position    int64     `json:"position"` // collections are shown in this order, the lowest first
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// NewCollection is what a collection is made of.
type NewCollection struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Position    int64  `json:"position,omitempty"`
}

// CollectionChange is what changes; absent members stay.
type CollectionChange struct {
	Name        Opt[string] `json:"name,omitzero"`
	Description Opt[string] `json:"description,omitzero"`
	Position    Opt[int64]  `json:"position,omitzero"`
}

// Articles are what the knowledge base says. Who may not write them sees published ones only.
type Articles struct{ c *Client }

// Create makes an article.
func (s Articles) Create(ctx context.Context, in NewArticle) (*Article, error) {
	return post[Article](ctx, s.c, "/articles", in)
}

// Get reads one.
func (s Articles) Get(ctx context.Context, id string) (*Article, error) {
	return get[Article](ctx, s.c, at("/articles", id), nil)
}

// List walks those that the filter keeps, oldest first.
func (s Articles) List(ctx context.Context, f ArticleFilter) iter.Seq2[Article, error] {
	return items[Article](ctx, s.c, "/articles", f.query())
}

// Search walks the articles that answer a question, the best first. Translations of one article come once.
func (s Articles) Search(ctx context.Context, q ArticleQuery) iter.Seq2[ArticleHit, error] {
	return whole[ArticleHit](ctx, s.c, "/articles/search", q.query())
}

// Update changes the members that are present.
func (s Articles) Update(ctx context.Context, id string, ch ArticleChange, opts ...CallOption) (*Article, error) {
	return put[Article](ctx, s.c, at("/articles", id), ch, opts)
}

// Delete removes an article.
func (s Articles) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/articles", id), opts)
}

// Collections are the shelves of the knowledge base.
type Collections struct{ c *Client }

// Create makes a collection.
func (s Collections) Create(ctx context.Context, in NewCollection) (*Collection, error) {
	return post[Collection](ctx, s.c, "/collections", in)
}

// Get reads one.
func (s Collections) Get(ctx context.Context, id string) (*Collection, error) {
	return get[Collection](ctx, s.c, at("/collections", id), nil)
}

// List walks all collections in the order of their positions.
func (s Collections) List(ctx context.Context) iter.Seq2[Collection, error] {
	return items[Collection](ctx, s.c, "/collections", nil)
}

// Update changes the members that are present.
func (s Collections) Update(ctx context.Context, id string, ch CollectionChange, opts ...CallOption) (*Collection, error) {
	return put[Collection](ctx, s.c, at("/collections", id), ch, opts)
}

// Delete removes a collection; its articles stay, in none.
func (s Collections) Delete(ctx context.Context, id string, opts ...CallOption) error {
	return remove(ctx, s.c, at("/collections", id), opts)
}
