package discord

import (
	"testing"

	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// TestAnnouncementIsThereOnce: an embed, published to followers where the channel can be followed, and found again when the answer was lost.
func TestAnnouncementIsThereOnce(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]api.ChannelType{"announcement channel": api.ChannelAnnouncement, "text channel": api.ChannelText} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, fake.Options{Community: true, NonceWindow: 1}, nil)
			news, err := r.c.api.CreateGuildChannel(r.ctx, r.s.GuildID(), api.ChannelCreate{Name: "news", Type: kind})
			if err != nil {
				t.Fatal(err)
			}
			c := r.connect(set{"community": set{"announcement_channel": news.ID, "bug_channel": news.ID}})
			defer c.api.Close()
			if !c.Announces() || r.c.Announces() {
				t.Error("only a named channel takes announcements")
			}
			a := connector.Announcement{ID: "ann_1", Title: "Sale", Content: "**Today** @everyone", URL: "https://shop.example/sale"}
			first, err := c.Announce(r.ctx, a)
			if err != nil {
				t.Fatal(err)
			}
			a.Unsure = true
			again, err := c.Announce(r.ctx, a)
			if err != nil || !again.Found || again.Parts[0] != first.Parts[0] {
				t.Errorf("%+v, %v; want %+v", again, err, first)
			}
			posts := r.bot(news.ID)
			if len(posts) != 1 || posts[0].ID != first.Parts[0].ExternalID || posts[0].Embeds[0].Title != a.Title || posts[0].Embeds[0].URL != a.URL {
				t.Fatalf("%+v", posts)
			}
			if published := posts[0].Flags&1 != 0; published != (kind == api.ChannelAnnouncement) {
				t.Errorf("published to followers: %v", published)
			}
			other := connector.Announcement{ID: "ann_2", Title: "Sale", Content: "Tomorrow", Unsure: true}
			if got, err := c.Announce(r.ctx, other); err != nil || got.Found {
				t.Errorf("another one: %+v, %v", got, err)
			}
		})
	}
}

func TestAnnouncementWithoutAChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	_, err := r.c.Announce(r.ctx, connector.Announcement{ID: "ann_1", Title: "x", Content: "y"})
	if connector.Failure(err).Class != connector.Permanent {
		t.Errorf("no channel: %v", err)
	}
	c := r.connect(set{"community": set{"announcement_channel": "404"}})
	defer c.api.Close()
	if _, err := c.Announce(r.ctx, connector.Announcement{ID: "ann_1", Title: "x", Content: "y"}); connector.Failure(err).Class == connector.Uncertain {
		t.Errorf("a channel that is not there: %v", err)
	}
}
