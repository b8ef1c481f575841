package twilio

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connectortest"
)

// TestAPhoneIsToldEverything sends one content of each kind in each language: what cannot be shown is said.
func TestAPhoneIsToldEverything(t *testing.T) {
	for _, lang := range []kefu.Locale{kefu.LocaleTaiwan, kefu.LocaleChina, kefu.LocaleEnglish} {
		ch := newChannel(t, nil)
		ch.texts("hi")
		for name, tell := range connectortest.Tellings() {
			out := ch.out("dlv_"+name, "")
			out.Message.Content, out.Customer.Locale = tell.Content, lang
			before := len(ch.phoneHas())
			if _, err := ch.c.Send(ch.ctx, out); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			got := strings.Join(ch.phoneHas()[before:], "\n")
			for _, fact := range tell.Facts {
				if !strings.Contains(got, fact) {
					t.Errorf("%s in %s: %q is not in %q", name, lang, fact, got)
				}
			}
		}
	}
}
