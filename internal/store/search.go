package store

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/sqldb"
)

// SearchFilter says what is looked for in one of the two indexes: messages, or everything else.
type SearchFilter struct {
	Kinds          []SearchKind // FoundMessage alone, or others
	Query          lexis.Query
	Loose          bool // any of the terms, instead of all
	InboxID        kefu.InboxID
	ConversationID kefu.ConversationID
	Before         int64 // where the last page ended; 0 is the newest
	Limit          int
	// Patience ends the search between two steps, when something was looked through; it may go on later.
	Patience context.Context //nolint:containedctx // the time that may be spent, apart from the transaction's
}

func (f SearchFilter) impatient() bool { return f.Patience != nil && f.Patience.Err() != nil }

// Hit is a row that was found.
type Hit struct {
	N    int64
	Ref  string
	Kind SearchKind
	At   int64 // microseconds
}

// Steps of a search through the messages, in rows: most searches end in the first. Each later one is four times as long.
const (
	firstStep   = 1 << 14
	longestStep = 1 << 19
	// fewConversations is how many conversations a sight may have at most to be named in the query one by one.
	fewConversations = 200
)

// Search lists what matches within a sight, the newest first. next is where the next page begins, 0 at the end: a page may be short when
// patience ended.
func (tx *Tx) Search(s kefu.Sight, f SearchFilter) (hits []Hit, next int64, err error) {
	m := searchMatch{table: searchTable(f.Kinds[0]), terms: f.Query.Terms, loose: f.Loose, high: math.MaxInt64 >> 1}
	if f.Before > 0 {
		m.high = f.Before
	}
	run := search{tx: tx, engine: tx.searchEngine(), f: f, sight: s, messages: f.Kinds[0] == FoundMessage}
	few, err := run.scope(&m)
	if err != nil || few && len(m.scopes) == 0 {
		return nil, 0, err
	}
	if few || !run.messages {
		return run.whole(m, few)
	}
	return run.steps(m)
}

type search struct {
	tx       *Tx
	engine   searchEngine
	f        SearchFilter
	sight    kefu.Sight
	messages bool
}

// scope narrows the match by the words of kinds, inbox and conversation, and by those of the sight if that is small. few says that what
// remains is small; without scopes then, nothing may be seen.
func (r *search) scope(m *searchMatch) (few bool, err error) {
	if !r.messages {
		var kinds []string
		for _, k := range r.f.Kinds {
			kinds = append(kinds, ofKind(k))
		}
		m.scopes = append(m.scopes, kinds)
	}
	if r.f.InboxID != "" && r.messages { // contacts have no inbox
		m.scopes = append(m.scopes, []string{inInbox(r.f.InboxID)})
	}
	if r.f.ConversationID != "" {
		m.scopes = append(m.scopes, []string{inConversation(r.f.ConversationID)})
		return true, nil
	}
	if !r.messages || r.sight.Kind == kefu.SeesAll {
		return false, nil
	}
	if inboxes := r.sight.Inboxes; len(inboxes) > 0 && len(r.sight.Teams) == 0 {
		var words []string
		for _, id := range inboxes {
			words = append(words, inInbox(id))
		}
		m.scopes = append(m.scopes, words)
	}
	seen, err := r.tx.fewSeen(r.sight)
	if err != nil || len(seen) > fewConversations {
		return false, err
	}
	if len(seen) == 0 {
		m.scopes = nil
		return true, nil
	}
	var words []string
	for _, id := range seen {
		words = append(words, inConversation(id))
	}
	m.scopes = append(m.scopes, words)
	return true, nil
}

// fewSeen lists the conversations of a sight, but no more than one over fewConversations.
func (tx *Tx) fewSeen(s kefu.Sight) ([]kefu.ConversationID, error) {
	text, args := ``, []any(nil)
	for i, v := range views(s) {
		if i > 0 {
			text += ` UNION ALL `
		}
		text += `SELECT * FROM (SELECT c.id FROM conversation c WHERE ` + v.cond + ` LIMIT CAST(? AS BIGINT)) AS b` + strconv.Itoa(i)
		args = append(append(args, v.args...), fewConversations+1)
	}
	if text == "" {
		return nil, nil
	}
	return sqldb.Many(tx.Tx, func(s sqldb.Scanner) (id kefu.ConversationID, err error) {
		err = s.Scan(&id)
		return id, err
	}, numbered(text+` LIMIT CAST(? AS BIGINT)`), append(args, fewConversations+1)...)
}

// whole searches all rows at once.
func (r *search) whole(m searchMatch, few bool) ([]Hit, int64, error) {
	if !few {
		hits, err := r.head(m)
		if err != nil || len(hits) > r.f.Limit {
			return cutHits(hits, r.f.Limit, err)
		}
	}
	hits, err := r.rows(r.engine.hits(m), r.f.Limit+1)
	return cutHits(hits, r.f.Limit, err)
}

// cutHits makes a page of rows of which one more was asked for.
func cutHits(hits []Hit, limit int, err error) ([]Hit, int64, error) {
	if err != nil || len(hits) <= limit {
		return hits, 0, err
	}
	return hits[:limit], hits[limit-1].N, nil
}

// head looks at the newest rows, where a common word is found soonest.
func (r *search) head(m searchMatch) ([]Hit, error) {
	q := r.engine.head(m)
	if q == nil {
		return nil, nil
	}
	return r.rows(q, r.f.Limit+1)
}

// steps searches from the newest rows on, further with each step, until the page is full.
func (r *search) steps(m searchMatch) (hits []Hit, next int64, err error) {
	st, err := r.tx.SearchState()
	if err != nil {
		return nil, 0, err
	}
	m.high = min(m.high, st.high+1)
	floor := m
	floor.low = st.low
	if hits, err = r.head(floor); err != nil || len(hits) > r.f.Limit {
		return cutHits(hits, r.f.Limit, err)
	}
	hits = nil
	for step := int64(firstStep); m.high > st.low; {
		before, _ := r.f.left()
		// Whole blocks, so that the words of blocks mean the same rows as the bounds.
		m.low = max((m.high-step)>>blockBits<<blockBits, st.low)
		some, err := r.rows(r.engine.hits(m), r.f.Limit+1-len(hits))
		if err != nil {
			return nil, 0, err
		}
		hits = append(hits, some...)
		if len(hits) > r.f.Limit {
			return cutHits(hits, r.f.Limit, nil)
		}
		m.high = m.low
		if m.high > st.low && r.f.impatient() {
			return hits, m.high, nil
		}
		after, bounded := r.f.left()
		step = stride(step, before-after, after, bounded)
	}
	return hits, 0, nil
}

// left is how long patience will last; false without one.
func (f SearchFilter) left() (time.Duration, bool) {
	if f.Patience == nil {
		return 0, false
	}
	return sqldb.Left(f.Patience)
}

// stride is how many rows the next step looks through: four times as many as the last one, but no more than patience will last for at the
// last one's pace. A word that is everywhere, but not within the sight, makes steps slow.
func stride(last int64, took, left time.Duration, bounded bool) int64 {
	next := min(4*last, longestStep)
	if bounded {
		next = min(next, int64(float64(last)*float64(left)/float64(max(took, 1))))
	}
	return max(next, 1<<blockBits)
}

// rows runs a query of the engine with what the caller may see.
func (r *search) rows(q *query, limit int) ([]Hit, error) {
	r.narrow(q)
	q.limit = limit
	return list(r.tx, q, func(s sqldb.Scanner) (h Hit, err error) {
		err = s.Scan(&h.N, &h.Ref, &h.Kind, &h.At)
		return h, err
	})
}

// narrow adds the sight and the filters to a query over rows s. Words of scopes only lead there: two may share one. The sub-query is a
// value, so that it is asked of each hit instead of being joined to all of them.
func (r *search) narrow(q *query) {
	q.andIf(r.f.ConversationID != "", `s.conversation_id = ?`, r.f.ConversationID)
	if !r.messages {
		cond, args := ``, make([]any, 0, len(r.f.Kinds))
		for i, k := range r.f.Kinds {
			cond, args = cond+map[bool]string{false: `, `}[i == 0]+`?`, append(args, k)
		}
		q.and(`s.kind IN (`+cond+`)`, args...)
	}
	if r.sight.Kind == kefu.SeesAll && r.f.InboxID == "" {
		return
	}
	sub := newQuery(``)
	sub.see(r.sight)
	sub.andIf(r.f.InboxID != "", `c.inbox_id = ?`, r.f.InboxID)
	cond, args := sub.conds[0], sub.args
	if len(sub.conds) > 1 {
		cond += ` AND ` + sub.conds[1]
	}
	seen := `COALESCE((SELECT ` + cond + ` FROM conversation c WHERE c.id = s.conversation_id), 1 = 0)`
	contacts, articles := slices.Contains(r.f.Kinds, FoundContact), slices.Contains(r.f.Kinds, FoundArticle)
	if r.messages || !contacts && !articles {
		q.and(seen, args...)
		return
	}
	// Articles are for everybody who may read any, and came by no inbox.
	article := ` WHEN 'article' THEN 1 = 1`
	if r.f.InboxID != "" {
		article = ` WHEN 'article' THEN 1 = 0`
	}
	contact := newQuery(`SELECT 1 FROM contact k`)
	contact.and(`k.id = s.ref`)
	contact.seeContact(r.sight)
	contact.andIf(r.f.InboxID != "", `EXISTS (SELECT 1 FROM conversation v WHERE v.contact_id = k.id AND v.inbox_id = ?)`, r.f.InboxID)
	q.and(`CASE s.kind`+article+` WHEN 'contact' THEN EXISTS (`+contact.plain()+`) ELSE `+seen+` END`, append(contact.args, args...)...)
}
