package card

import (
	"strings"
	"unicode/utf8"

	"kefu"
)

// AnswerText renders what was filled in or picked as plain text, one "label: value" after the other. Labels and values are the shop's and
// the customer's own, so that it is the same in every language. Further lines of a value are indented: none passes for another answer.
func AnswerText(a kefu.Answer) string { return plain().answer(a) }

// AnswerMarkdown is AnswerText in Markdown.
func AnswerMarkdown(a kefu.Answer) string { return markdown().answer(a) }

func (m medium) answer(a kefu.Answer) string {
	lines := make([]string, 0, len(a.Values))
	for _, v := range a.Values {
		lines = append(lines, m.strong(m.line(headed(orName(v))))+" "+m.safe(strings.ReplaceAll(Value(v), "\n", "\n  ")))
	}
	return strings.Join(lines, "\n")
}

// headed is a label before its value. One that is a question needs no colon.
func headed(label string) string {
	label = oneLine(label)
	if last, _ := utf8.DecodeLastRuneInString(label); strings.ContainsRune("?？!！:：。.", last) {
		return label
	}
	return label + ":"
}

// Value is what people read of one answer: the label of the option, else what was written; "–" when it was left empty. It is not escaped.
func Value(v kefu.AnswerValue) string {
	for _, s := range []string{v.Shown, v.Value} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return "–"
}

func orName(v kefu.AnswerValue) string {
	if oneLine(v.Label) == "" {
		return v.Name
	}
	return v.Label
}
