package lexis

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Range is a stretch of an excerpt, in characters (Unicode code points): from Start up to, without, End.
type Range struct {
	Start int `json:"start" doc:"First character of the mark, counted from 0 in Unicode code points."`
	End   int `json:"end" doc:"The character after the mark."`
}

const (
	maxMarks = 32 // in one excerpt
	before   = 4  // the part of an excerpt that stands before the first mark, as 1/before
)

// Excerpt cuts at most length characters of the original text around the first place where the query is found, on one line, and tells
// which parts of them the query found. Text without any is cut from its beginning.
func (q Query) Excerpt(s string, length int) (string, []Range) {
	found := q.spans(s)
	start := 0
	if len(found) > 0 {
		start = found[0].start
		for back := length / before; back > 0 && start > 0; back-- {
			_, size := utf8.DecodeLastRuneInString(s[:start])
			start -= size
		}
	}
	return cut(s, start, length, found)
}

// spans lists where the query stands in a text, sorted, without overlaps.
func (q Query) spans(s string) (all []span) {
	f := fold(s)
	doc := f.tokens()
	for _, t := range q.Terms {
		for _, i := range t.find(doc, maxMarks) {
			first, last := doc[i], doc[i+len(t.Tokens)-1]
			end := last.end
			if t.Prefix {
				end = first.start + utf8.RuneCountInString(t.Tokens[0])
			}
			all = append(all, span{f.from[first.start].start, f.from[end-1].end})
		}
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	return joined(all)
}

func joined(all []span) (out []span) {
	for _, s := range all {
		if n := len(out); n > 0 && s.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

// cut takes length characters from a place on, with an ellipsis where something was left out, and counts the marks in characters.
func cut(s string, start, length int, found []span) (string, []Range) {
	var text []rune
	marks := []Range{}
	if start > 0 {
		text = append(text, '…')
	}
	for i, r := range s[start:] {
		i += start
		if len(text) >= length {
			text = append(text, '…')
			break
		}
		for len(found) > 0 && i >= found[0].end {
			found = found[1:]
		}
		if len(found) > 0 && i >= found[0].start {
			marks = mark(marks, len(text), i == found[0].start)
		}
		if isSpace(r) {
			r = ' '
		}
		text = append(text, r)
	}
	return string(text), marks
}

// mark lengthens the last mark by the character at a place, or begins a new one there.
func mark(marks []Range, at int, fresh bool) []Range {
	if n := len(marks); n > 0 && !fresh && marks[n-1].End == at {
		marks[n-1].End = at + 1
		return marks
	}
	return append(marks, Range{Start: at, End: at + 1})
}
