package demo

import (
	"fmt"
	"strings"
)

// Lang is a language that the demo speaks. What is played is the same in all of them: the messages of the source's own examples.
type Lang int

// The languages, in the order of the word table.
const (
	TraditionalChinese Lang = iota
	SimplifiedChinese
	English
)

const languages = 3

// String gives the language's tag.
func (l Lang) String() string { return [languages]string{"zh-TW", "zh-CN", "en"}[l] }

// ParseLang reads what a person would write: zh-TW, zh_CN.UTF-8, en.
func ParseLang(s string) (Lang, error) {
	if l, ok := langOf(s); ok {
		return l, nil
	}
	return English, fmt.Errorf("--lang %q is not a language of the demo: write zh-TW, zh-CN or en", s)
}

// Locale picks the language as other programs do: LC_ALL, then LC_MESSAGES, then LANG; English when none of them names one of ours.
func Locale(lookup func(string) string) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := lookup(name); value != "" {
			l, _ := langOf(value)
			return l
		}
	}
	return English
}

func langOf(locale string) (Lang, bool) {
	tag, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), ".")
	switch {
	case strings.HasPrefix(tag, "zh-cn"), strings.HasPrefix(tag, "zh-sg"), strings.HasPrefix(tag, "zh-hans"):
		return SimplifiedChinese, true
	case tag == "zh", strings.HasPrefix(tag, "zh-"):
		return TraditionalChinese, true
	case tag == "en", strings.HasPrefix(tag, "en-"):
		return English, true
	}
	return English, false
}

// say words something. The words of one name take the same arguments in every language.
func (l Lang) say(w word, args ...any) string {
	text := texts[w][l]
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}
