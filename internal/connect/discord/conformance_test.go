package discord

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/discord"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, conformanceHarness(connectortest.Harness{Start: conformanceGuild}))
}

// TestConformanceOfCustomers holds the direct messages of members to what is promised of a customer's threads.
func TestConformanceOfCustomers(t *testing.T) {
	connectortest.Run(t, conformanceHarness(connectortest.Harness{Start: conformanceVillage, Customers: true}))
}

// conformanceHarness fills in what is the same on either side.
func conformanceHarness(h connectortest.Harness) connectortest.Harness {
	h.Factory, h.Address = Factory{}, "api_url"
	h.Every = map[string]any{
		"token": "every-token", "api_url": "https://discord.example/api/v10", "guild_id": "1200000000000000000", "ticket_categories": []string{"1"},
		"agent_roles": []string{"2"}, "talk": talkInternal, "on_close": onCloseArchive, "transcript_channel": "3", "community": map[string]any{"bug_channel": "4", "announcement_channel": "5"},
	}
	h.Settings = func(c connector.Connector) any { return c.(*Connector).set }
	h.Denied, h.Limit = connector.Retryable, 2000
	h.Wrong, h.WrongWord = map[string]any{"token": "wrong-token"}, "token"
	return h
}

// conformanceGuild is a Discord server with one member of staff.
func conformanceGuild(t *testing.T, _ string) *connectortest.Remote {
	remote, _ := conformanceServer(t)
	return remote
}

// conformanceVillage is a Discord server whose members are customers; the threads are their direct messages.
func conformanceVillage(t *testing.T, _ string) *connectortest.Remote {
	remote, s := conformanceServer(t)
	remote.Settings["community"] = map[string]any{}
	writers := map[string]string{}
	remote.Thread = func(n int) connector.Thread {
		who := s.AddMember(fmt.Sprint("Member", n)).ID
		room, err := s.DM(who)
		if err != nil {
			t.Fatal(err)
		}
		writers[room.ID] = who
		return connector.Thread{ConversationID: kefu.ConversationID(fmt.Sprintf("cnv_%026d", n)), LinkID: kefu.LinkID(fmt.Sprintf("lnk_%d", n)),
			ExternalID: room.ID, Role: kefu.RoleCustomer}
	}
	remote.State = func() any {
		talks := map[string][]fake.Message{}
		for room := range writers {
			talks[room] = s.Messages(room)
		}
		return []any{conformanceState(s), talks}
	}
	remote.Write = func(th connector.Thread, text string) string {
		m, err := s.Say(th.ExternalID, writers[th.ExternalID], text)
		if err != nil {
			t.Error(err)
		}
		return m.ID
	}
	return remote
}

func conformanceServer(t *testing.T) (*connectortest.Remote, *fake.Server) {
	t.Helper()
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
	}, s
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
