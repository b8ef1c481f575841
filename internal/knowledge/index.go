package knowledge

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

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
	// readPatience is how long a question waits while another one reads the articles: as a rule that is over sooner, and an answer from a part
	// of them would send people away who could be helped.
	readPatience = 3 * time.Second
)

// index holds the words of all articles. Who asks brings it up to date first, so it is never older than what they would read.
type index struct {
	loading  chan struct{} // holds a token while nobody loads
	patience time.Duration

	mu    sync.RWMutex
	rev   int64 // the last change that is in it
	words postings
	docs  []doc
	at    map[kefu.ArticleID]int // of docs
	keys  map[string][]int       // translations, as places in docs
	dead  int
}

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
	x := &index{loading: make(chan struct{}, 1), patience: readPatience}
	x.loading <- struct{}{}
	x.clear()
	return x
}

// clear forgets everything; the caller holds mu, or is the only one.
func (x *index) clear() {
	x.rev, x.dead, x.docs = 0, 0, nil
	x.words, x.at, x.keys = newPostings(), map[kefu.ArticleID]int{}, map[string][]int{}
}

// follow takes in what changed since the last question. Nothing is open in the store while it waits for another one who does.
func (x *index) follow(ctx context.Context, s *store.Store) error {
	var rev int64
	err := s.View(ctx, func(tx *store.Tx) (err error) {
		rev, err = tx.KnowledgeRev()
		return err
	})
	if err != nil || x.has(rev) {
		return err
	}
	patience := time.NewTimer(x.patience)
	defer patience.Stop()
	select {
	case <-x.loading:
	case <-patience.C:
		return kefu.Errorf(kefu.KindUnavailable, "the articles are being read: ask again in some seconds")
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { x.loading <- struct{}{} }()
	for err == nil && !x.has(rev) {
		err = s.View(ctx, func(tx *store.Tx) error { return x.load(tx, rev) })
	}
	return err
}

func (x *index) has(rev int64) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.rev >= rev
}

// load takes in the next changes up to one. Only one caller at a time does; others go on asking meanwhile.
func (x *index) load(tx *store.Tx, upTo int64) error {
	forgotten, err := tx.ArticlesForgotten()
	if err != nil {
		return err
	}
	x.mu.RLock()
	from, worn := x.rev, x.dead > len(x.at)+maxDead
	x.mu.RUnlock()
	if worn || from > 0 && from < forgotten {
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
	read := readAll(some)
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

// reading is an article made ready for the index: its words in their order. Those of the text are parts of it.
type reading struct {
	doc

	title, keywords, text []string
}

func readArticle(a kefu.Article) reading {
	r := reading{doc: doc{id: a.ID, key: a.Key, locale: a.Locale, published: a.Published, live: true},
		title: lexis.Tokens(a.Title), keywords: lexis.Tokens(strings.Join(a.Keywords, "\n")), text: lexis.Tokens(lexis.Plain(a.Body))}
	r.text = r.text[:min(len(r.text), maxWords)]
	return r
}

// readAll makes articles ready, on all processors.
func readAll(some []kefu.Article) []reading {
	read := make([]reading, len(some))
	var readers sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		readers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(some)); i = next.Add(1) - 1 {
				read[i] = readArticle(some[i])
			}
		})
	}
	readers.Wait()
	return read
}

// add appends a document; the caller holds mu.
func (x *index) add(r reading) {
	n := len(x.docs)
	r.lead = make([]string, 0, len(r.title)+len(r.keywords))
	for _, w := range r.title {
		*x.words.place(w, n) |= titleBit
		r.lead = append(r.lead, strings.Clone(w)) // and not the whole text that it is a part of
	}
	for _, w := range r.keywords {
		*x.words.place(w, n) |= keywordBit
		r.lead = append(r.lead, strings.Clone(w))
	}
	for _, w := range r.text {
		if at := x.words.place(w, n); *at&timesMask < timesMask {
			*at++
		}
	}
	x.docs, x.at[r.id] = append(x.docs, r.doc), n
	if r.key != "" {
		x.keys[r.key] = append(x.keys[r.key], n)
	}
}

// live counts the documents that a word stands in.
func (x *index) live(on *posting) (n int) {
	for p := range on.places {
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
