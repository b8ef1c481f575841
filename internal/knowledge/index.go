package knowledge

import (
	"context"
	"strings"
	"sync"
	"unicode/utf8"

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
	// begins are the words that begin with a character, of texts that are written without spaces.
	begins map[string][]string
}

// posting is where a word stands, also in documents that are no more.
type posting struct{ in []place }

// place is a word in one document: how often its text has it (4 bits), whether its keywords and its title do (a bit each), which it is.
type place uint32

const (
	timesMask  place = 15
	keywordBit place = 1 << 4
	titleBit   place = 1 << 5
	docShift         = 6
)

func (p place) doc() int { return int(p >> docShift) }

// doc is one article.
type doc struct {
	id        kefu.ArticleID
	key       string
	locale    kefu.Locale
	published bool
	live      bool
	lead      []string // the words of title and keywords, in their order
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
	x.words, x.at, x.keys, x.begins = map[string]*posting{}, map[kefu.ArticleID]int{}, map[string][]int{}, map[string][]string{}
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
	r := reading{doc: doc{id: a.ID, key: a.Key, locale: a.Locale, published: a.Published, live: true}, places: make(map[string]place, len(text))}
	r.lead = append(append(make([]string, 0, len(title)+len(keywords)), title...), keywords...)
	for _, w := range title {
		r.places[w] |= titleBit
	}
	for _, w := range keywords {
		r.places[w] |= keywordBit
	}
	for _, w := range text {
		if p := r.places[w]; p&timesMask < timesMask {
			r.places[w] = p + 1
		}
	}
	return r
}

// add appends a document; the caller holds mu.
func (x *index) add(r reading) {
	n := len(x.docs)
	for w, p := range r.places {
		on := x.words[w]
		if on == nil {
			on = x.learn(w)
		}
		on.in = append(on.in, p|place(n)<<docShift) //nolint:gosec // there are never so many
	}
	for i, w := range r.lead {
		r.lead[i] = strings.Clone(w)
	}
	x.docs, x.at[r.id] = append(x.docs, r.doc), n
	if r.key != "" {
		x.keys[r.key] = append(x.keys[r.key], n)
	}
}

// learn takes in a new word, and not the whole text that it is a part of.
func (x *index) learn(w string) *posting {
	w = strings.Clone(w)
	on := &posting{}
	x.words[w] = on
	if isPair(w) {
		_, size := utf8.DecodeRuneInString(w)
		x.begins[w[:size]] = append(x.begins[w[:size]], w)
	}
	return on
}

// live counts the documents that a word stands in.
func (x *index) live(on *posting) (n int) {
	for _, p := range on.in {
		if x.docs[p.doc()].live {
			n++
		}
	}
	return n
}

// remove forgets a document but for its places, which count for nothing any more; the caller holds mu.
func (x *index) remove(id kefu.ArticleID) {
	n, ok := x.at[id]
	if !ok {
		return
	}
	d := &x.docs[n]
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
