package knowledge

import (
	"context"
	"strings"
	"sync"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/store"
)

const (
	// maxWords is how many words of an article are held: what stands at the end of a very long one is found by GET /search alone.
	maxWords = 3000
	// loadBatch is how many articles are read by one statement.
	loadBatch = 256
	// maxDead is how many articles that are no more may be held, beside as many as there are.
	maxDead = 1000
)

// index holds the words of all articles. Who asks brings it up to date first, so it is never older than what they would read.
type index struct {
	loading chan struct{} // holds a token while nobody loads

	mu    sync.RWMutex
	rev   int64 // the last change that is in it
	words map[string]*posting
	docs  []doc
	at    map[kefu.ArticleID]int // of docs
	keys  map[string][]int       // translations, as places in docs
	dead  int
}

// posting is where a word stands.
type posting struct {
	live int // documents that are still there
	in   []place
}

// place is a word in one document: whether its title and its keywords have it, and how often its text does.
type place struct {
	doc            int32
	title, keyword bool
	times          uint8 // in the text; no more are counted
}

// doc is one article.
type doc struct {
	id        kefu.ArticleID
	key       string
	locale    kefu.Locale
	published bool
	live      bool
	lead      []string // the words of title and keywords, in their order
	words     []string // each once
	length    int      // of the text, in words
}

func newIndex() *index {
	x := &index{loading: make(chan struct{}, 1)}
	x.loading <- struct{}{}
	x.clear()
	return x
}

// clear forgets everything; the caller holds mu, or is the only one.
func (x *index) clear() {
	x.rev, x.dead, x.docs = 0, 0, nil
	x.words, x.at, x.keys = map[string]*posting{}, map[kefu.ArticleID]int{}, map[string][]int{}
}

// follow takes in what changed since the last question.
func (x *index) follow(ctx context.Context, tx *store.Tx) error {
	rev, err := tx.KnowledgeRev()
	if err != nil || x.has(rev) {
		return err
	}
	select {
	case <-x.loading:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { x.loading <- struct{}{} }()
	for !x.has(rev) {
		if err := x.load(tx, rev); err != nil {
			return err
		}
	}
	return nil
}

func (x *index) has(rev int64) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.rev >= rev
}

// load takes in the next changes up to one. Only one caller at a time does; others go on asking meanwhile.
func (x *index) load(tx *store.Tx, upTo int64) error {
	x.mu.RLock()
	from, worn := x.rev, x.dead > len(x.at)+maxDead
	x.mu.RUnlock()
	if worn {
		x.mu.Lock()
		x.clear()
		x.mu.Unlock()
		from = 0
	}
	some, last, err := tx.ArticlesSince(from, upTo, loadBatch)
	if err != nil {
		return err
	}
	if len(some) < loadBatch {
		last = upTo
	}
	gone, err := tx.ArticlesGone(from, last)
	if err != nil {
		return err
	}
	read := make([]reading, len(some))
	for i, a := range some {
		read[i] = readArticle(a)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range gone {
		x.remove(id)
	}
	for _, r := range read {
		x.remove(r.id)
		x.add(r)
	}
	x.rev = last
	return nil
}

// reading is an article made ready for the index.
type reading struct {
	doc

	places map[string]place
}

func readArticle(a kefu.Article) reading {
	title, keywords, text := lexis.Tokens(a.Title), lexis.Tokens(strings.Join(a.Keywords, "\n")), lexis.Tokens(plain(a.Body))
	text = text[:min(len(text), maxWords)]
	r := reading{doc: doc{id: a.ID, key: a.Key, locale: a.Locale, published: a.Published, live: true, length: len(text)}, places: map[string]place{}}
	r.lead = append(append(r.lead, title...), keywords...)
	note := func(words []string, with func(*place)) {
		for _, w := range words {
			p, known := r.places[w]
			if !known {
				r.words = append(r.words, w)
			}
			with(&p)
			r.places[w] = p
		}
	}
	note(title, func(p *place) { p.title = true })
	note(keywords, func(p *place) { p.keyword = true })
	note(text, func(p *place) {
		if p.times < 255 {
			p.times++
		}
	})
	return r
}

// add appends a document; the caller holds mu.
func (x *index) add(r reading) {
	n := len(x.docs)
	for i, w := range r.words {
		on := x.words[w]
		if on == nil {
			w = strings.Clone(w) // and not a part of the whole text
			on = &posting{}
			x.words[w] = on
		}
		r.words[i] = w
		p := r.places[w]
		p.doc = int32(n) //nolint:gosec // there are never so many
		on.in, on.live = append(on.in, p), on.live+1
	}
	x.docs, x.at[r.id] = append(x.docs, r.doc), n
	if r.key != "" {
		x.keys[r.key] = append(x.keys[r.key], n)
	}
}

// remove forgets a document but for its places, which count for nothing any more; the caller holds mu.
func (x *index) remove(id kefu.ArticleID) {
	n, ok := x.at[id]
	if !ok {
		return
	}
	d := &x.docs[n]
	for _, w := range d.words {
		x.words[w].live--
	}
	if all := x.keys[d.key]; d.key != "" {
		kept := all[:0]
		for _, other := range all {
			if other != n {
				kept = append(kept, other)
			}
		}
		x.keys[d.key] = kept
	}
	*d = doc{}
	x.dead++
	delete(x.at, id)
}
