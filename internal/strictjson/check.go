package strictjson

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// MaxDepth is how deep objects and arrays may be nested.
const MaxDepth = 64

// SyntaxError says what is wrong with a text, and where.
type SyntaxError struct {
	// Offset counts bytes from 0; Line and Column count from 1, the column in bytes.
	Offset, Line, Column int
	// Msg says what is wrong, without the place.
	Msg string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at line %d, column %d", e.Msg, e.Line, e.Column)
}

// Check returns a *SyntaxError unless text is exactly one JSON value: valid UTF-8 without U+0000 (also when escaped) and without halves of
// surrogate pairs, no name twice in one object, at most MaxDepth deep, and nothing behind it but white space.
func Check(text []byte) error {
	s := scanner{text: text}
	if s.document() {
		return nil
	}
	before := text[:min(s.pos, len(text))]
	return &SyntaxError{Offset: len(before), Line: 1 + bytes.Count(before, []byte{'\n'}), Column: len(before) - bytes.LastIndexByte(before, '\n'), Msg: s.msg}
}

// scanner walks over a text. Its steps return false at the first fault, with pos at the fault and msg set.
type scanner struct {
	text  []byte
	pos   int
	depth int
	msg   string
}

func (s *scanner) fail(msg string) bool {
	s.msg = msg
	return false
}

// peek is the byte at pos, 0 at the end. A real 0 is no part of any token, so the two need no telling apart but by unexpected.
func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) unexpected(want string) bool {
	if s.pos >= len(s.text) {
		return s.fail("the text ends where " + want + " is expected")
	}
	if r, size := utf8.DecodeRune(s.text[s.pos:]); r == utf8.RuneError && size == 1 {
		return s.fail("the text is not valid UTF-8")
	}
	return s.fail(want + " is expected")
}

func (s *scanner) document() bool {
	s.space()
	if !s.value() {
		return false
	}
	s.space()
	if s.pos < len(s.text) {
		return s.unexpected("the end of the text")
	}
	return true
}

func (s *scanner) value() bool {
	switch c := s.peek(); {
	case c == '{':
		return s.nested((*scanner).object)
	case c == '[':
		return s.nested((*scanner).array)
	case c == '"':
		_, ok := s.str()
		return ok
	case c == '-' || digit(c):
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if len(s.text)-s.pos >= len(word) && string(s.text[s.pos:s.pos+len(word)]) == word {
			s.pos += len(word)
			return true
		}
	}
	return s.unexpected("a JSON value")
}

func (s *scanner) nested(inside func(*scanner) bool) bool {
	if s.depth == MaxDepth {
		return s.fail(fmt.Sprintf("nested deeper than %d", MaxDepth))
	}
	s.depth++
	s.pos++
	s.space()
	ok := inside(s)
	s.depth--
	return ok
}

func (s *scanner) array() bool {
	if s.peek() == ']' {
		s.pos++
		return true
	}
	for {
		s.space()
		if !s.value() {
			return false
		}
		if more, ok := s.another(']', "a comma or ]"); !more {
			return ok
		}
	}
}

func (s *scanner) object() bool {
	if s.peek() == '}' {
		s.pos++
		return true
	}
	var seen names
	for {
		s.space()
		if s.peek() != '"' {
			return s.unexpected("a name in quotes")
		}
		at := s.pos
		name, ok := s.str()
		if !ok {
			return false
		}
		if !seen.add(name) {
			s.pos = at
			return s.fail(fmt.Sprintf("the name %.60q stands twice in one object,", name))
		}
		s.space()
		if s.peek() != ':' {
			return s.unexpected("a colon")
		}
		s.pos++
		s.space()
		if !s.value() {
			return false
		}
		if more, ok := s.another('}', "a comma or }"); !more {
			return ok
		}
	}
}

// another tells whether a comma follows, or else whether the end does.
func (s *scanner) another(end byte, want string) (more, ok bool) {
	s.space()
	switch s.peek() {
	case ',':
		s.pos++
		return true, true
	case end:
		s.pos++
		return false, true
	}
	return false, s.unexpected(want)
}

func (s *scanner) number() bool {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return false
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return false
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		return s.digits()
	}
	return true
}

func (s *scanner) digits() bool {
	if !digit(s.peek()) {
		return s.unexpected("a digit")
	}
	for digit(s.peek()) {
		s.pos++
	}
	return true
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
