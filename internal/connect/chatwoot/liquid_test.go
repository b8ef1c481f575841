package chatwoot

import (
	"strings"
	"testing"

	"kefu"
)

// TestNothingIsFilledIn writes what Chatwoot would take for a template, to staff and to a customer.
func TestNothingIsFilledIn(t *testing.T) {
	const words = "write {{contact.email}} and {% raw %}"
	shown := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\u200b", ""), `\`, "") }
	r := newRig(t, nil)
	desk := r.desk("a")
	r.send(outbound(desk, "1", kefu.AuthorContact, kefu.Content{Text: words}))
	r.send(outbound(desk, "2", kefu.AuthorAgent, kefu.Content{Text: words}))
	if err := r.c.noteOnce(t.Context(), desk, numberOf(desk.ExternalID), "k", words, ""); err != nil {
		t.Fatal(err)
	}
	for _, note := range r.notes(desk) {
		if !strings.Contains(shown(note), words) {
			t.Errorf("a note: %q", note)
		}
	}
	same(t, "the customer's words", r.public(desk), []string{"incoming: " + words})
	same(t, "notes", len(r.notes(desk)), 2)
}
