package twilio

import (
	"strings"
	"unicode/utf16"
)

// MaxText is the most characters, in UTF-16 code units, that Twilio takes in one text message.
const MaxText = 1600

// Encoding is how a text message travels.
type Encoding string

// Encodings of a text message. One character beyond GSM7 makes the whole text UCS2, which halves what a segment holds.
const (
	GSM7 Encoding = "GSM-7"
	UCS2 Encoding = "UCS-2"
)

// The alphabet of GSM 03.38. Characters of the second table count twice.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// capacity is how many units one lonely segment holds, and each of several, whose heads take some.
func (e Encoding) capacity() (alone, each int) {
	if e == GSM7 {
		return 160, 153
	}
	return 70, 67
}

// width is how many units a character takes.
func (e Encoding) width(r rune) int {
	switch {
	case e == UCS2:
		return max(utf16.RuneLen(r), 1)
	case strings.ContainsRune(gsmExtended, r):
		return 2
	}
	return 1
}

// EncodingOf gives the encoding that a text needs.
func EncodingOf(text string) Encoding {
	for _, r := range text {
		if !strings.ContainsRune(gsmBasic, r) && !strings.ContainsRune(gsmExtended, r) {
			return UCS2
		}
	}
	return GSM7
}

// Segments counts what a text costs: the parts in which the network carries it. An empty text takes one.
func Segments(text string) (int, Encoding) {
	e := EncodingOf(text)
	return e.segments(text), e
}

func (e Encoding) segments(text string) int {
	alone, each := e.capacity()
	total, count, used := 0, 1, 0
	for _, r := range text {
		w := e.width(r)
		total += w
		if used += w; used > each { // no character lies across two segments
			count, used = count+1, w
		}
	}
	if total <= alone {
		return 1
	}
	return count
}

// TextLength counts a text as MaxText does.
func TextLength(text string) int {
	n := 0
	for _, r := range text {
		n += UCS2.width(r)
	}
	return n
}
