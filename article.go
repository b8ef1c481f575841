package kefu

import (
	"slices"
	"time"
)

// ArticleID is the id of an article: art_….
type ArticleID string

// CollectionID is the id of a collection of articles: col_….
type CollectionID string

// Locale is a language that the knowledge base speaks.
type Locale string

// The locales.
const (
	LocaleTaiwan  Locale = "zh-TW"
	LocaleChina   Locale = "zh-CN"
	LocaleEnglish Locale = "en"
)

// Locales lists the words.
func Locales() []Locale { return []Locale{LocaleTaiwan, LocaleChina, LocaleEnglish} }

// Valid tells whether l is one of the words.
func (l Locale) Valid() bool { return slices.Contains(Locales(), l) }

// Article answers a question in one language. Articles with the same key are translations of each other.
type Article struct {
	ID           ArticleID
	Key          string // stable name from where it was imported, unique for each locale; "" has none
	CollectionID CollectionID
	Locale       Locale
	Title        string
	Body         string // Markdown
	Keywords     []string
	URL          string // where readers find it, or ""
	Published    bool
	Helped       int64 // how often somebody said that it did, or did not
	NotHelped    int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Collection is a shelf of articles.
type Collection struct {
	ID          CollectionID
	Name        string // unique
	Description string
	Position    int64 // collections are shown in this order
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// ArticleCard is an article as a message shows it.
type ArticleCard struct {
	ID      ArticleID `json:"id"`
	Title   string    `json:"title"`
	Excerpt string    `json:"excerpt,omitempty"`
	URL     string    `json:"url,omitempty"`
	Locale  Locale    `json:"locale,omitempty"`
}
