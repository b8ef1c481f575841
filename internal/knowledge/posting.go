package knowledge

import (
	"strings"
	"unicode/utf8"
)

// place is a word in one document: how often its text has it (4 bits), whether its keywords and its title do (a bit each), which it is.
type place uint32

const (
	timesMask  place = 15
	keywordBit place = 1 << 4
	titleBit   place = 1 << 5
	docShift         = 6
)

func (p place) doc() int { return int(p >> docShift) }

// posting is where a word stands, also in documents that are no more. Most words stand in one.
type posting struct {
	first place
	more  []place
}

// places goes through them.
func (p *posting) places(yield func(place) bool) {
	if !yield(p.first) {
		return
	}
	for _, at := range p.more {
		if !yield(at) {
			return
		}
	}
}

// last is the newest of them.
func (p *posting) last() *place {
	if len(p.more) == 0 {
		return &p.first
	}
	return &p.more[len(p.more)-1]
}

// postings are all words. Two characters of a text without spaces are a number, and postings lie in blocks: there are very many of both, and the
// collector of garbage need not look at each.
type postings struct {
	pairs  map[uint64]int32
	words  map[string]int32
	blocks [][]posting
	// begins are the second characters of the pairs that begin with one.
	begins map[rune][]rune
}

const postingBlock = 4096

func newPostings() postings {
	return postings{pairs: map[uint64]int32{}, words: map[string]int32{}, begins: map[rune][]rune{}}
}

// pairOf gives the characters of a pair, or of a single one; false for a word.
func pairOf(w string) (a, b rune, ok bool) {
	if !isPair(w) {
		return 0, 0, false
	}
	a, size := utf8.DecodeRuneInString(w)
	if size == len(w) {
		return a, 0, true
	}
	b, second := utf8.DecodeRuneInString(w[size:])
	return a, b, size+second == len(w)
}

func pairKey(a, b rune) uint64 { return uint64(a)<<32 | uint64(b) } //nolint:gosec // characters are not negative

// of gives a word's posting; nil when no article has had it.
func (x *postings) of(w string) *posting {
	var n int32
	var ok bool
	if a, b, pair := pairOf(w); pair {
		n, ok = x.pairs[pairKey(a, b)]
	} else {
		n, ok = x.words[w]
	}
	if !ok {
		return nil
	}
	return &x.blocks[n/postingBlock][n%postingBlock]
}

// place gives a word's place in the document that is being added, the newest.
func (x *postings) place(w string, doc int) *place {
	fresh := place(doc) << docShift //nolint:gosec // there are never so many
	on := x.of(w)
	if on == nil {
		return &x.learn(w, fresh).first
	}
	if on.last().doc() != doc {
		on.more = append(on.more, fresh)
	}
	return on.last()
}

// learn takes in a new word.
func (x *postings) learn(w string, first place) *posting {
	n := len(x.pairs) + len(x.words)
	if n%postingBlock == 0 {
		x.blocks = append(x.blocks, make([]posting, 0, postingBlock))
	}
	if a, b, pair := pairOf(w); pair {
		x.pairs[pairKey(a, b)] = int32(n) //nolint:gosec // there are never so many
		x.begins[a] = append(x.begins[a], b)
	} else {
		x.words[strings.Clone(w)] = int32(n) //nolint:gosec // the same
	}
	block := &x.blocks[n/postingBlock]
	*block = append(*block, posting{first: first})
	return &(*block)[len(*block)-1]
}

// beginning lists the pairs that begin with a character.
func (x *postings) beginning(with string) (all []string) {
	a, _ := utf8.DecodeRuneInString(with)
	for _, b := range x.begins[a] {
		if b == 0 {
			all = append(all, string(a))
			continue
		}
		all = append(all, string([]rune{a, b}))
	}
	return all
}
