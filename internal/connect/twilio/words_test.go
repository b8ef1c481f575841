package twilio

import (
	"regexp"
	"slices"
	"testing"

	"kefu"
	"kefu/internal/connector"
)

func TestWordsAreInEachLanguage(t *testing.T) {
	verbs := regexp.MustCompile(`%[a-z]`)
	for w, in := range texts {
		for i, text := range in {
			if text == "" || !slices.Equal(verbs.FindAllString(text, -1), verbs.FindAllString(in[0], -1)) || slices.Contains(in[:i], text) {
				t.Errorf("word %d is %q in language %d", w, text, i)
			}
		}
	}
}

func TestTheDeskIsWrittenToInItsLanguage(t *testing.T) {
	for lang, want := range map[kefu.Locale]string{
		kefu.LocaleTaiwan:  "🎫 客服單 #33\n主旨：Tea\n顧客：王小明 <ming@example.com>",
		kefu.LocaleChina:   "🎫 工单 #33\n主题：Tea\n顾客：王小明 <ming@example.com>",
		kefu.LocaleEnglish: "🎫 Ticket #33\nSubject: Tea\nCustomer: 王小明 <ming@example.com>",
	} {
		c := desk(t, map[string]any{"lang": lang})
		card := &connector.Card{Ticket: kefu.Ticket{Number: 33}, Subject: "Tea"}
		if got := c.card(connector.Outbound{Customer: opening().Customer, Card: card}); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
}
