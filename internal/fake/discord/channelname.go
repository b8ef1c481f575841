package discord

import (
	"strings"
	"unicode"
)

// refusedName is in every guild's filter; it hits ticket number 1488.
const refusedName = "1488"

// textName is what Discord makes of a text channel's name: lower case, one
// dash for blanks, most ASCII punctuation dropped, everything else (CJK,
// emoji) kept.
func textName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(name)) {
		switch {
		case unicode.IsSpace(r) || r == '-':
			if !strings.HasSuffix(b.String(), "-") {
				b.WriteByte('-')
			}
		case r == '_', r > unicode.MaxASCII && !unicode.IsControl(r), r >= '0' && r <= '9', r >= 'a' && r <= 'z':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// checkName normalises a name for a channel type and notes what is wrong with it.
func (w *world) checkName(kind int, name string, f *form) string {
	if kind == TypeText || kind == TypeAnnouncement || kind == TypeForum {
		name = textName(name)
	}
	name = strings.TrimSpace(name)
	f.length("name", name, 1, 100)
	for _, word := range append([]string{refusedName}, w.opt.ForbiddenWords...) {
		if strings.Contains(strings.ToLower(name), strings.ToLower(word)) {
			f.add("name", "INVALID_COMMUNITY_PROPERTY_NAME", "Contains words not allowed for servers in Server Discovery.")
			break
		}
	}
	return name
}
