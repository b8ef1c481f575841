package plainjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

const lowerHex = "0123456789abcdef"

// AppendString appends text as a JSON string in plain form. Invalid UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if ordinary(s[i]) {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r >= utf8.RuneSelf && (r != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		dst = appendRune(append(dst, s[start:i]...), r)
		i += size
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// ordinary tells whether a byte is a character that stands for itself.
func ordinary(c byte) bool { return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' }

// appendRune appends one character of a string, escaped if it must be.
func appendRune(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if r < ' ' {
		return append(dst, '\\', 'u', '0', '0', lowerHex[r>>4], lowerHex[r&15])
	}
	return utf8.AppendRune(dst, r)
}

// text writes the string that begins at the next byte.
func (w *writer) text() error {
	w.at++
	w.dst = append(w.dst, '"')
	start, src := w.at, w.src
	for w.at < len(src) {
		c := src[w.at]
		if ordinary(c) {
			w.at++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRune(src[w.at:])
			if r != utf8.RuneError || size > 1 {
				w.at += size
				continue
			}
		}
		w.dst = append(w.dst, src[start:w.at]...)
		switch {
		case c == '"':
			w.at++
			w.dst = append(w.dst, '"')
			return nil
		case c < ' ':
			return w.fault()
		case c == '\\':
			if err := w.escape(); err != nil {
				return err
			}
		default:
			w.at++
			w.dst = utf8.AppendRune(w.dst, utf8.RuneError)
		}
		start = w.at
	}
	return w.fault()
}

// escape writes what the escape at the next byte stands for.
func (w *writer) escape() error {
	if w.at+1 >= len(w.src) {
		return w.fault()
	}
	var r rune
	switch c := w.src[w.at+1]; c {
	case '"', '\\', '/':
		r = rune(c)
	case 'b':
		r = '\b'
	case 'f':
		r = '\f'
	case 'n':
		r = '\n'
	case 'r':
		r = '\r'
	case 't':
		r = '\t'
	default:
		return w.escapedUnit()
	}
	w.at += 2
	w.dst = appendRune(w.dst, r)
	return nil
}

// escapedUnit writes a character that is given as \uXXXX, or as two of them. Half of a pair becomes U+FFFD: no UTF-8 can hold it.
func (w *writer) escapedUnit() error {
	r, ok := w.unit(w.at)
	if !ok {
		return w.fault()
	}
	w.at += 6
	if utf16.IsSurrogate(r) {
		low, _ := w.unit(w.at)
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			w.at += 6
		}
	}
	w.dst = appendRune(w.dst, r)
	return nil
}

// unit reads \uXXXX.
func (w *writer) unit(at int) (r rune, ok bool) {
	if at+6 > len(w.src) || w.src[at] != '\\' || w.src[at+1] != 'u' {
		return 0, false
	}
	for _, c := range w.src[at+2 : at+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
