package lexis

import (
	"slices"
	"strings"
	"unicode"
)

// Term is a part of a query, of which a document must have all: tokens that follow each other. A prefix is the beginning of one token.
type Term struct {
	Tokens []string
	Prefix bool
}

// Query is what somebody looks for. The zero Query looks for nothing.
type Query struct{ Terms []Term }

// joins are the marks that hold one thing together: an order number, an address.
const joins = "-_.@/+'’"

// Parse reads a query as people type it. Nothing in it is a command: what is no letter and no digit only separates.
func Parse(s string) Query {
	var q Query
	f := fold(s)
	last := run{end: -2}
	for _, r := range runs(f.text) {
		switch {
		case r.cjk:
			q.add(cjkTerm(f.text[r.start:r.end]))
		case last.end == r.start-1 && !last.cjk && strings.ContainsRune(joins, f.text[last.end]):
			t := &q.Terms[len(q.Terms)-1]
			t.Tokens = append(t.Tokens, word(f.text[r.start:r.end]))
		default:
			q.Terms = append(q.Terms, Term{Tokens: []string{word(f.text[r.start:r.end])}})
		}
		last = r
	}
	terms := q.Terms
	q.Terms = nil
	for _, t := range terms {
		q.add(t)
	}
	return q
}

// add adds a term once.
func (q *Query) add(t Term) {
	if !slices.ContainsFunc(q.Terms, t.equal) {
		q.Terms = append(q.Terms, t)
	}
}

func (t Term) equal(o Term) bool { return t.Prefix == o.Prefix && slices.Equal(t.Tokens, o.Tokens) }

func cjkTerm(text []rune) Term {
	if len(text) == 1 {
		return Term{Tokens: []string{string(text)}, Prefix: true}
	}
	var t Term
	for i := range len(text) - 1 {
		t.Tokens = append(t.Tokens, string(text[i:i+2]))
	}
	return t
}

// Empty tells whether there is nothing to look for.
func (q Query) Empty() bool { return len(q.Terms) == 0 }

// Loose is the query's single tokens, each a term of its own: documents that have any of them may be meant when none has all.
func (q Query) Loose() Query {
	var out Query
	for _, t := range q.Terms {
		for _, tok := range t.Tokens {
			out.add(Term{Tokens: []string{tok}, Prefix: t.Prefix})
		}
	}
	return out
}

// Score tells how many of the query's terms a text has, from 0 to 1.
func (q Query) Score(s string) float64 {
	if q.Empty() {
		return 0
	}
	all := fold(s).tokens()
	n := 0
	for _, t := range q.Terms {
		if len(t.find(all, 1)) > 0 {
			n++
		}
	}
	return float64(n) / float64(len(q.Terms))
}

// find lists the places in a document where a term stands, as indexes of its first token.
func (t Term) find(doc []token, most int) (at []int) {
	for i := 0; i+len(t.Tokens) <= len(doc) && len(at) < most; i++ {
		if t.standsAt(doc[i:]) {
			at = append(at, i)
		}
	}
	return at
}

func (t Term) standsAt(doc []token) bool {
	if t.Prefix {
		return strings.HasPrefix(doc[0].text, t.Tokens[0])
	}
	for i, tok := range t.Tokens {
		if doc[i].text != tok {
			return false
		}
	}
	return true
}

func isSpace(r rune) bool { return unicode.IsSpace(r) }
