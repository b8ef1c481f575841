package knowledge

import (
	"cmp"
	"math"
	"slices"
	"strings"

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
	best := make([]int, 0, len(scores))
	for n := range scores {
		best = append(best, n)
	}
	order := func(l, r int) int {
		return cmp.Or(-cmp.Compare(scores[l], scores[r]), cmp.Compare(x.docs[l].id, x.docs[r].id))
	}
	slices.SortFunc(best, order)
	best = best[:min(len(best), candidates)]
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

// scores adds up what the words of a question are worth in each article that has any; total is what all of them would be.
func (x *index) scores(a asked) (scores map[int]float64, total float64) {
	scores = map[int]float64{}
	all := float64(len(x.at))
	rarest := math.Log(1 + all)
	for _, w := range a.words {
		on := x.words[w]
		if on == nil || on.live == 0 {
			total += rarest * map[bool]float64{true: unknownPair, false: unknownWord}[isPair(w)]
			continue
		}
		weight := math.Log(1 + all/float64(on.live))
		if a.begin == "" || total == 0 {
			total += weight
		}
		for _, p := range on.in {
			if d := x.docs[p.doc]; d.live && (d.published || a.drafts) {
				scores[int(p.doc)] = worth(a, scores[int(p.doc)], weight*p.match())
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
	if p.times > 0 {
		n := float64(p.times - 1)
		text = inText + oftenMore*n/(n+often)
	}
	switch {
	case p.title:
		return inTitle
	case p.keyword:
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

// beginning lists the words that begin with something, in their order.
func (x *index) beginning(with string) (all []string) {
	for w, on := range x.words {
		if on.live > 0 && strings.HasPrefix(w, with) {
			all = append(all, w)
		}
	}
	slices.Sort(all)
	return all[:min(len(all), maxQuestionWords)]
}

// oncePerKey shows of translations one.
func (x *index) oncePerKey(a asked, best []int, scores map[int]float64) (out []ranked) {
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
