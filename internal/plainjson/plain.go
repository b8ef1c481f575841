package plainjson

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrSyntax is the error of what is no JSON, or is nested too deeply.
var ErrSyntax = errors.New("not JSON")

// MaxDepth is how many lists and objects may stand inside each other. Readers in other languages give up at a thousand.
const MaxDepth = 256

// Append appends a document to dst in plain form. On an error, which is ErrSyntax, it returns dst as it was.
func Append(dst, doc []byte) ([]byte, error) {
	var room [24]member
	w := writer{src: doc, dst: dst, members: room[:0]}
	w.space()
	if err := w.value(0); err != nil {
		return dst, err
	}
	if w.space(); w.at < len(w.src) {
		return dst, w.fault()
	}
	return w.dst, nil
}

// writer reads src from at on and writes it to dst.
type writer struct {
	src     []byte
	at      int
	dst     []byte
	members []member // of the objects that are open, the innermost last
}

// member is where a member stands in dst: its name with the quotes, and its value after the colon.
type member struct{ name, colon, end int }

func (w *writer) fault() error { return fmt.Errorf("%w: at byte %d", ErrSyntax, w.at) }

func (w *writer) space() {
	for w.at < len(w.src) {
		switch w.src[w.at] {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return
		}
	}
}

// next is the next byte that is no white space, 0 at the end. It is not taken.
func (w *writer) next() byte {
	w.space()
	if w.at == len(w.src) {
		return 0
	}
	return w.src[w.at]
}

func (w *writer) value(depth int) error {
	if depth > MaxDepth {
		return fmt.Errorf("%w: nested more than %d deep", ErrSyntax, MaxDepth)
	}
	switch c := w.next(); c {
	case '{':
		return w.object(depth)
	case '[':
		return w.list(depth)
	case '"':
		return w.text()
	case 't':
		return w.word("true")
	case 'f':
		return w.word("false")
	case 'n':
		return w.word("null")
	}
	return w.number()
}

func (w *writer) word(word string) error {
	if !bytes.HasPrefix(w.src[w.at:], []byte(word)) {
		return w.fault()
	}
	w.at += len(word)
	w.dst = append(w.dst, word...)
	return nil
}

func (w *writer) list(depth int) error {
	w.at++
	w.dst = append(w.dst, '[')
	if w.next() == ']' {
		return w.end(']')
	}
	for {
		if err := w.value(depth + 1); err != nil {
			return err
		}
		if w.next() != ',' {
			return w.end(']')
		}
		w.at++
		w.dst = append(w.dst, ',')
	}
}

// end takes what closes a list or an object.
func (w *writer) end(c byte) error {
	if w.next() != c {
		return w.fault()
	}
	w.at++
	w.dst = append(w.dst, c)
	return nil
}

func (w *writer) object(depth int) error {
	w.at++
	start, first := len(w.dst), len(w.members)
	w.dst = append(w.dst, '{')
	if w.next() == '}' {
		return w.end('}')
	}
	for {
		if err := w.member(depth); err != nil {
			return err
		}
		if w.next() != ',' {
			break
		}
		w.at++
		w.dst = append(w.dst, ',')
	}
	if err := w.end('}'); err != nil {
		return err
	}
	if w.unordered(w.members[first:]) {
		w.order(start, w.members[first:])
	}
	w.members = w.members[:first]
	return nil
}

func (w *writer) member(depth int) error {
	if w.next() != '"' {
		return w.fault()
	}
	m := member{name: len(w.dst)}
	if err := w.text(); err != nil {
		return err
	}
	if w.next() != ':' {
		return w.fault()
	}
	w.at++
	m.colon = len(w.dst)
	w.dst = append(w.dst, ':')
	if err := w.value(depth + 1); err != nil {
		return err
	}
	m.end = len(w.dst)
	w.members = append(w.members, m)
	return nil
}
