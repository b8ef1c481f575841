package lexis

import (
	_ "embed" // tables.bin
	"sort"
)

//go:generate go run ./gen

// tables is read where it lies; gen's documentation tells its form.
//
//go:embed tables.bin
var tables string

const (
	tableHead  = 4
	charSize   = 6
	phraseSize = 7
	// firstHan is below every character that the tables change.
	firstHan = 0x2E80
)

func number(at, size int) (n int) {
	for _, b := range []byte(tables[at : at+size]) {
		n = n<<8 | int(b)
	}
	return n
}

// simplified maps a traditional character to its simplified form, and every other one to itself.
func simplified(r rune) rune {
	if r < firstHan {
		return r
	}
	n := number(0, 2)
	i := sort.Search(n, func(i int) bool { return number(tableHead+i*charSize, 3) >= int(r) })
	if at := tableHead + i*charSize; i < n && number(at, 3) == int(r) {
		return rune(number(at+3, 3)) //nolint:gosec // three bytes
	}
	return r
}

// phrase is one row of the table of Taiwan's words, key and value folded.
func phrase(i int) (key, value string) {
	chars, phrases := number(0, 2), number(2, 2)
	index := tableHead + chars*charSize
	texts := index + phrases*phraseSize
	at := index + i*phraseSize
	from := texts + number(at+3, 2)
	middle := from + int(tables[at+5])
	return tables[from:middle], tables[middle : middle+int(tables[at+6])]
}

// phraseAt finds the longest phrase that text begins with: its length in characters and what it becomes; 0 when there is none.
func phraseAt(text []rune) (length int, value string) {
	n, index := number(2, 2), tableHead+number(0, 2)*charSize
	first := func(i int) rune { return rune(number(index+i*phraseSize, 3)) } //nolint:gosec // three bytes
	for i := sort.Search(n, func(i int) bool { return first(i) >= text[0] }); i < n && first(i) == text[0]; i++ {
		key, value := phrase(i)
		if l := begins(text, key); l > 0 {
			return l, value
		}
	}
	return 0, ""
}

// begins tells how many characters key has when text begins with it, else 0.
func begins(text []rune, key string) int {
	n := 0
	for _, r := range key {
		if n == len(text) || text[n] != r {
			return 0
		}
		n++
	}
	return n
}
