package plainjson

import (
	"bytes"
	"iter"
)

// Members gives an object's names, without the quotes, and values. The object must be in plain form; of anything else it gives nothing
// that is of use, but it ends.
func Members(plain []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for at := 1; at < len(plain)-1; at++ {
			colon := at + Quoted(plain[at:])
			if colon >= len(plain) || colon < at+len(`""`) {
				return
			}
			end := colon + 1 + length(plain[colon+1:])
			if !yield(plain[at+1:colon-1], plain[colon+1:end]) {
				return
			}
			at = end
		}
	}
}

// Elements gives a list's values. The list must be in plain form, as for Members.
func Elements(plain []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for at := 1; at < len(plain)-1; at++ {
			end := at + length(plain[at:])
			if !yield(plain[at:end]) {
				return
			}
			at = end
		}
	}
}

// length is how many bytes the value has with which a text in plain form begins.
func length(plain []byte) int {
	if len(plain) == 0 {
		return 0
	}
	switch plain[0] {
	case '"':
		return Quoted(plain)
	case '{', '[':
		return nested(plain)
	}
	if end := bytes.IndexAny(plain, ",]}"); end >= 0 {
		return end
	}
	return len(plain)
}

func nested(plain []byte) int {
	depth := 0
	for at := 0; at < len(plain); at++ {
		switch plain[at] {
		case '"':
			at += Quoted(plain[at:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return len(plain)
}

// Quoted is how many bytes the string has with which a text in plain form begins, quotes included.
func Quoted(plain []byte) int {
	for at := 1; at < len(plain); {
		quote := bytes.IndexByte(plain[at:], '"')
		if quote < 0 {
			break
		}
		at += quote
		back := 0
		for back < at-1 && plain[at-1-back] == '\\' {
			back++
		}
		at++
		if back%2 == 0 {
			return at
		}
	}
	return len(plain)
}
