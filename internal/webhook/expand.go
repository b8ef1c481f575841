package webhook

import (
	"slices"
	"strings"

	"kefu"
	"kefu/internal/nearest"
)

const (
	// everything stands for every event of the business: not for tests, and not for alerts, which are for who watches over the program.
	everything = "*"
	alertPart  = "alert."
	// maxWords is the most words of one subscription, and maxWord the longest that is looked at.
	maxWords = 50
	maxWord  = 100
)

// Expand gives the event types that words stand for, in the order of the catalogue: an exact type, a part such as message.*, or *. A word
// that stands for nothing is left out; CheckEvents refuses it.
func Expand(words []string) []string {
	out := []string{}
	for _, t := range EventTypes() {
		if slices.ContainsFunc(words, func(word string) bool { return standsFor(word, t.Event) }) {
			out = append(out, t.Event)
		}
	}
	return out
}

func standsFor(word, event string) bool {
	if event == EventTest {
		return false
	}
	if word == everything {
		return !strings.HasPrefix(event, alertPart)
	}
	if part, ok := strings.CutSuffix(word, everything); ok && strings.HasSuffix(part, ".") {
		return strings.HasPrefix(event, part)
	}
	return word == event
}

// CheckEvents notes what is wrong with the words that an endpoint is to be subscribed by.
func CheckEvents(f *kefu.Faults, words []string) {
	const field = "events"
	if len(words) == 0 || len(words) > maxWords {
		f.Add(field, "must have 1 to %d event types; * stands for all", maxWords)
		return
	}
	for _, word := range words {
		switch {
		case word == EventTest:
			f.Add(field, "cannot have %s: it is sent when somebody tests the endpoint, and to no other", EventTest)
		case len(Expand([]string{word})) == 0:
			f.Add(field, "has an unknown event type: %q%s", kefu.Excerpt(word, maxWord), nearest.Suggest(word, subscribable()))
		}
	}
}

// subscribable lists every word that stands for something, exact types first.
func subscribable() []string {
	types := Expand([]string{everything, alertPart + everything})
	parts := make([]string, 0, len(types)/2)
	for _, t := range types {
		part, _, _ := strings.Cut(t, ".")
		parts = append(parts, part+".*")
	}
	return append(types, slices.Compact(parts)...)
}
