package discord

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/discord"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, connectortest.Harness{
		Factory: Factory{},
		Start:   conformanceGuild,
		Address: "api_url",
		Every: map[string]any{
			"token": "every-token", "api_url": "https://discord.example/api/v10", "guild_id": "1200000000000000000", "ticket_categories": []string{"1"},
			"agent_roles": []string{"2"}, "talk": talkInternal, "on_close": onCloseArchive, "transcript_channel": "3", "community": map[string]any{"bug_channel": "4", "announcement_channel": "5"},
		},
		Settings:  func(c connector.Connector) any { return c.(*Connector).set },
		Denied:    connector.Retryable,
		Limit:     2000,
		Wrong:     map[string]any{"token": "wrong-token"},
		WrongWord: "token",
	})
}

// conformanceGuild is a Discord server with one member of staff.
func conformanceGuild(t *testing.T, _ string) *connectortest.Remote {
	s := fake.New(fake.Options{})
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range s.Violations() {
			t.Errorf("broke a rule of Discord: %s: %s", v.Rule, v.Text)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	role := s.AddRole("Support", 0)
	alice := s.AddMember("Alice", role.ID)
	own := func(th connector.Thread) []fake.Message {
		var list []fake.Message
		for _, m := range s.Messages(th.ExternalID) {
			if m.Author.ID == s.BotID() {
				list = append(list, m)
			}
		}
		return list
	}
	return &connectortest.Remote{
		Settings: map[string]any{"token": s.Token(), "api_url": s.APIURL(), "guild_id": s.GuildID(), "agent_roles": []string{role.ID}},
		Posts: func(th connector.Thread) []connectortest.Post {
			var posts []connectortest.Post
			for _, m := range own(th) {
				posts = append(posts, connectortest.Post{ID: m.ID, Text: m.Embeds[0].Description})
			}
			return posts
		},
		Pings: func(th connector.Thread) int {
			pings := 0
			for _, m := range own(th) {
				if pings += len(m.Mentions); m.MentionEveryone {
					pings++
				}
			}
			return pings
		},
		Write: func(th connector.Thread, text string) string {
			m, err := s.Say(th.ExternalID, alice.ID, text)
			if err != nil {
				t.Error(err)
			}
			return m.ID
		},
		Vanish: func(th connector.Thread) {
			if err := s.DeleteChannel(th.ExternalID); err != nil {
				t.Error(err)
			}
		},
		Break: func(f connectortest.Fault, c connectortest.Call, skip int) { s.Inject(conformanceFault(f, c, skip)) },
		State: func() any { return conformanceState(s) },
		Until: s.WaitFor,
		Ready: s.WaitReady,
	}
}

func conformanceFault(f connectortest.Fault, c connectortest.Call, skip int) fake.Fault {
	fault := map[connectortest.Fault]fake.Fault{
		connectortest.LoseAnswer: {Kind: fake.FaultDropAfter},
		connectortest.HoldAnswer: {Kind: fake.FaultDelayAfter, Delay: time.Minute},
		connectortest.LimitJSON:  {Kind: fake.FaultLimitJSON, RetryAfter: connectortest.Wait},
		connectortest.LimitHTML:  {Kind: fake.FaultLimitHTML, RetryAfter: connectortest.Wait},
		connectortest.Deny:       {Kind: fake.FaultErrorJSON, Status: 401, Message: "401: Unauthorized"},
		connectortest.FailHTML:   {Kind: fake.FaultErrorHTML, Status: 500},
		connectortest.Reset:      {Kind: fake.FaultResetBefore},
	}[f]
	fault.Method, fault.Path, fault.Skip, fault.Count = http.MethodPost, posting(), skip, 1
	if c == connectortest.CallOpen {
		fault.Path = regexp.MustCompile(`^/guilds/\d+/channels$`)
	}
	return fault
}

// conformanceState is every living channel with what stands in it.
func conformanceState(s *fake.Server) any {
	type room struct {
		Channel  fake.Channel
		Messages []fake.Message
	}
	var rooms []room
	for _, ch := range s.Channels() {
		rooms = append(rooms, room{ch, s.Messages(ch.ID)})
	}
	return rooms
}
