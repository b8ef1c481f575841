package plainjson

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
)

// few is up to how many members are compared with each other one by one.
const few = 16

// mostIndex is the largest name that JavaScript takes for an array's index.
const mostIndex = 1<<32 - 2

// unordered tells whether JavaScript would put an object's members into another order, or whether a name stands there twice.
func (w *writer) unordered(all []member) bool {
	for i, m := range all {
		if c := w.dst[m.name+1]; c >= '0' && c <= '9' {
			return true // nearly never: worth no closer look
		}
		if len(all) > few {
			continue
		}
		for _, before := range all[:i] {
			if before.colon-before.name == m.colon-m.name && bytes.Equal(w.name(before), w.name(m)) {
				return true
			}
		}
	}
	return len(all) > few && w.repeats(all)
}

func (w *writer) name(m member) []byte { return w.dst[m.name:m.colon] }

func (w *writer) repeats(all []member) bool {
	seen := make(map[string]bool, len(all))
	for _, m := range all {
		if seen[string(w.name(m))] {
			return true
		}
		seen[string(w.name(m))] = true
	}
	return false
}

// order writes the object at start again: indexes first, in ascending order, the others as they came; of a name that is there twice the
// last value, at the first one's place.
func (w *writer) order(start int, all []member) {
	type placed struct {
		index int64 // -1 is none
		name  []byte
		rest  []byte // colon and value
	}
	old := bytes.Clone(w.dst[start:])
	place := make(map[string]int, len(all))
	out := make([]placed, 0, len(all))
	for _, m := range all {
		p := placed{name: old[m.name-start : m.colon-start], rest: old[m.colon-start : m.end-start]}
		if at, twice := place[string(p.name)]; twice {
			out[at].rest = p.rest
			continue
		}
		p.index = index(p.name[1 : len(p.name)-1])
		place[string(p.name)] = len(out)
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b placed) int {
		if a.index < 0 || b.index < 0 {
			return cmp.Compare(min(b.index, 0), min(a.index, 0))
		}
		return cmp.Compare(a.index, b.index)
	})
	w.dst = append(w.dst[:start], '{')
	for i, p := range out {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		w.dst = append(append(w.dst, p.name...), p.rest...)
	}
	w.dst = append(w.dst, '}')
}

// index reads a name that is an array's index: digits without a zero before them. -1 is none.
func index(name []byte) int64 {
	if len(name) == 0 || len(name) > len("4294967294") || name[0] == '0' && len(name) > 1 {
		return -1
	}
	n, err := strconv.ParseUint(string(name), 10, 64)
	if err != nil || n > mostIndex {
		return -1
	}
	return int64(n)
}
