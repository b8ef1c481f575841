package discord

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

func making() *regexp.Regexp { return regexp.MustCompile(`^/guilds/\d+/channels$`) }

func channelsOf(s *fake.Server, kind int) []fake.Channel {
	var list []fake.Channel
	for _, ch := range s.Channels() {
		if ch.Type == kind && ch.Name != "general" {
			list = append(list, ch)
		}
	}
	return list
}

func TestOpenMakesAPrivateChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	role := r.s.AddRole("Support", 0)
	agent, stranger := r.s.AddMember("Alice", role.ID), r.s.AddMember("Mallory")
	r.c = r.connect(set{"agent_roles": []string{role.ID}})
	th := r.open(33)
	ch, ok := r.s.Channel(th.ExternalID)
	if !ok || ch.Name != "網站-客-0033" || !strings.Contains(ch.Topic, "kefu:"+string(th.ConversationID)) || !strings.Contains(ch.Topic, "#33") {
		t.Fatalf("channel %+v", ch)
	}
	if parent, _ := r.s.Channel(ch.ParentID); parent.Name != "Tickets" {
		t.Errorf("in category %q", parent.Name)
	}
	if _, err := r.s.Say(ch.ID, stranger.ID, "hello"); err == nil {
		t.Error("a member without a role can write in a ticket")
	}
	if _, err := r.s.Say(ch.ID, agent.ID, "hello"); err != nil {
		t.Errorf("staff cannot write: %v", err)
	}
}

func TestOpeningCard(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	out := outbound(th, 1, strings.Repeat("long ", 900))
	out.Card = &connector.Card{Ticket: kefu.Ticket{Number: 33, ExternalID: "33"}, Subject: "關於訂單 #8806", Orders: []kefu.Order{order(3)}}
	got := r.send(out)
	if len(got.Parts) != 3 {
		t.Fatalf("%d parts", len(got.Parts))
	}
	m, _ := r.s.Message(got.Parts[0].ExternalID)
	if e := m.Embeds[0]; e.Title != `關於訂單 #8806` || len(m.Embeds) != 2 || m.Embeds[1].Footer.Text != "#1 · 1/3" {
		t.Errorf("card %+v", m.Embeds)
	}
	raw := fmt.Sprint(m.Embeds)
	if strings.Contains(raw, "demo@example.com") {
		t.Error("the whole address is on the card")
	}
	if len(m.Components) != 1 || len(m.Components[0].Components) != 5 {
		t.Errorf("buttons %+v", m.Components)
	}
}

// TestFullCategories opens many at once: every ticket has its channel, each category is made once.
func TestFullCategories(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{ChannelsPerCategory: 4}, nil)
	var all sync.WaitGroup
	for n := range 22 {
		all.Go(func() { r.open(int64(n + 1)) })
	}
	all.Wait()
	text, categories := channelsOf(r.s, fake.TypeText), channelsOf(r.s, fake.TypeCategory)
	if len(text) != 22 || len(categories) != 6 {
		t.Fatalf("%d channels in %d categories", len(text), len(categories))
	}
	names := map[string]bool{}
	for _, ch := range categories {
		names[ch.Name] = true
		if len(ch.Overwrites) != len(categories[0].Overwrites) {
			t.Errorf("category %s does not have the first one's overwrites", ch.Name)
		}
	}
	if len(names) != 6 || !names["Tickets"] || !names["Tickets 2"] || !names["Tickets 6"] {
		t.Errorf("categories %v", names)
	}
}

func TestConfiguredCategoryFills(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{ChannelsPerCategory: 1}, nil)
	cat := r.s.AddChannel(fake.Channel{Type: fake.TypeCategory, Name: "客服",
		Overwrites: []fake.Overwrite{{ID: r.s.GuildID(), Type: fake.OverwriteRole, Deny: fake.MentionEveryone}}})
	r.c = r.connect(set{"ticket_categories": []string{cat.ID}})
	r.open(1)
	second := r.open(2)
	ch, _ := r.s.Channel(second.ExternalID)
	parent, _ := r.s.Channel(ch.ParentID)
	if parent.Name != "客服 2" || len(parent.Overwrites) != 1 || parent.Overwrites[0].Deny != fake.MentionEveryone {
		t.Errorf("second category %+v", parent)
	}
	// Another process, and one that lost its cache, finds it instead of making a third.
	r.state.forget()
	if err := r.s.DeleteChannel(second.ExternalID); err != nil {
		t.Fatal(err)
	}
	r.c = r.connect(set{"ticket_categories": []string{cat.ID}})
	r.open(3)
	if n := len(channelsOf(r.s, fake.TypeCategory)); n != 2 {
		t.Errorf("%d categories", n)
	}
}

// TestPublicCategoryIsNotTaken holds that a "Tickets" that everybody can read is not mistaken for Kefu's own.
func TestPublicCategoryIsNotTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	public := r.s.AddChannel(fake.Channel{Type: fake.TypeCategory, Name: "Tickets"})
	ch, _ := r.s.Channel(r.open(1).ExternalID)
	if ch.ParentID == public.ID || ch.ParentID == "" {
		t.Errorf("the ticket is in %q, which is public", ch.ParentID)
	}
}

func TestCategoryDeletedByHand(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	ch, _ := r.s.Channel(r.open(1).ExternalID)
	if err := r.s.DeleteChannel(ch.ParentID); err != nil {
		t.Fatal(err)
	}
	again, _ := r.s.Channel(r.open(2).ExternalID)
	if again.ParentID == ch.ParentID || again.ParentID == "" {
		t.Errorf("second ticket in category %q", again.ParentID)
	}
}

func TestRefusedName(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{ForbiddenWords: []string{"rude"}}, nil)
	o := openingOf(7)
	o.Name = "#rude-customer"
	th, err := r.c.Open(r.ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if ch, _ := r.s.Channel(th.ExternalID); ch.Name != "ticket-7" || th.Name != "#rude-customer" {
		t.Errorf("channel %q, thread %q", ch.Name, th.Name)
	}
	o = openingOf(1488)
	o.Name = "#網站-客-1488"
	if _, err := r.c.Open(r.ctx, o); err != nil {
		t.Logf("ticket 1488: %v", err)
		t.Error("ticket 1488 is not opened: its neutral name is refused as well")
	}
}

func TestLostAnswerOfAnOpening(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	r.open(1) // the category is there
	r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "POST", Path: making(), Count: 1})
	o := openingOf(2)
	_, err := r.c.Open(r.ctx, o)
	refused(t, err, connector.Uncertain, connector.ScopeThread)
	o.Unsure = true
	th, err := r.c.Open(r.ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(channelsOf(r.s, fake.TypeText)); n != 2 || th.ExternalID == "" {
		t.Errorf("%d channels for two tickets", n)
	}
}

func TestGuildFull(t *testing.T) {
	t.Parallel()
	for name, forum := range map[string]bool{"with a forum": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, fake.Options{ChannelsPerGuild: 5}, nil)
			staffRoom := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "staff"})
			r.c = r.connect(set{"transcript_channel": staffRoom.ID})
			if forum {
				r.s.AddChannel(fake.Channel{Type: fake.TypeForum, Name: "overflow"})
			} else {
				r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "filler"})
			}
			r.open(1)
			o := openingOf(2)
			th, err := r.c.Open(r.ctx, o)
			if n := len(r.bot(staffRoom.ID)); n != 1 {
				t.Errorf("staff were told %d times", n)
			}
			if !forum {
				refused(t, err, connector.Retryable, connector.ScopeThread)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r.send(outbound(th, 1, "in the forum"))
			o.Unsure = true
			again, err := r.c.Open(r.ctx, o)
			if err != nil || again.ExternalID != th.ExternalID {
				t.Errorf("searched again: %q, %v; want %q", again.ExternalID, err, th.ExternalID)
			}
		})
	}
}

func TestMissingManageChannels(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{BotPermissions: fake.EveryonePermissions}, nil)
	staffRoom := r.s.AddChannel(fake.Channel{Type: fake.TypeText, Name: "staff"})
	r.c = r.connect(set{"transcript_channel": staffRoom.ID})
	for range 2 {
		_, err := r.c.Open(r.ctx, openingOf(1))
		se := refused(t, err, connector.Retryable, connector.ScopeThread)
		if se.RetryAfter != time.Minute || !strings.Contains(se.Reason, "管理頻道") {
			t.Errorf("%s, %q", se.RetryAfter, se.Reason)
		}
	}
	if n := len(r.bot(staffRoom.ID)); n != 1 {
		t.Errorf("staff were told %d times, want once", n)
	}
}

func history(n int) []kefu.Message {
	list := make([]kefu.Message, 0, n)
	for i := range n {
		list = append(list, kefu.Message{Seq: int64(i + 1), Author: kefu.Author{Kind: kefu.AuthorContact, Name: "DemoUser"},
			Content: kefu.Content{Type: kefu.ContentText, Text: fmt.Sprintf("message %d", i+1)}})
	}
	return list
}

// TestOpenAgain holds that a channel is filled once, whatever part of the filling fails.
func TestOpenAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]*fake.Fault{
		"nothing fails": nil,
		"refused":       {Kind: fake.FaultErrorJSON, Status: 400, Code: 50035, Skip: 2, Count: 1},
		"answer lost":   {Kind: fake.FaultResetAfter, Skip: 2, Count: 1},
		"a limit":       {Kind: fake.FaultLimitJSON, RetryAfter: time.Hour, Skip: 1, Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, fake.Options{NonceWindow: time.Nanosecond}, nil)
			if fault != nil {
				f := *fault
				f.Method, f.Path = "POST", posting()
				r.s.Inject(f)
			}
			o := openingOf(5)
			o.Again, o.History = true, history(35)
			th, err := r.c.Open(r.ctx, o)
			if fault != nil {
				if err == nil {
					t.Fatal("the fault did not fire")
				}
				r.c = r.connect(nil) // another process goes on
				if th, err = r.c.Open(r.ctx, o); err != nil {
					t.Fatal(err)
				}
			}
			if n := len(channelsOf(r.s, fake.TypeText)); n != 1 {
				t.Fatalf("%d channels", n)
			}
			texts := r.texts(th.ExternalID)
			if len(texts) != 36 || !strings.HasPrefix(texts[0], zhTW.say("history")) {
				t.Fatalf("%d texts, first %q", len(texts), texts[0])
			}
			for i, text := range texts[1:] {
				if want := fmt.Sprintf("message %d", i+1); text != want {
					t.Fatalf("text %d is %q, want %q", i, text, want)
				}
			}
			if n := len(r.bot(th.ExternalID)); n > 8 {
				t.Errorf("%d posts for 36 texts", n)
			}
		})
	}
}
