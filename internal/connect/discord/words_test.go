package discord

import (
	"regexp"
	"slices"
	"testing"
)

// TestWordsComplete holds that every text exists in every language and takes the same arguments in each.
func TestWordsComplete(t *testing.T) {
	t.Parallel()
	verb := regexp.MustCompile(`%[a-z]`)
	all := map[word][languages]string{}
	for _, table := range tables() {
		for w, by := range table {
			if _, twice := all[w]; twice {
				t.Errorf("%q stands in two tables", w)
			}
			all[w] = by
		}
	}
	for w, by := range all {
		want := verb.FindAllString(by[english], -1)
		for l := range lang(languages) {
			if by[l] == "" {
				t.Errorf("%q has no words in %s", w, l)
			}
			if got := verb.FindAllString(by[l], -1); !slices.Equal(got, want) {
				t.Errorf("%q takes %v in %s and %v in English", w, got, l, want)
			}
		}
	}
}

func TestLangOf(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]lang{"": zhTW, "zh-TW": zhTW, "zh-CN": zhCN, "en-US": english, "en-GB": english, "ja": zhTW} {
		if got := langOf(locale); got != want {
			t.Errorf("langOf(%q) = %s, want %s", locale, got, want)
		}
	}
}
