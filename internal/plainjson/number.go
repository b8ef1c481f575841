package plainjson

import "strconv"

const (
	// mostExact is the largest whole number up to which every one has a double of its own: what JavaScript reads exactly.
	mostExact = 1 << 53
	// longestExact is the length of mostExact with a sign.
	longestExact = 17
)

// number writes a whole number as it is, and every other one as a string with the same characters: 9.90 has no other form that all
// languages agree on.
func (w *writer) number() error {
	start := w.at
	w.take('-')
	whole := w.at
	if !w.digits() || w.src[whole] == '0' && w.at > whole+1 {
		w.at = start
		return w.fault()
	}
	plain := true
	if w.take('.') {
		if plain = false; !w.digits() {
			return w.fault()
		}
	}
	if w.take('e') || w.take('E') {
		plain = false
		if !w.take('+') {
			w.take('-')
		}
		if !w.digits() {
			return w.fault()
		}
	}
	given := w.src[start:w.at]
	if plain && len(given) <= longestExact {
		if n, err := strconv.ParseInt(string(given), 10, 64); err == nil && n >= -mostExact && n <= mostExact {
			w.dst = strconv.AppendInt(w.dst, n, 10) // -0 is 0
			return nil
		}
	}
	w.dst = append(append(append(w.dst, '"'), given...), '"')
	return nil
}

// take takes the next byte if it is c.
func (w *writer) take(c byte) bool {
	if w.at < len(w.src) && w.src[w.at] == c {
		w.at++
		return true
	}
	return false
}

// digits takes digits; false when there is none.
func (w *writer) digits() bool {
	start := w.at
	for w.at < len(w.src) && w.src[w.at] >= '0' && w.src[w.at] <= '9' {
		w.at++
	}
	return w.at > start
}
