package discord

import (
	"fmt"
	"strings"
	"testing"

	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

func (r *rig) probe() []connector.Finding {
	r.t.Helper()
	found, err := r.c.Probe(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range found {
		if f.Level != connector.LevelOK && (f.Words == "" || f.Mend == "") {
			r.t.Errorf("%s: no words or no mend: %+v", f.Check, f)
		}
	}
	return found
}

// finds tells whether there is a finding of a level whose check begins and whose words hold something.
func finds(found []connector.Finding, level, check, words string) bool {
	for _, f := range found {
		if f.Level == level && strings.HasPrefix(f.Check, check) && strings.Contains(f.Words, words) {
			return true
		}
	}
	return false
}

func TestProbeOfAGoodSetup(t *testing.T) {
	t.Parallel()
	r, _, _ := staffed(t, fake.Options{}, nil)
	before := len(r.s.Ledger())
	for _, f := range r.probe() {
		if f.Level != connector.LevelOK {
			t.Errorf("%+v", f)
		}
	}
	if len(r.s.Ledger()) != before {
		t.Error("the probe posted something")
	}
}

func TestProbeFindsFaults(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{ContentIntentOff: true, ChannelsPerGuild: 2, BotPermissions: fake.EveryonePermissions}, nil)
	cat := r.s.AddChannel(fake.Channel{Type: fake.TypeCategory, Name: "客服"})
	for n := range 46 {
		r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: fmt.Sprint("t", n), ParentID: cat.ID})
	}
	bad := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "deaf", ParentID: cat.ID,
		Overwrites: []fake.Overwrite{{ID: r.s.BotID(), Type: fake.OverwriteMember, Deny: fake.EmbedLinks}}})
	r.s.AddChannel(fake.Channel{Type: fake.TypeForum, Name: "overflow"})
	r.c = r.connect(set{"ticket_categories": []string{cat.ID, "12345"}, "agent_roles": []string{"999"}, "transcript_channel": "888"})
	found := r.probe()
	for _, want := range []struct{ level, check, words string }{
		{connector.LevelWarn, "intents", "commands only"},
		{connector.LevelFail, "permissions", "Manage Channels"},
		{connector.LevelFail, "category 12345", "not a category"},
		{connector.LevelWarn, "category 客服", "every member"},
		{connector.LevelWarn, "category 客服", "47 of 50"},
		{connector.LevelFail, "channel #" + bad.Name, "Embed Links"},
		{connector.LevelFail, "agent_roles", "999"},
		{connector.LevelFail, "transcript_channel", "888"},
		{connector.LevelWarn, "forum", "overflow"},
	} {
		if !finds(found, want.level, want.check, want.words) {
			t.Errorf("not found: %+v", want)
		}
	}
	if t.Failed() {
		t.Logf("%+v", found)
	}
}

func TestProbeOfAWrongToken(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	r.c = r.connect(set{"token": "not-the-token"})
	if found := r.probe(); len(found) != 1 || !finds(found, connector.LevelFail, "token", "token") {
		t.Errorf("%+v", found)
	}
	r.c = r.connect(set{"guild_id": "1"})
	if found := r.probe(); !finds(found, connector.LevelFail, "guild", "1") {
		t.Errorf("%+v", found)
	}
	if found := r.probe(); !finds(found, connector.LevelWarn, "agent_roles", "") && len(found) != 2 {
		t.Errorf("%+v", found)
	}
}
