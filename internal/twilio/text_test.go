package twilio_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kefu/internal/twilio"
)

func TestSegments(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		n    int
		e    twilio.Encoding
	}{
		"nothing":            {"", 1, twilio.GSM7},
		"one":                {strings.Repeat("a", 160), 1, twilio.GSM7},
		"two":                {strings.Repeat("a", 161), 2, twilio.GSM7},
		"two full":           {strings.Repeat("a", 306), 2, twilio.GSM7},
		"three":              {strings.Repeat("a", 307), 3, twilio.GSM7},
		"euro counts twice":  {strings.Repeat("€", 80), 1, twilio.GSM7},
		"euro, one more":     {strings.Repeat("€", 81), 2, twilio.GSM7},
		"euro is never cut":  {strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), 3, twilio.GSM7},
		"Chinese":            {strings.Repeat("客", 70), 1, twilio.UCS2},
		"Chinese, more":      {strings.Repeat("客", 71), 2, twilio.UCS2},
		"Chinese, full":      {strings.Repeat("客", 134), 2, twilio.UCS2},
		"emoji counts twice": {strings.Repeat("😀", 35), 1, twilio.UCS2},
		"emoji is never cut": {strings.Repeat("😀", 67), 3, twilio.UCS2},
		"one for all":        {strings.Repeat("a", 70) + "客", 2, twilio.UCS2},
		"Greek and accents":  {"ΔΦ àéñÜ@£\n", 1, twilio.GSM7},
		"a backtick":         {"`", 1, twilio.UCS2},
	} {
		if n, e := twilio.Segments(tc.text); n != tc.n || e != tc.e {
			t.Errorf("%s: %d of %s, want %d of %s", name, n, e, tc.n, tc.e)
		}
	}
}

func TestSplitText(t *testing.T) {
	family := "👨‍👩‍👧‍👦"
	for name, tc := range map[string]struct {
		text     string
		segments int
		want     []string
	}{
		"nothing":     {"", 0, nil},
		"white space": {" \n\t", 0, nil},
		"short":       {"您好", 0, []string{"您好"}},
		"at 1,600":    {strings.Repeat("客", 1601), 0, []string{strings.Repeat("客", 1600), "客"}},
		"at a line":   {strings.Repeat("a", 1000) + "\n" + strings.Repeat("b", 1000), 0, []string{strings.Repeat("a", 1000) + "\n", strings.Repeat("b", 1000)}},
		"at a stop":   {strings.Repeat("客", 50) + "。" + strings.Repeat("服", 30), 1, []string{strings.Repeat("客", 50) + "。", strings.Repeat("服", 30)}},
		"at a space":  {strings.Repeat("a", 150) + " " + strings.Repeat("b", 20), 1, []string{strings.Repeat("a", 150) + " ", strings.Repeat("b", 20)}},
		"family":      {strings.Repeat("客", 60) + family, 1, []string{strings.Repeat("客", 60), family}},
		"flags":       {strings.Repeat("🇹🇼", 18), 1, []string{strings.Repeat("🇹🇼", 17), "🇹🇼"}},
		"tone":        {strings.Repeat("客", 68) + "👍🏽", 1, []string{strings.Repeat("客", 68), "👍🏽"}},
		"keycap":      {strings.Repeat("客", 69) + "1️⃣", 1, []string{strings.Repeat("客", 69), "1️⃣"}},
		"accent":      {strings.Repeat("客", 69) + "e\u0301", 1, []string{strings.Repeat("客", 69), "e\u0301"}},
		"alphabet":    {strings.Repeat("a", 100) + "客", 1, []string{strings.Repeat("a", 100), "客"}},
	} {
		if got := twilio.SplitText(tc.text, tc.segments); !slices.Equal(got, tc.want) {
			t.Errorf("%s:\n%q, want\n%q", name, got, tc.want)
		}
	}
}

func FuzzSplitText(f *testing.F) {
	f.Add("您好 😀👨‍👩‍👧‍👦🇹🇼🇯🇵 é\r\n", 1, uint16(300))
	f.Add("a\u0301\u0301\u200d", 2, uint16(2000))
	f.Add("€[]\xff\xfe", 0, uint16(1700))
	f.Fuzz(func(t *testing.T, seed string, segments int, times uint16) {
		if len(seed) > 200 {
			t.Skip("longer than is repeated here")
		}
		text := strings.Repeat(seed, int(times)%(1+5_000/max(len(seed), 1)))
		parts := twilio.SplitText(text, segments)
		for _, p := range parts {
			switch n, _ := twilio.Segments(p); {
			case !utf8.ValidString(p):
				t.Errorf("%q is cut inside a character", p)
			case twilio.TextLength(p) > twilio.MaxText, segments > 0 && n > segments:
				t.Errorf("%d characters in %d segments", twilio.TextLength(p), n)
			case strings.TrimSpace(p) == "":
				t.Error("a part of nothing but white space")
			}
		}
		squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
		if squeeze(strings.Join(parts, "")) != squeeze(strings.ToValidUTF8(text, "�")) {
			t.Error("the parts together are not the text")
		}
	})
}

func TestConsentWord(t *testing.T) {
	for text, want := range map[string]twilio.Consent{
		"STOP": twilio.OptOut, " stop\n": twilio.OptOut, "Unsubscribe": twilio.OptOut, "optout": twilio.OptOut, "revoke": twilio.OptOut,
		"start": twilio.OptIn, "YES": twilio.OptIn, "unstop": twilio.OptIn, "help": twilio.AskHelp, "Info": twilio.AskHelp,
		"please stop": "", "stop it": "", "": "", "STOP!": "", "停": "",
	} {
		if got := twilio.ConsentWord(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
