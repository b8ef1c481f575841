package switchboard

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/lexis"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// Limits of a search.
const (
	// MaxSearchText is how many characters a search may have.
	MaxSearchText = 200
	excerptLength = 160
	// searchPatience is the time after which a search through very many messages answers with what it has, and with where it stopped.
	searchPatience = 250 * time.Millisecond
	// looseCandidates is how many of the newest documents with any of the words are ranked when none has all.
	looseCandidates = 200
)

// SearchType is a type of things that can be looked for.
type SearchType string

// The types.
const (
	SearchConversations SearchType = "conversations"
	SearchMessages      SearchType = "messages"
	SearchContacts      SearchType = "contacts"
	SearchTickets       SearchType = "tickets"
	SearchArticles      SearchType = "articles"
)

// SearchTypes lists the words.
func SearchTypes() []SearchType {
	return []SearchType{SearchConversations, SearchMessages, SearchContacts, SearchTickets, SearchArticles}
}

// kind is what the store calls a type.
func (t SearchType) kind() store.SearchKind {
	return map[SearchType]store.SearchKind{SearchConversations: store.FoundConversation, SearchMessages: store.FoundMessage,
		SearchContacts: store.FoundContact, SearchTickets: store.FoundTicket, SearchArticles: store.FoundArticle}[t]
}

// SearchQuery asks for what has words.
type SearchQuery struct {
	Text  string
	Types []SearchType // none is every type that the caller may read
	Paging
	InboxID        kefu.InboxID
	ConversationID kefu.ConversationID
}

// SearchHit is something that was found.
type SearchHit struct {
	Type           string               `json:"type" doc:"What it is: conversation, message, contact, ticket or article." enum:"conversation,message,contact,ticket,article" example:"message"`
	ID             string               `json:"id" doc:"Its id." example:"msg_06c0000000000000000000000g"`
	ConversationID *kefu.ConversationID `json:"conversation_id" doc:"The conversation that it belongs to, or null."`
	Title          string               `json:"title" doc:"What it is called: the subject of its conversation, a ticket's or article's title, a contact's name."`
	Excerpt        string               `json:"excerpt" doc:"Part of its text, on one line. Plain text: escape it before you show it as HTML."`
	Marks          []lexis.Range        `json:"marks" doc:"Which parts of the excerpt were found."`
	Score          *float64             `json:"score" doc:"Share of the words that it has, when nothing has all of them; null else."`
	CreatedAt      time.Time            `json:"created_at" doc:"When it was made."`
}

// searchPlace is what a search's cursor holds: where the next page begins in each index; -1 is behind its end.
type searchPlace struct {
	Messages int64 `json:"m,omitempty"`
	Entries  int64 `json:"e,omitempty"`
}

const behindEnd = -1

// Search finds conversations, messages, contacts, tickets and published articles by their words, the newest first. When nothing has all of
// the words, what has some of them is found, the best first, on one page. A search through very many messages may give a short page with a cursor: it goes on there.
func (b *Switchboard) Search(ctx context.Context, by kefu.Caller, q SearchQuery) (List[SearchHit], error) {
	kinds, at, err := q.check(by)
	if err != nil {
		return List[SearchHit]{}, err
	}
	run := searching{kinds: kinds, q: q, words: lexis.Parse(q.Text), limit: q.Size()}
	patience, cancel := context.WithTimeout(ctx, searchPatience)
	defer cancel()
	run.patience = patience
	list, err := look(ctx, b, by, func(tx *store.Tx, sight kefu.Sight) (List[SearchHit], error) {
		out, err := run.page(tx, sight, at)
		if err != nil || len(out.Items) > 0 || q.Cursor != "" || out.NextCursor != "" {
			return out, err
		}
		return run.loose(tx, sight)
	})
	return list, err
}

// check names every fault and says what is looked through.
func (q SearchQuery) check(by kefu.Caller) (kinds []store.SearchKind, at searchPlace, err error) {
	if by.Kind == kefu.CallerContact {
		return nil, at, kefu.Errorf(kefu.KindForbidden, "the search is for staff")
	}
	var f kefu.Faults
	switch {
	case utf8.RuneCountInString(q.Text) > MaxSearchText:
		f.Add("q", "must have at most %d characters", MaxSearchText)
	case lexis.Parse(q.Text).Empty():
		f.Add("q", "is needed, with at least one letter or digit")
	}
	types := q.Types
	if len(types) == 0 {
		types = SearchTypes()
	}
	for _, t := range types {
		switch {
		case !slices.Contains(SearchTypes(), t):
			f.Add("types", "%q is none of conversations, messages, contacts, tickets, articles", kefu.Excerpt(string(t), 50))
		case !by.May(string(t) + ":read"):
			if len(q.Types) > 0 {
				return nil, at, kefu.Errorf(kefu.KindForbidden, "looking for %s takes the scope %s:read", t, t)
			}
		case !slices.Contains(kinds, t.kind()):
			kinds = append(kinds, t.kind())
		}
	}
	if q.Cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
		if err != nil || json.Unmarshal(raw, &at) != nil || at == (searchPlace{}) || at.Messages < behindEnd || at.Entries < behindEnd {
			f.Add("cursor", "is not one that a search gave: leave it out to begin again")
		}
	}
	return kinds, at, f.Err("this cannot be looked for")
}

// searching is one search under way.
type searching struct {
	kinds    []store.SearchKind
	q        SearchQuery
	words    lexis.Query
	limit    int
	patience context.Context //nolint:containedctx // the time that may be spent
}

// found are rows of one index with where its next page begins.
type foundRows struct {
	hits []store.Hit
	next int64 // behindEnd when there are no more
}

// filter is the store's filter for messages or for everything else; ok is false when none of those is looked for.
func (s searching) filter(messages bool) (f store.SearchFilter, ok bool) {
	f = store.SearchFilter{Query: s.words, InboxID: s.q.InboxID, ConversationID: s.q.ConversationID, Limit: s.limit, Patience: s.patience}
	for _, k := range s.kinds {
		if (k == store.FoundMessage) == messages {
			f.Kinds = append(f.Kinds, k)
		}
	}
	return f, len(f.Kinds) > 0
}

func (s searching) rows(tx *store.Tx, sight kefu.Sight, messages bool, before int64) (foundRows, error) {
	f, ok := s.filter(messages)
	if !ok || before == behindEnd {
		return foundRows{next: behindEnd}, nil
	}
	f.Before = before
	hits, next, err := tx.Search(sight, f)
	if next == 0 {
		next = behindEnd
	}
	return foundRows{hits, next}, err
}

// page merges both indexes by time, the newest first, and cuts one page.
func (s searching) page(tx *store.Tx, sight kefu.Sight, at searchPlace) (List[SearchHit], error) {
	messages, err := s.rows(tx, sight, true, at.Messages)
	if err != nil {
		return List[SearchHit]{}, err
	}
	entries, err := s.rows(tx, sight, false, at.Entries)
	if err != nil {
		return List[SearchHit]{}, err
	}
	var all []store.Hit
	for len(all) < s.limit && len(messages.hits)+len(entries.hits) > 0 {
		from := &messages
		if len(messages.hits) == 0 || len(entries.hits) > 0 && entries.hits[0].At > messages.hits[0].At {
			from = &entries
		}
		h := from.hits[0]
		all, from.hits = append(all, h), from.hits[1:]
		if len(from.hits) > 0 {
			// What was not taken comes again.
			if from == &messages {
				at.Messages = h.N
			} else {
				at.Entries = h.N
			}
		}
	}
	end := searchPlace{s.ends(messages, at.Messages), s.ends(entries, at.Entries)}
	out := List[SearchHit]{}
	if out.Items, err = s.show(tx, all, false); err != nil || end == (searchPlace{behindEnd, behindEnd}) {
		return out, err
	}
	raw, err := json.Marshal(end)
	out.NextCursor = base64.RawURLEncoding.EncodeToString(raw)
	return out, err
}

// ends tells where the next page of one index begins: after the last row that was taken if rows are left over.
func (searching) ends(f foundRows, last int64) int64 {
	if len(f.hits) > 0 {
		return last
	}
	return f.next
}

// loose finds what has any of the words and ranks the newest of it.
func (s searching) loose(tx *store.Tx, sight kefu.Sight) (List[SearchHit], error) {
	out := List[SearchHit]{Items: []SearchHit{}}
	parts := s.words.Loose()
	if len(parts.Terms) < 2 {
		return out, nil
	}
	s.words = parts
	var all []store.Hit
	for _, messages := range []bool{true, false} {
		f, ok := s.filter(messages)
		if !ok {
			continue
		}
		f.Loose, f.Limit = true, looseCandidates
		hits, _, err := tx.Search(sight, f)
		if err != nil {
			return out, err
		}
		all = append(all, hits...)
	}
	items, err := s.show(tx, all, true)
	if err != nil {
		return out, err
	}
	slices.SortStableFunc(items, func(a, b SearchHit) int {
		return cmp.Or(-cmp.Compare(*a.Score, *b.Score), -a.CreatedAt.Compare(b.CreatedAt))
	})
	out.Items = items[:min(len(items), s.limit)]
	return out, nil
}

// show reads what stands behind rows, in their order. What went away since it was indexed is left out.
func (s searching) show(tx *store.Tx, hits []store.Hit, scored bool) ([]SearchHit, error) {
	refs := map[store.SearchKind][]string{}
	for _, h := range hits {
		refs[h.Kind] = append(refs[h.Kind], h.Ref)
	}
	docs := make(map[string]store.SearchDoc, len(hits))
	for kind, of := range refs {
		for batch := range slices.Chunk(of, readBatch) {
			some, err := tx.SearchDocs(kind, batch)
			if err != nil {
				return nil, err
			}
			for _, d := range some {
				docs[d.Ref] = d
			}
		}
	}
	items := make([]SearchHit, 0, len(hits))
	for _, h := range hits {
		if d := docs[h.Ref]; d.Text() != "" {
			items = append(items, s.hit(d, scored))
		}
	}
	return items, nil
}

func (s searching) hit(d store.SearchDoc, scored bool) SearchHit {
	text := d.Text()
	h := SearchHit{Type: string(d.Kind), ID: d.Ref, Title: d.Title, CreatedAt: sqldb.Time(d.At)}
	h.Excerpt, h.Marks = s.words.Excerpt(text, excerptLength)
	if d.ConversationID != "" {
		h.ConversationID = &d.ConversationID
	}
	if scored {
		score := s.words.Score(text)
		h.Score = &score
	}
	return h
}
