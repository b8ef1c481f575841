package discord_test

import (
	"fmt"
	"strings"
	"testing"

	"kefu/internal/fake/discord"
)

// TestSuggest types into an option: the bot is told what, and what it offers is held against Discord's bounds.
func TestSuggest(t *testing.T) {
	h := newHelpdesk(t, discord.Options{})
	h.must("PUT", "/applications/"+h.s.ApplicationID()+"/guilds/"+h.s.GuildID()+"/commands", []obj{
		{"name": "ticket", "description": "x", "options": []obj{{"type": 1, "name": "assign", "description": "x", "options": []obj{
			{"type": 4, "name": "number", "description": "x", "required": true}, {"type": 3, "name": "team", "description": "x", "autocomplete": true}}}}},
	})
	suggest := func() *discord.Interaction {
		i, err := h.s.Suggest(h.channel, h.member, "ticket assign", "team", "ga", map[string]any{"number": 7})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	i := suggest()
	raw := string(h.k.event("INTERACTION_CREATE").D)
	for _, want := range []string{`"type":4`, `"focused":true`, `"value":"ga"`, `"value":7`} {
		if !strings.Contains(raw, want) {
			t.Errorf("the event lacks %s: %s", want, raw)
		}
	}
	h.want(h.callback(i, discord.CallbackMessage, obj{"content": "no"}), 400, 50035)
	many := make([]obj, 26)
	for n := range many {
		many[n] = obj{"name": fmt.Sprint("Team ", n), "value": fmt.Sprint("tea_", n)}
	}
	h.want(h.callback(i, discord.CallbackAutocomplete, obj{"choices": many}), 400, 50035)
	h.want(h.callback(i, discord.CallbackAutocomplete, obj{"choices": []obj{{"name": "", "value": "x"}}}), 400, 50035)
	h.want(h.callback(i, discord.CallbackAutocomplete, obj{"choices": many[:25]}), 204, 0)
	if got := i.Outcome().Choices; len(got) != 25 || got[0].Name != "Team 0" || got[0].Value != "tea_0" {
		t.Errorf("offered %v", got)
	}
	h.want(h.callback(suggest(), discord.CallbackAutocomplete, obj{"choices": []obj{}}), 204, 0)
	if _, err := h.s.Suggest(h.channel, h.member, "ticket assign", "number", "1", nil); err == nil {
		t.Error("typed into an option for which nothing is offered")
	}
}
