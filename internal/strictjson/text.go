package strictjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

// str walks over a string and gives what it stands for: a part of the text itself unless something in it is escaped.
func (s *scanner) str() ([]byte, bool) {
	s.pos++
	start := s.pos
	var out []byte // nil while nothing was escaped
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '"':
			plain := s.text[start:s.pos]
			s.pos++
			if out == nil {
				return plain, true
			}
			return append(out, plain...), true
		case c == '\\':
			out = append(out, s.text[start:s.pos]...)
			r, ok := s.escape()
			if !ok {
				return nil, false
			}
			out = utf8.AppendRune(out, r)
			start = s.pos
		case c < ' ':
			return nil, s.control(c)
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, size := utf8.DecodeRune(s.text[s.pos:])
			if r == utf8.RuneError && size == 1 {
				return nil, s.fail("the text is not valid UTF-8")
			}
			s.pos += size
		}
	}
	return nil, s.fail("the text ends inside a string")
}

func (s *scanner) control(c byte) bool {
	if c == 0 {
		return s.fail("the character U+0000 cannot be kept")
	}
	return s.fail("a control character in a string must be escaped")
}

// escape walks over \n, \u00e9, or a pair of surrogates.
func (s *scanner) escape() (rune, bool) {
	at := s.pos
	s.pos++
	c := s.peek()
	s.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		return s.unicode(at)
	}
	s.pos = at
	return 0, s.fail("an unknown escape in a string")
}

func (s *scanner) unicode(at int) (rune, bool) {
	r, ok := s.hex()
	switch {
	case !ok:
		s.pos = at
		return 0, s.fail("\\u needs four hexadecimal digits")
	case r == 0:
		s.pos = at
		return 0, s.fail("the character U+0000 cannot be kept")
	case !utf16.IsSurrogate(r):
		return r, true
	}
	if s.pos+1 < len(s.text) && s.text[s.pos] == '\\' && s.text[s.pos+1] == 'u' {
		s.pos += 2
		if low, ok := s.hex(); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, true
			}
		}
	}
	s.pos = at
	return 0, s.fail("half a surrogate pair is no character")
}

func (s *scanner) hex() (r rune, ok bool) {
	if len(s.text)-s.pos < 4 {
		return 0, false
	}
	for _, c := range s.text[s.pos : s.pos+4] {
		switch {
		case digit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	s.pos += 4
	return r, true
}

// names are those of one object. Most objects have few; a hostile one has so many that looking through them would take minutes.
type names struct {
	few  [][]byte
	many map[string]struct{}
}

const fewNames = 16

// add notes a name and tells whether it is new.
func (n *names) add(name []byte) bool {
	if n.many != nil {
		before := len(n.many)
		n.many[string(name)] = struct{}{}
		return len(n.many) > before
	}
	for _, have := range n.few {
		if string(have) == string(name) {
			return false
		}
	}
	if n.few = append(n.few, name); len(n.few) > fewNames {
		n.many = make(map[string]struct{}, 4*fewNames)
		for _, have := range n.few {
			n.many[string(have)] = struct{}{}
		}
	}
	return true
}
