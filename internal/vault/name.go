package vault

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxName is the longest name in bytes: 50 Chinese characters, and short enough for every file system once it is in a link.
	maxName = 150
	maxExt  = 16
)

// CleanName gives a name that is safe in a path, a header, a link and a database: without folders, control characters, marks that turn
// the writing direction ("gpj.exe" shown backwards), dots or spaces at its ends; valid UTF-8 of at most 150 bytes. The ending survives
// cutting. Nothing left becomes "file". Cleaning a clean name changes nothing.
func CleanName(name string) string { return cleanName(name, "") }

func cleanName(name, ext string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unfit(r) {
			return -1
		}
		return r
	}, name)
	name = trim(shorten(trim(name)))
	return cmp.Or(name, "file"+ext)
}

func unfit(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}

func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
}

func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	stem, ext := name, ""
	if dot := strings.LastIndexByte(name, '.'); dot > 0 && len(name)-dot <= maxExt {
		stem, ext = name[:dot], name[dot:]
	}
	stem = stem[:maxName-len(ext)]
	for !utf8.ValidString(stem) { // the cut went through a character
		stem = stem[:len(stem)-1]
	}
	return stem + ext
}
