package nearest

import "slices"

// maxWord is the longest word that is compared: what is longer is no slip of the finger.
const maxWord = 100

// Suggest names the known word that is most like an unknown one, as the end of a sentence; "" when none is like it.
func Suggest(word string, known []string) string {
	if best := Word(word, known); best != "" {
		return "; did you mean " + best + "?"
	}
	return ""
}

// Word gives the known word that is most like word; "" when none is like it.
func Word(word string, known []string) string {
	if len(word) > maxWord {
		return ""
	}
	best, least := "", max(2, len(word)/3)+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to change, add, drop or swap with the next until a is b.
func distance(a, b string) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
