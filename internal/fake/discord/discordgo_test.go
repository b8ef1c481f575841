package discord_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/discord/judge"
)

// rewrite sends a real client's requests to the fake.
type rewrite struct {
	to   *url.URL
	next http.RoundTripper
}

func (r rewrite) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	q.URL.Scheme, q.URL.Host, q.Host = r.to.Scheme, r.to.Host, r.to.Host
	return r.next.RoundTrip(q)
}

// foreign is a discordgo session whose events arrive on channels.
type foreign struct {
	*discordgo.Session
	ready   chan *discordgo.Ready
	created chan *discordgo.Channel
	gone    chan *discordgo.Channel
	said    chan *discordgo.Message
	erased  chan *discordgo.Message
	pressed chan *discordgo.Interaction
}

func newForeign(t *testing.T, s *discord.Server) *foreign {
	t.Helper()
	to, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	session, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	session.Client = &http.Client{Transport: rewrite{to, tr}, Timeout: 10 * time.Second}
	session.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentMessageContent
	f := &foreign{
		Session: session,
		ready:   make(chan *discordgo.Ready, 1), created: make(chan *discordgo.Channel, 9), gone: make(chan *discordgo.Channel, 9),
		said: make(chan *discordgo.Message, 9), erased: make(chan *discordgo.Message, 9), pressed: make(chan *discordgo.Interaction, 9),
	}
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Ready) { f.ready <- e })
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.ChannelCreate) { f.created <- e.Channel })
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.ChannelDelete) { f.gone <- e.Channel })
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.MessageCreate) { f.said <- e.Message })
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.MessageDelete) { f.erased <- e.Message })
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.InteractionCreate) { f.pressed <- e.Interaction })
	if err := session.Open(); err != nil {
		t.Fatalf("discordgo cannot log in: %v", err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		tr.CloseIdleConnections()
	})
	return f
}

func receive[T any](t *testing.T, ch chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(10 * time.Second):
		t.Fatalf("discordgo got no %s", what)
		panic("unreachable")
	}
}

// TestForeignClient is the proof that the fake speaks Discord's language: a
// client that others wrote logs in, opens a ticket channel, talks and listens.
func TestForeignClient(t *testing.T) {
	s := start(t, discord.Options{})
	customer := s.AddMember("Mei")
	f := newForeign(t, s)
	if r := receive(t, f.ready, "READY"); r.User.ID != s.BotID() || !strings.HasSuffix(r.User.Username, "kefu") {
		t.Fatalf("READY names user %+v", r.User)
	}

	ch, err := f.GuildChannelCreateComplex(s.GuildID(), discordgo.GuildChannelCreateData{
		Name: "#網站-客-0033", Topic: "ticket 33",
		PermissionOverwrites: []*discordgo.PermissionOverwrite{
			{ID: s.BotID(), Type: discordgo.PermissionOverwriteTypeMember, Allow: discordgo.PermissionViewChannel},
		},
	})
	if err != nil || ch.Name != "網站-客-0033" || len(ch.PermissionOverwrites) != 1 {
		t.Fatalf("channel: %+v, %v", ch, err)
	}
	if got := receive(t, f.created, "CHANNEL_CREATE"); got.ID != ch.ID {
		t.Errorf("CHANNEL_CREATE for %s, want %s", got.ID, ch.ID)
	}

	sent, err := f.ChannelMessageSendComplex(ch.ID, &discordgo.MessageSend{
		Content:    "有人嗎？",
		Embeds:     []*discordgo.MessageEmbed{{Title: "Order 8806", Author: &discordgo.MessageEmbedAuthor{Name: "Mei"}}},
		Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Claim", CustomID: "claim", Style: discordgo.PrimaryButton}}}},
		Files:      []*discordgo.File{{Name: "a.txt", ContentType: "text/plain", Reader: strings.NewReader("hello")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	echo := receive(t, f.said, "MESSAGE_CREATE")
	if echo.ID != sent.ID || echo.Content != "有人嗎？" || len(echo.Embeds) != 1 || len(echo.Components) != 1 || len(echo.Attachments) != 1 {
		t.Errorf("echo %+v", echo)
	}

	f.press(t, s, sent.ID, customer.ID)
	if _, err := s.Say(ch.ID, customer.ID, "我在"); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, f.said, "a member's MESSAGE_CREATE"); got.Content != "我在" || got.Author.ID != customer.ID || got.Member == nil {
		t.Errorf("member's message %+v", got)
	}
	list, err := f.ChannelMessages(ch.ID, 100, "", "", "")
	if err != nil || len(list) != 2 || list[0].Content != "我在" {
		t.Errorf("history: %d messages, %v; want the newest first", len(list), err)
	}
	f.tidy(t, ch.ID, sent.ID)
	judgeAll(t, s)
}

// judgeAll holds what discordgo sent against the official document; this
// judges the judge, since discordgo is right.
func judgeAll(t *testing.T, s *discord.Server) {
	t.Helper()
	path, err := judge.FindSpec()
	if errors.Is(err, judge.ErrNoSpec) {
		t.Logf("NOT CHECKED: requests against Discord's official document: %v", err)
		return
	}
	j, err := judge.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range j.CheckAll(s.Requests()) {
		t.Error(finding)
	}
}

// press lets a member click and discordgo answer, only for them.
func (f *foreign) press(t *testing.T, s *discord.Server, messageID, memberID string) {
	t.Helper()
	click, err := s.Press(messageID, "claim", memberID)
	if err != nil {
		t.Fatal(err)
	}
	i := receive(t, f.pressed, "INTERACTION_CREATE")
	if i.MessageComponentData().CustomID != "claim" || i.Member.User.ID != memberID {
		t.Errorf("interaction %+v", i)
	}
	err = f.InteractionRespond(i, &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{Content: "yours", Flags: discordgo.MessageFlagsEphemeral},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := click.Answer(t.Context())
	if err != nil || !out.Ephemeral || out.Original == nil || out.Original.Content != "yours" {
		t.Errorf("outcome %+v, %v", out, err)
	}
}

// tidy deletes message and channel, and finds the channel gone with code 10003.
func (f *foreign) tidy(t *testing.T, channelID, messageID string) {
	t.Helper()
	if err := f.ChannelMessageDelete(channelID, messageID); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, f.erased, "MESSAGE_DELETE"); got.ID != messageID {
		t.Errorf("MESSAGE_DELETE for %s, want %s", got.ID, messageID)
	}
	if _, err := f.ChannelDelete(channelID); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, f.gone, "CHANNEL_DELETE"); got.ID != channelID {
		t.Errorf("CHANNEL_DELETE for %s, want %s", got.ID, channelID)
	}
	_, err := f.ChannelDelete(channelID)
	var rest *discordgo.RESTError
	if !errors.As(err, &rest) || rest.Message == nil || rest.Message.Code != discordgo.ErrCodeUnknownChannel || rest.Response.StatusCode != http.StatusNotFound {
		t.Errorf("deleting a deleted channel: %v, want 404 with code 10003", err)
	}
}

// TestForeignCommands registers commands as discordgo does, null options
// included, and reads their ids back.
func TestForeignCommands(t *testing.T) {
	s := start(t, discord.Options{})
	f := newForeign(t, s)
	list, err := f.ApplicationCommandBulkOverwrite(s.ApplicationID(), s.GuildID(), []*discordgo.ApplicationCommand{
		{Name: "close", Description: "Close the ticket", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionString, Name: "reason", Description: "Why"}}},
		{Name: "status", Description: "Say how it stands"},
	})
	if err != nil || len(list) != 2 || list[0].ID == "" || list[1].ID == list[0].ID {
		t.Fatalf("commands %+v, %v", list, err)
	}
	who := s.AddMember("agent")
	general, _ := s.ChannelNamed("general")
	run, err := s.Slash(general.ID, who.ID, "close", map[string]any{"reason": "done"})
	if err != nil {
		t.Fatal(err)
	}
	i := receive(t, f.pressed, "INTERACTION_CREATE")
	opts := i.ApplicationCommandData().Options
	if len(opts) != 1 || opts[0].StringValue() != "done" {
		t.Errorf("options %+v", opts)
	}
	if err := f.InteractionRespond(i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}); err != nil {
		t.Fatal(err)
	}
	words := "closed"
	if _, err := f.InteractionResponseEdit(i, &discordgo.WebhookEdit{Content: &words}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.FollowupMessageCreate(i, true, &discordgo.WebhookParams{Content: "and more"}); err != nil {
		t.Fatal(err)
	}
	out, err := run.Answer(t.Context())
	if err != nil || out.Original.Content != "closed" || len(out.Followups) != 1 {
		t.Errorf("outcome %+v, %v", out, err)
	}
	if !slices.ContainsFunc(s.Ledger(), func(m discord.Message) bool { return m.Content == "and more" && m.InteractionID == run.ID }) {
		t.Error("the follow-up is missing in the ledger")
	}
}
