package knowledge

import (
	"cmp"
	"math"
	"slices"

	"kefu"
)

// How a match counts, tuned on the questions in testdata.
const (
	inTitle   = 1.0
	inKeyword = 0.95
	inText    = 0.35 // once in a text
	oftenMore = 0.35 // as often as can be, beside that
	often     = 2.0  // times in a text that give half of it
	phrase    = 0.15 // what is left to a full score, of which words in the order of the question get a part
	foreign   = 0.97 // another locale than that of the question
	// unknownWord is the weight of a word that no article has, beside one that a single article has: it says that the question is about
	// something else. Two characters across the border of two words say less.
	unknownWord = 1.0
	unknownPair = 0.55
	// candidates is how many articles are looked at closely.
	candidates = 50
)

// ranked is an article with how well it answers, from 0 to 1.
type ranked struct {
	id    kefu.ArticleID
	score float64
}

// asked is a search of the index.
type asked struct {
	question

	locale kefu.Locale // first; "" for none
	drafts bool        // also what is not published
	limit  int
}

// rank lists the best articles for a question. Translations come once: in the locale that was asked for if there is one, else the best.
func (x *index) rank(a asked) []ranked {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if a.begin != "" {
		a.words = x.beginning(a.begin)
	}
	scores, total := x.scores(a)
	if total == 0 {
		return nil
	}
	order := func(l, r int) int {
		return cmp.Or(-cmp.Compare(scores[l], scores[r]), cmp.Compare(x.docs[l].id, x.docs[r].id))
	}
	best := top(scores, order)
	for _, n := range best {
		s := scores[n] / total
		s += phrase * (1 - s) * inOrder(a.words, x.docs[n].lead)
		if a.locale != "" && x.docs[n].locale != a.locale {
			s *= foreign
		}
		scores[n] = s
	}
	slices.SortFunc(best, order)
	return x.oncePerKey(a, best, scores)
}

// top lists the places of the best scores, the best first.
func top(scores []float64, order func(l, r int) int) []int {
	best := make([]int, 0, candidates+1)
	for n, s := range scores {
		if s == 0 || len(best) == candidates && order(n, best[candidates-1]) > 0 {
			continue
		}
		i, _ := slices.BinarySearchFunc(best, n, order)
		if best = slices.Insert(best, i, n); len(best) > candidates {
			best = best[:candidates]
		}
	}
	return best
}

// scores adds up what the words of a question are worth in each article; total is what all of them would be.
func (x *index) scores(a asked) (scores []float64, total float64) {
	scores = make([]float64, len(x.docs))
	all := float64(len(x.at))
	rarest := math.Log(1 + all)
	for _, w := range a.words {
		on := x.words.of(w)
		live := 0
		if on != nil {
			live = x.live(on)
		}
		if live == 0 {
			total += rarest * map[bool]float64{true: unknownPair, false: unknownWord}[isPair(w)]
			continue
		}
		weight := math.Log(1 + all/float64(live))
		if a.begin == "" || total == 0 {
			total += weight
		}
		for p := range on.places {
			if d := &x.docs[p.doc()]; d.live && (d.published || a.drafts) {
				scores[p.doc()] = worth(a, scores[p.doc()], weight*p.match())
			}
		}
	}
	return scores, total
}

// worth adds a word to a score. Words with the beginning that was asked for are one word: the best of them counts.
func worth(a asked, so, more float64) float64 {
	if a.begin != "" {
		return max(so, more)
	}
	return so + more
}

// match is how much an article is about a word, from 0 to 1.
func (p place) match() float64 {
	text := 0.0
	if times := p & timesMask; times > 0 {
		n := float64(times - 1)
		text = inText + oftenMore*n/(n+often)
	}
	switch {
	case p&titleBit != 0:
		return inTitle
	case p&keywordBit != 0:
		return max(inKeyword, text)
	}
	return text
}

// isPair tells whether a word is two characters of a text that is written without spaces.
func isPair(w string) bool { return w != "" && w[0] >= 0xE0 }

// inOrder is the share of the neighbours in a question that are neighbours in the title or the keywords as well.
func inOrder(words, lead []string) float64 {
	if len(words) < 2 {
		return 0
	}
	n := 0
	for i := range len(words) - 1 {
		for j := range len(lead) - 1 {
			if lead[j] == words[i] && lead[j+1] == words[i+1] {
				n++
				break
			}
		}
	}
	return float64(n) / float64(len(words)-1)
}

// beginning lists the words that begin with a character, those of most articles first.
func (x *index) beginning(with string) []string {
	type word struct {
		text string
		live int
	}
	var all []word
	for _, w := range x.words.beginning(with) {
		if n := x.live(x.words.of(w)); n > 0 {
			all = append(all, word{w, n})
		}
	}
	slices.SortFunc(all, func(a, b word) int { return cmp.Or(b.live-a.live, cmp.Compare(a.text, b.text)) })
	var out []string
	for _, w := range all[:min(len(all), maxQuestionWords)] {
		out = append(out, w.text)
	}
	return out
}

// oncePerKey shows of translations one.
func (x *index) oncePerKey(a asked, best []int, scores []float64) (out []ranked) {
	seen := map[string]bool{}
	for _, n := range best {
		d := x.docs[n]
		if d.key != "" && seen[d.key] {
			continue
		}
		shown := d.id
		for _, other := range x.keys[d.key] {
			if t := x.docs[other]; d.key != "" && t.locale == a.locale && (t.published || a.drafts) {
				shown = t.id
			}
		}
		seen[d.key] = true
		if out = append(out, ranked{shown, min(scores[n], 1)}); len(out) == a.limit {
			break
		}
	}
	return out
}
