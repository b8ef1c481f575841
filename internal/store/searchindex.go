package store

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/sqldb"
)

const (
	sqlSearchState     = `SELECT rev, pos, walk, walk_at, low, high FROM search_state WHERE id = 1`
	sqlLockSearch      = `SELECT rev, pos, walk, walk_at, low, high FROM search_state WHERE id = 1 /*for update*/`
	sqlMoveSearch      = `UPDATE search_state SET rev = rev + 1, pos = $1, walk = $2, walk_at = $3, low = $4, high = $5 WHERE id = 1`
	sqlSearchedMessage = `SELECT n, ref, hash FROM search_message WHERE ref IN ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlSearchedEntry   = `SELECT n, ref, hash FROM search_entry WHERE ref IN ($1, $2, $3, $4, $5, $6, $7, $8)`
)

// The words of SearchState.Walk beside the kinds.
const (
	WalkNew  = "new"  // nothing was begun
	WalkDone = "done" // every table was walked
)

// SearchState tells how far the index is.
type SearchState struct {
	Rev    int64
	Pos    int64  // the last event that was taken in
	Walk   string // the kind whose table is walked
	WalkAt string // the last id of it that was taken in
	low    int64
	high   int64
}

func scanSearchState(s sqldb.Scanner) (st SearchState, err error) {
	err = s.Scan(&st.Rev, &st.Pos, &st.Walk, &st.WalkAt, &st.low, &st.high)
	return st, err
}

// SearchState reads how far the index is.
func (tx *Tx) SearchState() (SearchState, error) {
	return sqldb.One(tx.Tx, scanSearchState, sqlSearchState)
}

// SearchWords is a document made ready for the index.
type SearchWords struct {
	SearchDoc
	words []string
	scope []string
	hash  int64
}

// WordsOf makes the words of a document. It needs no transaction: this is what takes the time.
func WordsOf(d SearchDoc) SearchWords {
	w := SearchWords{SearchDoc: d, words: lexis.Tokens(d.Text())}
	w.scope = []string{scopeWord("k", string(d.Kind))}
	if d.ConversationID != "" {
		w.scope = append(w.scope, scopeWord("c", string(d.ConversationID)))
	}
	if d.InboxID != "" {
		w.scope = append(w.scope, scopeWord("i", string(d.InboxID)))
	}
	w.hash = hash(strings.Join(w.words, " ") + "\x00" + strings.Join(w.scope, " "))
	return w
}

// scopeWord is the word in the index for what a document belongs to. Two ids may share one: every hit is looked at again.
func scopeWord(letter, id string) string {
	return letter + strconv.FormatUint(uint64(hash(id)), 16) //nolint:gosec // bits
}

func hash(s string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return int64(h.Sum64())   //nolint:gosec // bits
}

// SearchStep is one step of the index: documents as they are now, refs that may have no document any more, and where the index is then.
type SearchStep struct {
	From SearchState // what it was planned for
	Docs []SearchWords
	// Asked are the refs that were looked for, by kind; those without a document leave the index.
	Asked map[SearchKind][]string
	// Walked says that the documents are older than all that is in the index.
	Walked       bool
	Pos          int64
	Walk, WalkAt string
}

// PutSearch takes a step; false when another process took one since it was planned.
func (tx *Tx) PutSearch(step SearchStep) (SearchState, bool, error) {
	st, err := sqldb.One(tx.Tx, scanSearchState, sqlLockSearch)
	if err != nil || st.Rev != step.From.Rev {
		return st, false, err
	}
	put := indexer{tx: tx, state: &st, engine: tx.searchEngine(), walked: step.Walked}
	if err := put.all(step); err != nil {
		return st, false, err
	}
	st.Rev, st.Pos, st.Walk, st.WalkAt = st.Rev+1, step.Pos, step.Walk, step.WalkAt
	_, err = tx.Exec(sqlMoveSearch, st.Pos, st.Walk, st.WalkAt, st.low, st.high)
	return st, true, err
}

// indexer writes the documents of one step.
type indexer struct {
	tx     *Tx
	state  *SearchState
	engine searchEngine
	walked bool
	known  map[string]indexed // by ref
	gone   map[string]indexed // those of known whose document was not seen
}

// indexed is a row that is in the index.
type indexed struct {
	n, hash int64
	ref     string
}

func scanIndexed(s sqldb.Scanner) (i indexed, err error) {
	err = s.Scan(&i.n, &i.ref, &i.hash)
	return i, err
}

func (x *indexer) all(step SearchStep) error {
	docs := map[SearchKind][]SearchWords{}
	for _, d := range step.Docs {
		docs[d.Kind] = append(docs[d.Kind], d)
	}
	for _, kind := range SearchKinds() {
		if err := x.kind(kind, step.Asked[kind], docs[kind]); err != nil {
			return err
		}
	}
	return nil
}

func (x *indexer) kind(kind SearchKind, asked []string, docs []SearchWords) error {
	if err := x.look(kind, asked); err != nil {
		return err
	}
	docs = slices.DeleteFunc(docs, func(d SearchWords) bool { return len(d.words) == 0 })
	for _, d := range docs {
		delete(x.gone, d.Ref)
	}
	for _, old := range x.gone {
		if err := x.engine.remove(x.tx, kind, old.n); err != nil {
			return err
		}
	}
	// The newest last: the index takes rows fastest in the order of their numbers.
	slices.SortStableFunc(docs, func(a, b SearchWords) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Ref, b.Ref)) })
	return x.write(kind, docs)
}

// look finds which of the refs are in the index.
func (x *indexer) look(kind SearchKind, refs []string) error {
	x.known, x.gone = map[string]indexed{}, map[string]indexed{}
	text := sqlSearchedEntry
	if kind == FoundMessage {
		text = sqlSearchedMessage
	}
	for batch := range slices.Chunk(refs, inBatch) {
		found, err := sqldb.Many(x.tx.Tx, scanIndexed, text, inList(batch)...)
		if err != nil {
			return err
		}
		for _, i := range found {
			x.known[i.ref], x.gone[i.ref] = i, i
		}
	}
	return nil
}

func (x *indexer) write(kind SearchKind, docs []SearchWords) error {
	fresh := int64(0)
	for _, d := range docs {
		if _, ok := x.known[d.Ref]; !ok {
			fresh++
		}
	}
	next := x.state.high + 1
	if x.walked {
		next = x.state.low - fresh
	}
	for _, d := range docs {
		old, ok := x.known[d.Ref]
		switch {
		case ok && old.hash == d.hash:
			continue
		case ok:
			if err := x.engine.change(x.tx, old.n, d); err != nil {
				return err
			}
		case kind == FoundMessage:
			if _, err := x.engine.insert(x.tx, next, d); err != nil {
				return err
			}
			next++
		default:
			if err := x.entry(d); err != nil {
				return err
			}
		}
	}
	if kind == FoundMessage && x.walked {
		x.state.low -= fresh
	} else if kind == FoundMessage {
		x.state.high += fresh
	}
	return nil
}

// entryBits is how many bits of an entry's number are below its time in milliseconds.
const entryBits = 20

// entry gives a document the number of its time, or the next one that is free.
func (x *indexer) entry(d SearchWords) error {
	for n := d.At/1000<<entryBits | hash(d.Ref)&(1<<entryBits-1); ; n++ {
		if fresh, err := x.engine.insert(x.tx, n, d); err != nil || fresh {
			return err
		}
	}
}

// searchEngine is what the engines do differently (search_sqlite.go, search_postgres.go).
type searchEngine interface {
	// insert adds a row; false when the number is taken.
	insert(tx *Tx, n int64, d SearchWords) (bool, error)
	change(tx *Tx, n int64, d SearchWords) error
	remove(tx *Tx, kind SearchKind, n int64) error
	// hits is the query for rows that match, the newest first. head asks for a look at the newest rows alone, as far as reads them.
	hits(m searchMatch) *query
	head(m searchMatch) *query
}

func (tx *Tx) searchEngine() searchEngine {
	if tx.Dialect() == sqldb.PostgreSQL {
		return pgSearch{}
	}
	return liteSearch{}
}

// searchTable is the table of a kind.
func searchTable(kind SearchKind) string {
	if kind == FoundMessage {
		return "search_message"
	}
	return "search_entry"
}

// searchMatch is what a row must have: every term, or any of them when loose; one word of each scope; a number from low up to below high.
type searchMatch struct {
	table     string
	terms     []lexis.Term
	loose     bool
	scopes    [][]string
	low, high int64
}

// SearchLag tells how many events the index has not taken in yet, and whether older data is still being walked.
func (tx *Tx) SearchLag() (events int64, walking bool, err error) {
	st, err := tx.SearchState()
	if err != nil {
		return 0, false, err
	}
	last, err := tx.LastPosition()
	return max(last-st.Pos, 0), st.Walk != WalkDone, err
}

// Scope words of a search.
func inConversation(id kefu.ConversationID) string { return scopeWord("c", string(id)) }
func inInbox(id kefu.InboxID) string               { return scopeWord("i", string(id)) }
func ofKind(k SearchKind) string                   { return scopeWord("k", string(k)) }
