package knowledge

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	citation = regexp.MustCompile(`\[(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\]`)
	// otherBrackets are citations as models write them in Chinese text.
	otherBrackets = regexp.MustCompile(`[【［]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[】］]`)
	// mention is what a channel may take for a call of people, or for a mark of its own.
	mention = regexp.MustCompile(`(?i)@\s*(?:everyone|here|all|channel)\b|<[@#:/]|<t:|<a:|\[(?:to|toall|rp|piconname|picon|info|title|code)\b`)
	// link is an address, with or without its scheme.
	link = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s<>()\[\]"'，。、；：！？「」『』（）【】]+|(?:javascript|data|mailto|tel|vbscript):[^\s<>()\[\]]+|` +
		`[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?:/[^\s<>()\[\]"'，。、；：！？「」『』（）【】]*)?`)
	// step begins a step of a list, as in "1.Open".
	step = regexp.MustCompile(`^\d{1,2}\.[A-Za-z]+$`)
)

// checked is an answer of the writer that may be said.
type checked struct {
	text  string
	cited []int // places of the articles, each once, in their order
}

// check judges what the writer wrote: why is "" when it may be said.
func check(text string, hits []Hit, characters int) (c checked, why string) {
	c.text = clean(text)
	bare := strings.Trim(c.text, "\"'`*. 。")
	switch {
	case bare == "":
		return c, WriterBad
	case bare == noAnswer:
		return c, ReasonNoAnswer
	case strings.Contains(c.text, noAnswer) || echoes(c.text):
		return c, WriterBad
	case utf8.RuneCountInString(c.text) > characters:
		return c, WriterLong
	case mention.MatchString(c.text):
		return c, WriterMention
	}
	if c.text, c.cited, why = cite(c.text, len(hits)); why != "" {
		return c, why
	}
	known := map[string]bool{}
	for _, n := range c.cited {
		for _, l := range links(hits[n].Title + "\n" + hits[n].Body + "\n" + hits[n].URL) {
			known[l] = true
		}
	}
	for _, l := range links(c.text) {
		if !known[l] {
			return c, WriterLink
		}
	}
	return c, ""
}

// clean takes away what nobody can see.
func clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, text))
}

// cite brings the citations to one form, [1], and lists them.
func cite(text string, articles int) (out string, cited []int, why string) {
	text = otherBrackets.ReplaceAllString(text, "[$1]")
	wrong := false
	out = citation.ReplaceAllStringFunc(text, func(found string) string {
		var b strings.Builder
		for _, part := range strings.FieldsFunc(found, func(r rune) bool { return r < '0' || r > '9' }) {
			n, err := strconv.Atoi(part)
			if err != nil || n < 1 || n > articles {
				wrong = true
				continue
			}
			cited = append(cited, n-1)
			b.WriteString("[" + strconv.Itoa(n) + "]")
		}
		return b.String()
	})
	slices.Sort(cited)
	switch cited = slices.Compact(cited); {
	case wrong:
		return out, nil, WriterWrongCitation
	case len(cited) == 0 || strings.Trim(citation.ReplaceAllString(out, ""), " \n.,。，") == "":
		return out, nil, WriterNoCitation
	}
	return out, cited, ""
}

// links lists the addresses in a text, in small letters.
func links(text string) []string {
	var all []string
	for _, l := range link.FindAllString(text, -1) {
		if !step.MatchString(l) {
			all = append(all, strings.TrimRight(strings.ToLower(l), ".,;:!?*_~`/"))
		}
	}
	return all
}
