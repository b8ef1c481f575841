package discord

import (
	"testing"

	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

func TestProbeOfAGoodCommunity(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{Community: true}, nil)
	bugs := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "bugs"})
	news := r.s.AddChannel(fake.Channel{Type: fake.TypeAnnouncement, Name: "news"})
	wishes := r.s.AddChannel(fake.Channel{Type: fake.TypeForum, Name: "wishes"})
	r.c = r.connect(set{"community": set{"bug_channel": bugs.ID, "feature_channel": wishes.ID, "announcement_channel": news.ID}})
	r.listen()
	found := r.probe()
	for _, check := range []string{"community", "commands", "members", "community.bug_channel", "community.feature_channel",
		"community.announcement_channel", "private threads"} {
		if !finds(found, connector.LevelOK, check, "") {
			t.Errorf("%s is not well: %+v", check, found)
		}
	}
}

func TestProbeFindsFaultsOfACommunity(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{MembersIntentOff: true}, nil)
	r.s.SetBotPermissions(fake.HelpdeskPermissions &^ fake.CreatePrivateThreads)
	r.s.SetEveryonePermissions(fake.EveryonePermissions &^ fake.CreatePrivateThreads)
	mute := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "bugs",
		Overwrites: []fake.Overwrite{{ID: r.s.BotID(), Type: fake.OverwriteMember, Deny: fake.SendMessages}}})
	voice := r.s.AddChannel(fake.Channel{Type: fake.TypeVoice, Name: "talk"})
	r.c = r.connect(set{"community": set{"bug_channel": mute.ID, "feature_channel": "888", "announcement_channel": voice.ID}})
	found := r.probe()
	for _, want := range []struct{ level, check, words string }{
		{connector.LevelWarn, "commands", "/helpme"},
		{connector.LevelWarn, "members", "not noticed"},
		{connector.LevelFail, "community.bug_channel", "Send Messages"},
		{connector.LevelFail, "community.feature_channel", "888"},
		{connector.LevelFail, "community.announcement_channel", "no channel for text"},
		{connector.LevelWarn, "private threads", "Create Private Threads"},
	} {
		if !finds(found, want.level, want.check, want.words) {
			t.Errorf("no %s of %s about %q in %+v", want.level, want.check, want.words, found)
		}
	}
}

func TestProbeWithoutACommunity(t *testing.T) {
	t.Parallel()
	r, _, _ := staffed(t, fake.Options{}, nil)
	if found := r.probe(); finds(found, connector.LevelOK, "community", "") || finds(found, connector.LevelOK, "members", "") {
		t.Errorf("%+v", found)
	}
}
