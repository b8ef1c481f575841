package lexis

import _ "embed" // tables.bin

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

// char reads a character.
func char(at int) rune {
	b := tables[at : at+3]
	return rune(b[0])<<16 | rune(b[1])<<8 | rune(b[2])
}

// search finds the first of n rows, which are sorted by the character that they begin with, that does not begin with a smaller one.
func search(r rune, from, n, size int) int {
	low := 0
	for high := n; low < high; {
		middle := (low + high) / 2
		if char(from+middle*size) < r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// simplified maps a traditional character to its simplified form, and every other one to itself.
func simplified(r rune) rune {
	if r < firstHan {
		return r
	}
	n := number(0, 2)
	i := search(r, tableHead, n, charSize)
	if at := tableHead + i*charSize; i < n && char(at) == r {
		return char(at + 3)
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

// firstOfPhrases is the smallest character that a phrase begins with.
func firstOfPhrases() rune { return char(tableHead + number(0, 2)*charSize) }

// phraseAt finds the longest phrase that text begins with: its length in characters and what it becomes; 0 when there is none.
func phraseAt(text []rune) (length int, value string) {
	n, index := number(2, 2), tableHead+number(0, 2)*charSize
	for i := search(text[0], index, n, phraseSize); i < n && char(index+i*phraseSize) == text[0]; i++ {
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
