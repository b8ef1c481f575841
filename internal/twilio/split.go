package twilio

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitText cuts a text into messages of at most MaxText characters each, and of at most that many segments each unless segments is 0. It
// cuts behind a line where it can, else behind a sentence, else at a space; inside a word only if it must, and never inside an emoji or
// between a letter and its accents. Together the parts are the text, less those of nothing but white space, which Twilio would refuse.
// Bytes that are no UTF-8 become �. An empty text has no parts.
func SplitText(text string, segments int) []string {
	text = strings.ToValidUTF8(text, "�")
	var parts []string
	for text != "" {
		n := cutAt(text, segments)
		if part := text[:n]; strings.TrimSpace(part) != "" {
			parts = append(parts, part)
		}
		text = text[n:]
	}
	return parts
}

// cutAt gives how many bytes of text the next part has, at least one character.
func cutAt(text string, segments int) int {
	fits := room(text, segments)
	if fits == len(text) {
		return fits
	}
	// A part that would be less than half full is a worse reading than a cut at a lesser place.
	for _, breaks := range []func(rune) bool{isLineEnd, isSentenceEnd, unicode.IsSpace} {
		if n := lastBreak(text[:fits], breaks); n > fits/2 {
			return n
		}
	}
	return fits
}

// room gives how many bytes of text one message holds, ending between two clusters. A cluster that no message holds is cut.
func room(text string, segments int) int {
	m := measure{limit: segments, encoding: GSM7}
	at := 0
	for at < len(text) {
		next := at + clusterLength(text[at:])
		if !m.takes(text[:next], text[at:next]) {
			break
		}
		at = next
	}
	if at > 0 {
		return at
	}
	for at < len(text) { // the first cluster alone is too much
		_, size := utf8.DecodeRuneInString(text[at:])
		if !m.takes(text[:at+size], text[at:at+size]) {
			break
		}
		at += size
	}
	return max(at, 1)
}

// measure counts along, so that a long text is not counted anew for each of its characters.
type measure struct {
	limit    int
	encoding Encoding
	units    int // UTF-16
	total    int // in the units of the encoding
	count    int // whole segments before the open one
	used     int // of the open segment
}

// takes adds piece, the end of whole, if it fits.
func (m *measure) takes(whole, piece string) bool {
	next := *m
	next.units += TextLength(piece)
	if next.encoding == GSM7 && EncodingOf(piece) == UCS2 {
		next.encoding, next.total, next.count, next.used = UCS2, 0, 0, 0
		piece = whole // the change is made once at most
	}
	_, each := next.encoding.capacity()
	for _, r := range piece {
		w := next.encoding.width(r)
		next.total += w
		if next.used += w; next.used > each {
			next.count, next.used = next.count+1, w
		}
	}
	if next.units > MaxText || (m.limit > 0 && next.segments() > m.limit) {
		return false
	}
	*m = next
	return true
}

func (m *measure) segments() int {
	if alone, _ := m.encoding.capacity(); m.total <= alone {
		return 1
	}
	return m.count + 1
}

func isLineEnd(r rune) bool { return r == '\n' }

func isSentenceEnd(r rune) bool { return strings.ContainsRune("\u3002\uff01\uff1f\uff1b\u2026!?", r) }

// lastBreak gives the place behind the last character of the kind, 0 if there is none that ends a cluster.
func lastBreak(text string, kind func(rune) bool) int {
	for {
		at := strings.LastIndexFunc(text, kind)
		if at < 0 {
			return 0
		}
		if n := at + clusterLength(text[at:]); n <= len(text) {
			return n
		}
		text = text[:at]
	}
}
