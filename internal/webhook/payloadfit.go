package webhook

import (
	"slices"
	"sort"
	"unicode/utf8"

	"kefu/internal/plainjson"
)

const (
	ellipsis  = "…"
	truncated = `,"truncated":true}`
	// leastText is the length under which no text is cut: ids, words and times are shorter, and so is what one would want to recognise.
	leastText = 256
)

// fit appends an event's data, cut so that no more than most bytes are there, and says in it that it was cut. The longest texts are cut
// first; when all are short, what lists and objects end with is left out, of the longest first.
func fit(out, data []byte, shape []member, most int) []byte {
	room := most - len(out) - len(truncated) + len("}")
	if len(data) > room {
		data = cutTexts(data, room)
	}
	if len(data) > room {
		data = cutLists(data, shape, room)
	}
	return append(append(out, data[:len(data)-1]...), truncated...)
}

// level finds the largest number of 0 to top at which what is left fits; 0 when nothing does.
func level(top int, fits func(int) bool) int {
	return max(0, sort.Search(top+1, func(n int) bool { return !fits(n) })-1)
}

// cutTexts cuts all texts that are longer than what leaves no more than room bytes.
func cutTexts(data []byte, room int) []byte {
	var lengths []int
	longest := 0
	for t := range texts(data) {
		lengths = append(lengths, t.end-t.start)
		longest = max(longest, t.end-t.start)
	}
	most := level(longest, func(n int) bool {
		left := len(data)
		for _, length := range lengths {
			left -= max(0, length-max(n, leastText))
		}
		return left <= room
	})
	most = max(most, leastText)
	out := make([]byte, 0, len(data))
	from := 0
	for t := range texts(data) {
		if t.end-t.start > most {
			out = append(out, data[from:t.start+cutAt(data[t.start:t.end], most-len(ellipsis)-1)]...)
			out = append(append(out, ellipsis...), '"')
			from = t.end
		}
	}
	return append(out, data[from:]...)
}

// span is where a text stands, quotes included.
type span struct{ start, end int }

// texts gives the strings of a document in plain form that are no names of members, and no addresses of files: half an address is none.
func texts(plain []byte) func(yield func(span) bool) {
	return func(yield func(span) bool) {
		for at := 0; at < len(plain); at++ {
			if plain[at] != '"' {
				continue
			}
			t := span{at, at + plainjson.Quoted(plain[at:])}
			at = t.end - 1
			if t.end < len(plain) && plain[t.end] == ':' {
				if string(plain[t.start:t.end]) == `"url"` && t.end+1 < len(plain) && plain[t.end+1] == '"' {
					at = t.end + plainjson.Quoted(plain[t.end+1:])
				}
				continue
			}
			if !yield(t) {
				return
			}
		}
	}
}

// cutAt is the last border between two characters of a string in plain form that is not beyond most bytes.
func cutAt(quoted []byte, most int) int {
	at := 1
	for {
		var size int
		switch {
		case quoted[at] != '\\':
			_, size = utf8.DecodeRune(quoted[at:])
		case quoted[at+1] == 'u':
			size = len(`\u0000`)
		default:
			size = len(`\n`)
		}
		if at+size > most {
			return at
		}
		at += size
	}
}

// cutLists leaves out what lists and objects of the data end with, until no more than room bytes are there.
func cutLists(data []byte, shape []member, room int) []byte {
	var parts []part
	longest := 0
	i := 0
	for name, value := range plainjson.Members(data) {
		for shape[i].name != string(name) {
			i++ // it is one of those that may be left out
		}
		p := part{name: name, value: value}
		switch shape[i].form {
		case formStrings, formObject, formFiles, formExtra:
			p.ends = ends(value)
			longest = max(longest, len(value))
		case formText, formID, formWhole, formFlag, formTime, formSender:
		}
		parts = append(parts, p)
		i++
	}
	most := level(longest, func(n int) bool {
		left := len(data)
		for _, p := range parts {
			left -= len(p.value) - p.kept(n)
		}
		return left <= room
	})
	out := make([]byte, 0, room)
	for i, p := range parts {
		separator := byte(',')
		if i == 0 {
			separator = '{'
		}
		out = append(append(append(out, separator, '"'), p.name...), '"', ':')
		if n := p.kept(most); n < len(p.value) {
			out = append(append(out, p.value[:n-1]...), p.value[len(p.value)-1])
			continue
		}
		out = append(out, p.value...)
	}
	return append(out, '}')
}

// part is a member of the data; ends are where the items of a list or an object end, nil of anything else.
type part struct {
	name, value []byte
	ends        []int
}

// kept is how many bytes are left when a part may have no more than most.
func (p part) kept(most int) int {
	if p.ends == nil || len(p.value) <= most {
		return len(p.value)
	}
	n, _ := slices.BinarySearch(p.ends, most) // an item that ends at most-1 leaves room for the bracket
	if n == 0 {
		return len("[]")
	}
	return p.ends[n-1] + len("]")
}

// ends lists where the items of a list or an object in plain form end.
func ends(plain []byte) []int {
	out := []int{}
	at := len("[")
	for name, value := range items(plain) {
		at += len(value)
		if plain[0] == '{' {
			at += len(name) + len(`"":`)
		}
		out = append(out, at)
		at += len(",")
	}
	return out
}

func items(plain []byte) func(yield func(name, value []byte) bool) {
	if plain[0] == '{' {
		return plainjson.Members(plain)
	}
	return func(yield func(name, value []byte) bool) {
		for value := range plainjson.Elements(plain) {
			if !yield(nil, value) {
				return
			}
		}
	}
}
