package app

import (
	"log/slog"
	"testing"

	"kefu"
	"kefu/internal/config"
	"kefu/internal/connect"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

// TestRulesKnowTheHours: those of the file from the start, those set by the API after the program has connected anew, as it does then.
func TestRulesKnowTheHours(t *testing.T) {
	yaml := "listen: 127.0.0.1:0\npublic_url: http://127.0.0.1\ndatabase: \"" + storetest.SQLite(t) + "\"\ndata_dir: \"" + t.TempDir() + "\"\n" +
		"inboxes: [{id: shop, channel: wordpress, hours: {zone: Asia/Taipei, week: {mon: 09:00-18:00}}, settings: {site_url: 'http://127.0.0.1:1'}}]\n"
	cfg, err := config.Parse("test.yaml", []byte(yaml), nil, connect.Descriptors())
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	a, err := New(t.Context(), cfg, Options{Version: "test", Log: slog.New(slog.DiscardHandler), Factories: connect.All()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	wantHours := func(id kefu.InboxID, want string) {
		t.Helper()
		if in, ok := a.board.Inbox(id); !ok || in.Hours.Week[0] != want || in.Hours.Always() != (want == "") {
			t.Errorf("hours of %s are %+v, want %q on Monday", id, in.Hours, want)
		}
	}
	wantHours("shop", "09:00-18:00")
	wantHours("api", "")
	ask := kefu.Ask{Caller: kefu.SystemCaller("test")}
	hours := switchboard.InboxHours{Zone: "Asia/Taipei", Week: switchboard.WeekHours{Mon: "10:00-12:00"}}
	if _, err := a.board.CreateInbox(t.Context(), ask, switchboard.InboxChange{ID: kefu.Some(kefu.InboxID("club")), Channel: kefu.Some("wordpress"),
		Settings: kefu.Some(map[string]any{"site_url": "http://127.0.0.1:1"}), Hours: kefu.Some(hours)}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-a.changed:
	default:
		t.Fatal("nobody was told that the inboxes have changed")
	}
	a.free(a.assembled)
	if err := a.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantHours("club", "10:00-12:00")
	wantHours("shop", "09:00-18:00")
}
