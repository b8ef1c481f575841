package chatwoot_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func TestAccount(t *testing.T) {
	s, c := start(t, fake.Options{})
	server, err := c.Server(t.Context())
	must(t, err)
	have(t, "version", server.Version, "4.14.2")
	agents, err := c.Agents(t.Context())
	must(t, err)
	have(t, "agents", agents[1].Name+" "+agents[1].Role, "Hao agent")
	teams, err := c.Teams(t.Context())
	must(t, err)
	have(t, "team", teams[0].ID, fake.TeamID)
	inbox, err := c.Inbox(t.Context(), fake.APIInbox)
	must(t, err)
	have(t, "channel", inbox.ChannelType, chatwoot.ChannelAPI)
	bot, err := c.InboxAgentBot(t.Context(), fake.APIInbox)
	must(t, err)
	have(t, "no bot", bot == nil, true)
	s.AddBot("https://k.example.com/b", fake.APIInbox)
	bot, err = c.InboxAgentBot(t.Context(), fake.APIInbox)
	must(t, err)
	have(t, "bot", bot.OutgoingURL, "https://k.example.com/b")
	must(t, c.SetAgentBot(t.Context(), fake.APIInbox, 0))
	bot, err = c.InboxAgentBot(t.Context(), fake.APIInbox)
	must(t, err)
	have(t, "the bot was taken away", bot == nil, true)

	made, err := c.CreateLabel(t.Context(), chatwoot.Label{Title: "vip", Color: "#ff8800", Sidebar: true})
	must(t, err)
	labels, err := c.AccountLabels(t.Context())
	must(t, err)
	if !slices.Equal(labels, []chatwoot.Label{*made}) {
		t.Errorf("labels: %+v", labels)
	}
	if _, err := c.CreateLabel(t.Context(), chatwoot.Label{Title: "a,b"}); !isInvalid(err, 1) {
		t.Errorf("a label of two: %v", err)
	}
}

func TestAttributeDefinitions(t *testing.T) {
	_, c := start(t, fake.Options{})
	for _, model := range []chatwoot.AttributeModel{chatwoot.ConversationAttribute, chatwoot.ContactAttribute} {
		made, err := c.CreateAttributeDefinition(t.Context(), chatwoot.AttributeDefinition{Key: "kefu", Name: "Kefu", Kind: chatwoot.AttributeLink, Model: model})
		must(t, err)
		have(t, "kind", made.Kind, chatwoot.AttributeLink)
		list, err := c.AttributeDefinitions(t.Context(), model)
		must(t, err)
		if len(list) != 1 || list[0].Model != model || list[0].ID != made.ID {
			t.Errorf("%s: %+v", model, list)
		}
		if _, err := c.CreateAttributeDefinition(t.Context(), chatwoot.AttributeDefinition{Key: "kefu", Name: "Kefu", Model: model}); err == nil || !strings.Contains(err.Error(), "taken") {
			t.Errorf("twice: %v", err)
		}
		must(t, c.DeleteAttributeDefinition(t.Context(), made.ID))
	}
	if _, err := c.CreateAttributeDefinition(t.Context(), chatwoot.AttributeDefinition{Kind: "poem"}); !isInvalid(err, 4) {
		t.Errorf("all wrong: %v", err)
	}
	if _, err := c.AttributeDefinitions(t.Context(), "message"); !isInvalid(err, 1) {
		t.Errorf("of messages: %v", err)
	}
}

func TestContactConversations(t *testing.T) {
	s, c := start(t, fake.Options{})
	lin := s.AddContact("Lin", "")
	for _, inbox := range []int64{fake.APIInbox, fake.WebInbox} {
		_, err := s.StartConversation(lin, inbox)
		must(t, err)
	}
	_, err := s.StartConversation(s.AddContact("Chen", ""), fake.APIInbox)
	must(t, err)
	_, err = s.CustomerWrites(1, "hi")
	must(t, err)
	list, err := c.ContactConversations(t.Context(), lin)
	must(t, err)
	if len(list) != 2 || list[0].ID != 1 || list[0].UpdatedAt.IsZero() || list[0].Messages[0].Content != "hi" {
		t.Errorf("Lin's: %+v", list)
	}
}

// TestWhatChanged asks for what changed in the last minutes: also labels and answers, that nobody wrote.
func TestWhatChanged(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s, c := start(t, fake.Options{Quiet: true, Now: func() time.Time { return now }})
	for range 40 {
		talk(t, s)
	}
	now = now.Add(time.Hour)
	must(t, s.Label(3, fake.Agent, "vip"))
	now = now.Add(time.Minute)
	s.ClearRequests()
	var got []int64
	for conv, err := range c.Conversations(t.Context(), chatwoot.ConversationQuery{Status: "all", UpdatedWithin: 90500 * time.Millisecond}) {
		must(t, err)
		got = append(got, conv.ID)
	}
	if !slices.Equal(got, []int64{3}) {
		t.Errorf("changed: %v", got)
	}
	if q := s.Requests()[0].Query; !strings.Contains(q, "updated_within=91") {
		t.Errorf("asked for %s", q)
	}
}

func TestMessagesChange(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	said, err := s.Say(id, fake.Agent, "hello")
	must(t, err)
	m, err := c.SetDeliveryStatus(t.Context(), id, said, chatwoot.Failed, "no such number")
	must(t, err)
	have(t, "status", m.DeliveryStatus, chatwoot.Failed)
	have(t, "reason", m.ContentAttributes.Text("external_error"), "no such number")
	if _, err := c.SetDeliveryStatus(t.Context(), id, said, "lost", ""); !isInvalid(err, 1) {
		t.Errorf("an unknown status: %v", err)
	}
	have(t, "before", m.Deleted(), false)
	must(t, c.DeleteMessage(t.Context(), id, said))
	list, err := c.Messages(t.Context(), id, 0)
	must(t, err)
	have(t, "deleted", list[0].Deleted(), true)
	if err := c.DeleteMessage(t.Context(), id, 1); !chatwoot.IsNotFound(err) {
		t.Errorf("no such message: %v", err)
	}
}

// TestOurMark comes back with every kind of message, so that a program knows its own.
func TestOurMark(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	mark := chatwoot.Attributes{"kefu_delivery": "d-1"}
	_, err := c.SendMessage(t.Context(), id, chatwoot.Message{Content: "text", ContentAttributes: mark})
	must(t, err)
	_, err = c.SendFiles(t.Context(), id, chatwoot.Message{ContentAttributes: mark}, chatwoot.File{Name: "a", Body: strings.NewReader("x")})
	must(t, err)
	_, err = c.SendRich(t.Context(), id, chatwoot.Rich{Content: "?", ContentType: chatwoot.InputSelect, Items: []chatwoot.Item{chatwoot.Choice{Title: "A", Value: "a"}}, Attributes: mark})
	must(t, err)
	have(t, "the mark is left alone", len(mark), 1)
	list, err := c.Messages(t.Context(), id, 0)
	must(t, err)
	for _, m := range list {
		have(t, "mark of "+string(m.ContentType), m.ContentAttributes.Text("kefu_delivery"), "d-1")
	}
	have(t, "messages", len(list), 3)
	must(t, s.CustomerPicks(id, list[2].ID, "a"))
	list, err = c.Messages(t.Context(), id, 0)
	must(t, err)
	have(t, "picked", list[2].Submitted()[0], chatwoot.SubmittedValue{Title: "A", Value: "a"})
}
