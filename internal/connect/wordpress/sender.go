package wordpress

import (
	"net/mail"
	"strings"
	"unicode"

	"kefu"
	"kefu/internal/connector"
)

const (
	maxName  = 200 // characters
	maxEmail = 254
)

// staffLabels begin the label of somebody on the site's side of the counter.
var staffLabels = []string{"客服", "管理", "店家", "網站管理", "网站管理", "staff", "agent", "admin", "support"}

// parseSender reads "[顧客 - 初始訊息] 姓名 (email@example.com)", in half or full width. Label and address are optional; text that is not
// of the form is the name as a whole. It never fails.
func parseSender(raw string) connector.Sender {
	s := connector.Sender{Kind: kefu.AuthorContact, Raw: raw}
	rest := strings.TrimSpace(raw)
	if label, after, ok := cutLabel(rest); ok {
		s.Label, rest = label, after
		s.Kind = kindOf(label)
	}
	if before, inside, ok := cutTail(rest); ok && before != "" {
		switch {
		case isEmail(inside):
			s.Email, rest = inside, before
		case s.Kind == kefu.AuthorAgent:
			s.Via, rest = inside, before
		}
	}
	s.Name = kefu.Excerpt(strings.Join(strings.FieldsFunc(rest, isBreak), " "), maxName)
	if s.Name == "" {
		s.Name = kefu.Excerpt(strings.TrimSpace(raw), maxName)
	}
	return s
}

func isBreak(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// cutLabel parts "[label] rest".
func cutLabel(s string) (label, rest string, ok bool) {
	for _, pair := range [][2]string{{"[", "]"}, {"［", "］"}, {"【", "】"}} {
		if inner, found := strings.CutPrefix(s, pair[0]); found {
			label, rest, ok = strings.Cut(inner, pair[1])
			return strings.TrimSpace(label), strings.TrimSpace(rest), ok
		}
	}
	return "", s, false
}

// cutTail parts "before (inside)".
func cutTail(s string) (before, inside string, ok bool) {
	for _, pair := range [][2]string{{"(", ")"}, {"（", "）"}} {
		body, found := strings.CutSuffix(s, pair[1])
		if !found {
			continue
		}
		if at := strings.LastIndex(body, pair[0]); at >= 0 {
			return strings.TrimSpace(body[:at]), strings.TrimSpace(body[at+len(pair[0]):]), true
		}
	}
	return s, "", false
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && len(s) <= maxEmail
}

func kindOf(label string) kefu.AuthorKind {
	label = strings.ToLower(label)
	for _, word := range staffLabels {
		if strings.HasPrefix(label, word) {
			return kefu.AuthorAgent
		}
	}
	return kefu.AuthorContact
}

// senderText is what we send as sender: "[客服] Amy (Discord)".
func senderText(a kefu.Author) string {
	via := a.Via
	if via == "" {
		via = "Kefu"
	}
	name, _ := kefu.CleanText(strings.Join(strings.FieldsFunc(a.Name, isBreak), " "))
	if name == "" {
		name = "Kefu"
	}
	return "[客服] " + kefu.Excerpt(name, maxName) + " (" + via + ")"
}
