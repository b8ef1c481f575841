package config

import (
	"strings"
	"testing"
)

func TestWhatACommunityDoesNotHave(t *testing.T) {
	t.Parallel()
	words := refused(t, "inboxes:\n  - id: guild\n    channel: discord\n    settings: {token: hidden, guild_id: '1', community: {bugs_channel: '2', feeds: []}}\n")
	if want := "inboxes[0].settings.community.bugs_channel (line 4): is not a member of community; did you mean bug_channel?"; !strings.Contains(words, want) {
		t.Errorf("%s\nwant %s", words, want)
	}
}

func TestACommunityThatNoDeskAnswers(t *testing.T) {
	t.Parallel()
	const inbox = "inboxes:\n  - id: guild\n    channel: discord\n    settings: {token: x, guild_id: '1', community: {}}\n"
	for text, want := range map[string]bool{inbox: true, inbox + "routes: [{from: guild, to: [guild]}]\n": false} {
		warned := strings.Contains(strings.Join(parse(t, text).Warnings(), "\n"), "no desk answers them")
		if warned != want {
			t.Errorf("%s\nwarned: %v", text, warned)
		}
	}
}
