package wordpress

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/http"
	"strconv"
	"strings"

	"kefu/internal/connector"
	"kefu/internal/websig"
)

const maxKey = 200 // bytes of an id that is stored as it is

// hookKey settles duplicates: the sender's id of the hook, "" when it gives none.
func hookKey(h http.Header) string {
	if id := strings.TrimSpace(h.Get(websig.HeaderID)); id != "" {
		return "wh:" + boundedKey(id)
	}
	if id := strings.TrimSpace(h.Get("Idempotency-Key")); id != "" {
		return "ik:" + boundedKey(id)
	}
	return ""
}

// boundedKey keeps an id that is too long, or that no database takes, as its sum: refusing it would lose the message.
func boundedKey(id string) string {
	if len(id) <= maxKey && !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r > '~' }) {
		return id
	}
	return "sha256:" + digest(id)
}

// ticketNumber gives a ticket id as the site writes it. Digits only: ParseInt would take a sign.
func ticketNumber(text string) (int64, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0
}

// contactFingerprint tells equal messages of customers: who, what and the picture.
func (c *Connector) contactFingerprint(s connector.Sender, text, image string) string {
	who := s.Email
	if who == "" {
		who = s.Name
	}
	return "c:" + digest(strings.ToLower(who), normal(text), html.UnescapeString(image))
}

// sentFingerprint is of the exact sender and the text as the site would show it, without the addresses at its end: those are links to
// attachments, and an attachment may have another link when it is sent again.
func (c *Connector) sentFingerprint(sender, text string) string {
	lines := strings.Split(normal(text), "\n")
	for len(lines) > 0 && isAddress(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return "s:" + digest(normal(sender), strings.TrimSpace(strings.Join(lines, "\n")))
}

func isAddress(line string) bool {
	rest, found := strings.CutPrefix(line, "https://")
	if !found {
		rest, found = strings.CutPrefix(line, "http://")
	}
	return line == "" || found && rest != "" && !strings.ContainsAny(rest, " \t")
}

// normal undoes what sites do to text on its way through forms and templates: line ends, entities, blanks at the ends of lines.
func normal(text string) string {
	text = html.UnescapeString(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\u00a0")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
