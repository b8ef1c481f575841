package discord_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kefu/internal/fake/discord"
)

var messagesPath = regexp.MustCompile(`^/channels/\d+/messages$`)

func TestFaultsReplaceTheEffect(t *testing.T) {
	for kind, want := range map[discord.FaultKind]func(answer) bool{
		discord.FaultLimitJSON: func(a answer) bool {
			return a.Status == 429 && a.JSON["retry_after"] == 2.5 && a.Header.Get("Retry-After") == "3" && a.Header.Get("X-RateLimit-Scope") == "shared"
		},
		discord.FaultLimitGlobal: func(a answer) bool { return a.Status == 429 && a.Header.Get("X-RateLimit-Global") == "true" },
		discord.FaultLimitHTML: func(a answer) bool {
			return a.Status == 429 && a.JSON == nil && strings.Contains(a.Header.Get("Content-Type"), "html")
		},
		discord.FaultErrorJSON: func(a answer) bool { return a.Status == 503 && a.code() == 7 },
		discord.FaultErrorHTML: func(a answer) bool { return a.Status == 503 && strings.Contains(string(a.Raw), "<html>") },
	} {
		t.Run(kind.String(), func(t *testing.T) {
			s := start(t, discord.Options{})
			b := newBot(t, s)
			path := "/channels/" + general(t, s) + "/messages"
			s.Inject(discord.Fault{Kind: kind, Method: "POST", Path: messagesPath, Skip: 1, Count: 1,
				RetryAfter: 2500 * time.Millisecond, Scope: "shared", Status: 503, Code: 7})
			b.must("POST", path, obj{"content": "one"})
			b.must("GET", path, nil)
			if a := b.do("POST", path, obj{"content": "two"}); !want(a) {
				t.Errorf("%d %v %s", a.Status, a.Header, a.Raw)
			}
			b.must("POST", path, obj{"content": "three"})
			if n := s.LedgerLen(); n != 2 {
				t.Errorf("%d messages, want the fault to have had no effect", n)
			}
			if q := s.Requests(); q[2].Fault != kind.String() || q[0].Fault != "" {
				t.Errorf("recorded faults %q, %q", q[0].Fault, q[2].Fault)
			}
		})
	}
}

func TestCutConnections(t *testing.T) {
	for kind, effect := range map[discord.FaultKind]int{
		discord.FaultResetBefore: 0, discord.FaultResetAfter: 1, discord.FaultDropAfter: 1,
	} {
		t.Run(kind.String(), func(t *testing.T) {
			s := start(t, discord.Options{})
			b := newBot(t, s)
			s.Inject(discord.Fault{Kind: kind, Count: 1})
			if a, err := b.try("POST", "/channels/"+general(t, s)+"/messages", obj{"content": "x"}); err == nil {
				t.Fatalf("answered %d", a.Status)
			}
			if n := s.LedgerLen(); n != effect {
				t.Errorf("%d messages, want %d", n, effect)
			}
			if q := s.Requests(); len(q) != 1 || q[0].Status != 0 {
				t.Errorf("recorded %+v", q)
			}
		})
	}
}

func TestDelays(t *testing.T) {
	for kind, effect := range map[discord.FaultKind]int{discord.FaultDelay: 0, discord.FaultDelayAfter: 1} {
		t.Run(kind.String(), func(t *testing.T) {
			s := start(t, discord.Options{})
			b := newBot(t, s)
			remove := s.Inject(discord.Fault{Kind: kind, Delay: time.Hour})
			b.client.Timeout = 100 * time.Millisecond
			if _, err := b.try("POST", "/channels/"+general(t, s)+"/messages", obj{"content": "x"}); err == nil {
				t.Fatal("answered within the hour")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if err := s.WaitFor(ctx, func() bool { return len(s.Requests()) == 1 }); err != nil {
				t.Fatal("the request was not recorded")
			}
			if n := s.LedgerLen(); n != effect {
				t.Errorf("%d messages, want %d", n, effect)
			}
			remove()
			b.client.Timeout = 10 * time.Second
			b.must("POST", "/channels/"+general(t, s)+"/messages", obj{"content": "x"})
		})
	}
}

func TestCloseEndsDelays(t *testing.T) {
	s := discord.New(discord.Options{})
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	b := newBot(t, s)
	s.Inject(discord.Fault{Kind: discord.FaultDelayAfter, Delay: time.Hour})
	failed := make(chan error)
	go func() {
		_, err := b.try("GET", "/users/@me", nil)
		failed <- err
	}()
	if err := s.WaitFor(t.Context(), func() bool { return len(s.Requests()) == 1 }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil {
		t.Error("a closed server answered")
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if err := s.WaitFor(t.Context(), func() bool { return false }); !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("waiting on a closed server: %v", err)
	}
}

func TestRequestRing(t *testing.T) {
	s := start(t, discord.Options{RequestRing: 2})
	b := newBot(t, s)
	for _, path := range []string{"/users/@me", "/gateway", "/gateway/bot"} {
		b.must("GET", path, nil)
	}
	q := s.Requests()
	if len(q) != 2 || q[0].Path != "/gateway" || q[1].Path != "/gateway/bot" || q[1].Version != "v10" || q[1].Status != 200 {
		t.Errorf("ring %+v", q)
	}
	s.SetRecording(false)
	b.must("GET", "/users/@me", nil)
	s.ClearRequests()
	if len(s.Requests()) != 0 {
		t.Error("requests were kept")
	}
}

// TestDeadline runs without a network, so that the three seconds cost nothing.
func TestDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discord.New(discord.Options{})
		defer s.Close()
		who := s.AddMember("Lin")
		id := s.Channels()[0].ID
		if _, err := s.Slash(id, who.ID, "nothing", nil); err == nil {
			t.Error("ran a command that nobody registered")
		}
		before := time.Now()
		i := s.RunForTest(id, who.ID)
		out, err := i.Callback(t.Context())
		if !errors.Is(err, discord.ErrNoResponse) || !out.Late {
			t.Errorf("outcome %+v, %v", out, err)
		}
		if waited := time.Since(before); waited != 3*time.Second {
			t.Errorf("gave up after %s", waited)
		}
		if v := s.Violations(); len(v) != 0 {
			t.Errorf("no bot was there to blame: %+v", v)
		}
	})
}

func TestReadyMadeFaults(t *testing.T) {
	s := start(t, discord.Options{})
	b := newBot(t, s)
	path := "/guilds/" + s.GuildID() + "/channels"
	for _, c := range []struct {
		fault        discord.Fault
		status, code int
		words        string
	}{
		{discord.CategoryFull(1), 400, 50035, `{"parent_id":{"_errors":[{"code":"CHANNEL_PARENT_MAX_CHANNELS"`},
		{discord.NameRefused(1), 400, 50035, `{"name":{"_errors":[{"code":"INVALID_COMMUNITY_PROPERTY_NAME"`},
		{discord.GuildFull(1), 400, 30013, ""},
		{discord.MissingPermissions("POST", nil, 1), 403, 50013, ""},
	} {
		s.Inject(c.fault)
		a := b.do("POST", path, obj{"name": "x"})
		b.want(a, c.status, c.code)
		if !strings.Contains(string(a.Raw), c.words) {
			t.Errorf("%s, want %s", a.Raw, c.words)
		}
	}
	b.must("POST", path, obj{"name": "x"})
}
