package card

import (
	"fmt"
	"strings"

	"kefu"
)

// maxDefault is how much is shown of what stands in a field already: it may be as long as an answer.
const maxDefault = 200

// FormText renders a form as plain text: the whole of it, or with a Step that one question and how to answer it.
func FormText(f kefu.Form, lang string) string { return plain().form(f, lang) }

// FormMarkdown is FormText in Markdown.
func FormMarkdown(f kefu.Form, lang string) string { return markdown().form(f, lang) }

func (m medium) form(f kefu.Form, lang string) string {
	w := pickForm(lang)
	if f.Step >= 1 && f.Step <= len(f.Fields) {
		return m.question(f, w, lang)
	}
	lines := []string{"📋 " + m.strong(m.line(titled(f, w)))}
	for i, field := range f.Fields {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, m.asked(field, w)))
		lines = append(lines, m.hints(field, w)...)
		for n, o := range field.Options {
			lines = append(lines, fmt.Sprintf("%s%d) %s", m.indent, n+1, m.line(o.Label)))
		}
	}
	return strings.Join(lines, "\n")
}

// question asks for one field; the options have the numbers that they are answered by.
func (m medium) question(f kefu.Form, w formWords, lang string) string {
	field := f.Fields[f.Step-1]
	head := m.asked(field, w)
	if len(f.Fields) > 1 {
		head = fmt.Sprintf("%d/%d %s", f.Step, len(f.Fields), head)
	}
	if f.Step == 1 && oneLine(f.Title) != "" {
		head = "📋 " + m.strong(m.line(f.Title)) + "\n" + head
	}
	if fault := Fault(f.Fault, lang); fault != "" {
		head = "⚠️ " + fault + "\n" + head
	}
	lines := append([]string{head}, m.hints(field, w)...)
	for n, o := range field.Options {
		lines = append(lines, fmt.Sprintf("%d. %s", n+1, m.line(o.Label)))
	}
	if !m.told {
		lines = append(lines, howTo(field, w))
	}
	return strings.Join(lines, "\n")
}

func howTo(field kefu.FormField, w formWords) string {
	var how []string
	if len(field.Options) > 0 {
		how = append(how, w.pickNumber)
	}
	if !field.Required {
		how = append(how, w.skip)
	}
	how = append(how, w.leave)
	if w == formEN {
		return strings.Join(how, " ")
	}
	return strings.Join(how, "")
}

func titled(f kefu.Form, w formWords) string {
	if t := oneLine(f.Title); t != "" {
		return t
	}
	return w.form
}

func (m medium) asked(field kefu.FormField, w formWords) string {
	need := w.optional
	switch {
	case field.Name == kefu.ChoiceField: // to pick is all that is asked
		need = ""
	case field.Required:
		need = w.required
	}
	return m.strong(m.line(field.Label)) + need
}

// hints are what a form would show inside of the field.
func (m medium) hints(field kefu.FormField, w formWords) []string {
	var lines []string
	if s := oneLine(field.Placeholder); s != "" {
		lines = append(lines, m.indent+w.example+m.safe(s))
	}
	if s := oneLine(field.Default); s != "" {
		lines = append(lines, m.indent+w.preset+m.safe(kefu.Excerpt(shownDefault(field, s), maxDefault)))
	}
	return lines
}

// shownDefault is the label of the option that is set before anybody picks one.
func shownDefault(field kefu.FormField, value string) string {
	for _, o := range field.Options {
		if o.Value == field.Default {
			return oneLine(o.Label)
		}
	}
	return value
}
