package lexis

import "strings"

// stem brings an English word of small letters to its stem, by Porter's algorithm of 1980: refunded and refunds become refund.
// Words of one or two letters stay.
func stem(w string) string {
	if len(w) < 3 {
		return w
	}
	for _, r := range w {
		if r < 'a' || r > 'z' {
			return w
		}
	}
	w = plural(w)
	w = past(w)
	if s, ok := strings.CutSuffix(w, "y"); ok && hasVowel(s) {
		w = s + "i"
	}
	w = replace(w, doubleSuffixes[:])
	w = replace(w, suffixes[:])
	w = strip(w)
	return tidy(w)
}

// isVowel tells whether the letter at i is one; y is when it follows a consonant.
func isVowel(w string, i int) bool {
	switch w[i] {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	case 'y':
		return i > 0 && !isVowel(w, i-1)
	}
	return false
}

func hasVowel(w string) bool {
	for i := range len(w) {
		if isVowel(w, i) {
			return true
		}
	}
	return false
}

// measure counts how often a vowel is followed by a consonant.
func measure(w string) (n int) {
	was := false
	for i := range len(w) {
		is := isVowel(w, i)
		if was && !is {
			n++
		}
		was = is
	}
	return n
}

// short tells whether w ends in consonant, vowel, consonant, of which the last is not w, x or y.
func short(w string) bool {
	n := len(w)
	return n >= 3 && !isVowel(w, n-3) && isVowel(w, n-2) && !isVowel(w, n-1) && !strings.ContainsRune("wxy", rune(w[n-1]))
}

func double(w string) bool {
	n := len(w)
	return n >= 2 && w[n-1] == w[n-2] && !isVowel(w, n-1)
}

func plural(w string) string {
	for _, s := range [...][2]string{{"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}} {
		if base, ok := strings.CutSuffix(w, s[0]); ok {
			return base + s[1]
		}
	}
	return w
}

func past(w string) string {
	if base, ok := strings.CutSuffix(w, "eed"); ok {
		if measure(base) > 0 {
			return base + "ee"
		}
		return w
	}
	for _, s := range [...]string{"ed", "ing"} {
		if base, ok := strings.CutSuffix(w, s); ok {
			if !hasVowel(base) {
				return w
			}
			return mended(base)
		}
	}
	return w
}

// mended makes a word again of what is left when -ed or -ing went.
func mended(w string) string {
	for _, s := range [...]string{"at", "bl", "iz"} {
		if strings.HasSuffix(w, s) {
			return w + "e"
		}
	}
	if double(w) && !strings.ContainsRune("lsz", rune(w[len(w)-1])) {
		return w[:len(w)-1]
	}
	if measure(w) == 1 && short(w) {
		return w + "e"
	}
	return w
}

var doubleSuffixes = [...][2]string{
	{"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"}, {"logi", "log"}, {"bli", "ble"}, {"alli", "al"},
	{"entli", "ent"}, {"eli", "e"}, {"ousli", "ous"}, {"ization", "ize"}, {"ation", "ate"}, {"ator", "ate"}, {"alism", "al"}, {"iveness", "ive"},
	{"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"}, {"iviti", "ive"}, {"biliti", "ble"},
}

var suffixes = [...][2]string{
	{"icate", "ic"}, {"ative", ""}, {"alize", "al"}, {"iciti", "ic"}, {"ical", "ic"}, {"ful", ""}, {"ness", ""},
}

// ends are sorted so that the longest that fits comes first.
var ends = [...]string{
	"ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "ion", "al", "er", "ic", "ou",
}

// replace changes the first suffix that fits, when a syllable stands before it.
func replace(w string, table [][2]string) string {
	for _, s := range table {
		if base, ok := strings.CutSuffix(w, s[0]); ok {
			if measure(base) > 0 {
				return base + s[1]
			}
			return w
		}
	}
	return w
}

func strip(w string) string {
	for _, s := range ends {
		if base, ok := strings.CutSuffix(w, s); ok {
			if measure(base) > 1 && (s != "ion" || strings.HasSuffix(base, "s") || strings.HasSuffix(base, "t")) {
				return base
			}
			return w
		}
	}
	return w
}

func tidy(w string) string {
	if base, ok := strings.CutSuffix(w, "e"); ok {
		if m := measure(base); m > 1 || m == 1 && !short(base) {
			w = base
		}
	}
	if double(w) && strings.HasSuffix(w, "l") && measure(w) > 1 {
		w = w[:len(w)-1]
	}
	return w
}
