package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

// world is a fake Discord with a client, a ticket channel, an agent and what the gateway told.
type world struct {
	*fake.Server
	c       *discord.Client
	channel string
	agent   string
	told    chan string
}

func newWorld(t *testing.T, o fake.Options) *world {
	t.Helper()
	srv := fake.New(o)
	if err := srv.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	c := discord.New(discord.Options{BaseURL: srv.APIURL(), Token: discord.Token(srv.Token())})
	t.Cleanup(c.Close)
	w := &world{Server: srv, c: c, told: make(chan string, 4096)}
	w.agent = srv.AddMember("amy").User.ID
	w.channel = srv.AddChannel(fake.Channel{Name: "tickets"}).ID
	return w
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func (w *world) Ready(_ context.Context, _ discord.Ready, resumed bool) {
	w.told <- fmt.Sprintf("ready resumed=%t", resumed)
}

func (w *world) Dispatch(_ context.Context, event string, data json.RawMessage) error {
	if event != discord.EventMessageCreate {
		return nil
	}
	var m discord.Message
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	w.told <- m.Content
	return nil
}

// want reads what the gateway tells, which must be lines.
func (w *world) want(t *testing.T, lines ...string) {
	t.Helper()
	deadline := time.After(15 * time.Second)
	for _, want := range lines {
		select {
		case got := <-w.told:
			if got != want {
				t.Fatalf("got %q, want %q", got, want)
			}
		case <-deadline:
			t.Fatalf("%q did not come", want)
		}
	}
}

func (w *world) say(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := w.Say(w.channel, w.agent, text); err != nil {
			t.Fatal(err)
		}
	}
}

// connect runs a session until the test ends, and gives it with what Run will give.
func (w *world) connect(t *testing.T, intents discord.Intents) (*discord.Session, <-chan error) {
	t.Helper()
	s := discord.NewSession(discord.SessionOptions{Client: w.c, Intents: intents, Timing: discord.Timing{
		Close: 100 * time.Millisecond, IdentifyGap: time.Nanosecond,
		Backoff:   func(int) time.Duration { return time.Millisecond },
		Invalid:   func() time.Duration { return time.Millisecond },
		FirstBeat: func() float64 { return 0.5 },
	}})
	ctx, cancel := context.WithCancel(context.Background())
	done, ended := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(ended)
		done <- s.Run(ctx, w)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return s, done
}

const allIntents = discord.IntentGuilds | discord.IntentGuildMessages | discord.IntentDirectMessages | discord.IntentMessageContent | discord.IntentGuildMembers

// logins gives how the connections began, in order.
func (w *world) logins() (out []string) {
	for _, c := range w.Connections() {
		out = append(out, c.Login+" "+c.Path)
	}
	return out
}

const (
	identify = "identify /gateway"
	resume   = "resume /gateway/resume"
)

func TestFakeGatewayFaults(t *testing.T) {
	const beat = 60 * time.Millisecond
	cases := []struct {
		name    string
		faults  []fake.GatewayFault
		options fake.Options
		disturb func(w *world) // after the first message
		ready   []string       // what Ready is told after the disturbance
		logins  []string
	}{
		{
			name: "op 7", disturb: func(w *world) { w.SendReconnect() },
			ready: []string{"ready resumed=true"}, logins: []string{identify, resume},
		},
		{
			name:    "op 7 while resuming",
			faults:  []fake.GatewayFault{{Kind: fake.GatewayResumeOp7, Count: 2}},
			disturb: func(w *world) { w.SendReconnect() },
			ready:   []string{"ready resumed=true"}, logins: []string{identify, resume, resume, resume},
		},
		{
			name:    "op 9 true while resuming",
			faults:  []fake.GatewayFault{{Kind: fake.GatewayResumeInvalid, Resumable: true, Count: 1}},
			disturb: func(w *world) { w.CloseGateway(0) },
			ready:   []string{"ready resumed=true"}, logins: []string{identify, resume, resume},
		},
		{
			name:    "op 9 false while resuming",
			faults:  []fake.GatewayFault{{Kind: fake.GatewayResumeInvalid, Count: 1}},
			disturb: func(w *world) { w.CloseGateway(0) },
			ready:   []string{"ready resumed=false"}, logins: []string{identify, resume, identify},
		},
		{
			name: "op 9 false at any time", disturb: func(w *world) { w.SendInvalidSession(false) },
			ready: []string{"ready resumed=false"}, logins: []string{identify, identify},
		},
		{
			name:    "no acknowledgements",
			options: fake.Options{HeartbeatInterval: beat},
			disturb: func(w *world) { w.InjectGateway(fake.GatewayFault{Kind: fake.GatewaySilence, Count: 1}) },
			ready:   []string{"ready resumed=true"}, logins: []string{identify, resume},
		},
		{
			name: "close 4000", disturb: func(w *world) { w.CloseGateway(4000) },
			ready: []string{"ready resumed=true"}, logins: []string{identify, resume},
		},
		{
			name: "close 4009", disturb: func(w *world) { w.CloseGateway(4009) },
			ready: []string{"ready resumed=false"}, logins: []string{identify, identify},
		},
		{
			name:    "resume closed with 4007",
			faults:  []fake.GatewayFault{{Kind: fake.GatewayResumeClose, Code: 4007, Count: 1}},
			disturb: func(w *world) { w.CloseGateway(0) },
			ready:   []string{"ready resumed=false"}, logins: []string{identify, resume, identify},
		},
		{
			name: "the session is forgotten", disturb: func(w *world) { w.ForgetSessions(); w.CloseGateway(0) },
			ready: []string{"ready resumed=false"}, logins: []string{identify, resume, identify},
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, tc.options)
			for _, f := range tc.faults {
				w.InjectGateway(f)
			}
			s, _ := w.connect(t, allIntents)
			w.want(t, "ready resumed=false")
			w.say(t, "one")
			w.want(t, "one")
			tc.disturb(w)
			w.want(t, tc.ready...)
			w.say(t, "two", "three")
			w.want(t, "two", "three")
			if diff := cmp.Diff(tc.logins, w.logins()); diff != "" {
				t.Error(diff)
			}
			if st := s.Status(); st.State != discord.StateConnected {
				t.Errorf("%+v", st)
			}
		})
	}
}

func TestFakeResumeReplaysWhatWasMissed(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.connect(t, allIntents)
	w.want(t, "ready resumed=false")
	remove := w.InjectGateway(fake.GatewayFault{Kind: fake.GatewayRefuse})
	w.CloseGateway(0)
	w.say(t, "one", "two", "three")
	remove()
	w.want(t, "one", "two", "three", "ready resumed=true")
}

func TestFakeLateReady(t *testing.T) {
	w := newWorld(t, fake.Options{HeartbeatInterval: 50 * time.Millisecond})
	w.InjectGateway(fake.GatewayFault{Kind: fake.GatewayLateReady, Delay: 150 * time.Millisecond, Count: 1})
	w.connect(t, allIntents)
	w.want(t, "ready resumed=false")
	if diff := cmp.Diff([]string{identify}, w.logins()); diff != "" {
		t.Error(diff)
	}
}

func TestFakeFatalClose(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			w.InjectGateway(fake.GatewayFault{Kind: fake.GatewayIdentifyClose, Code: code})
			_, done := w.connect(t, allIntents)
			var fatal *discord.FatalError
			if err := wait(t, done); !errors.As(err, &fatal) || fatal.Code != code {
				t.Fatalf("%v", err)
			}
			if n := len(w.Connections()); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

func wait(t *testing.T, done <-chan error) error {
	t.Helper()
	select {
	case err := <-done:
		return err
	case <-soon(t).Done():
		t.Fatal("Run did not return")
		return nil
	}
}

func TestFakeFallsBackToCommandsOnly(t *testing.T) {
	w := newWorld(t, fake.Options{ContentIntentOff: true, MembersIntentOff: true})
	app, err := w.c.CurrentApplication(soon(t))
	if err != nil || app.Flags.MessageContent() || app.Flags.GuildMembers() {
		t.Errorf("%+v, %v", app, err)
	}
	_, done := w.connect(t, allIntents)
	var fatal *discord.FatalError
	if err := wait(t, done); !errors.As(err, &fatal) || !fatal.IntentsRefused() {
		t.Fatalf("%v", err)
	}
	w.connect(t, allIntents&^discord.PrivilegedIntents)
	w.want(t, "ready resumed=false")
	w.say(t, "secret")
	w.want(t, "")
}

func TestFakeSessionStarts(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.SetSessionStarts(0, 100*time.Millisecond)
	began := time.Now()
	w.connect(t, allIntents)
	if err := w.WaitFor(soon(t), func() bool { return len(w.Connections()) > 0 }); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d < 100*time.Millisecond {
		t.Errorf("a session was started after %s although none was left", d)
	}
}

func TestFakeWrongToken(t *testing.T) {
	w := newWorld(t, fake.Options{})
	w.c = discord.New(discord.Options{BaseURL: w.APIURL(), Token: "wrong"})
	t.Cleanup(w.c.Close)
	_, done := w.connect(t, allIntents)
	var fatal *discord.FatalError
	if err := wait(t, done); !errors.As(err, &fatal) {
		t.Fatalf("%v", err)
	}
}

func check[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A ticket's life, with every call that it takes.
func TestFakeTicket(t *testing.T) {
	w := newWorld(t, fake.Options{Community: true})
	ctx, c, guild := soon(t), w.c, w.GuildID()
	me := check[discord.Member](t)(c.CurrentMember(ctx, guild))
	if me.User.ID != w.BotID() {
		t.Errorf("the bot is %+v", me.User)
	}
	check[discord.Guild](t)(c.Guild(ctx, guild))
	check[discord.Member](t)(c.GuildMember(ctx, guild, w.agent))
	if roles := check[[]discord.Role](t)(c.GuildRoles(ctx, guild)); len(roles) == 0 || !roles[0].Permissions.Has(0) {
		t.Error("no roles")
	}
	category := check[discord.Channel](t)(c.CreateGuildChannel(ctx, guild, discord.ChannelCreate{Name: "Kefu", Type: discord.ChannelCategory,
		Overwrites: []discord.Overwrite{{ID: guild, Deny: discord.PermissionViewChannel},
			{ID: w.BotID(), Type: discord.OverwriteMember, Allow: discord.PermissionViewChannel | discord.PermissionSendMessages}}}))
	ch := check[discord.Channel](t)(c.CreateGuildChannel(ctx, guild,
		discord.ChannelCreate{Name: "#網站-客-0033", ParentID: category.ID, Topic: "kefu:tkt_33"}))
	if ch.Name != discord.NormalizeChannelName("#網站-客-0033") || ch.Topic != "kefu:tkt_33" || ch.ParentID != category.ID {
		t.Errorf("%+v", ch)
	}
	done(t, c.EditChannelPermissions(ctx, ch.ID, discord.Overwrite{ID: w.agent, Type: discord.OverwriteMember, Allow: discord.PermissionViewChannel}))
	done(t, c.DeleteChannelPermission(ctx, ch.ID, w.agent))
	first := ticketMessages(t, w, ch.ID)
	list := check[[]discord.Message](t)(c.Messages(ctx, ch.ID, discord.Page{After: first.ID}))
	if len(list) != 2 || list[0].Type != discord.MessagePinned || list[1].Content != "file" {
		t.Errorf("after the card: %+v", list)
	}
	topic, other := "kefu:tkt_34", w.AddChannel(fake.Channel{Name: "archive", Type: int(discord.ChannelCategory)}).ID
	check[discord.Channel](t)(c.ModifyChannel(ctx, ch.ID, discord.ChannelEdit{Topic: &topic}))
	if moved := check[discord.Channel](t)(c.ModifyChannel(ctx, ch.ID, discord.ChannelEdit{ParentID: &other})); moved.ParentID != other {
		t.Errorf("%+v", moved)
	}
	done(t, c.DeleteChannel(ctx, ch.ID))
	if _, err := c.Channel(ctx, ch.ID); discord.Code(err) != discord.CodeUnknownChannel {
		t.Errorf("a deleted channel: %v", err)
	}
	for _, ch := range check[[]discord.Channel](t)(c.GuildChannels(ctx, guild)) {
		if ch.Topic == topic {
			t.Errorf("%+v is still listed", ch)
		}
	}
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("%+v", v)
	}
}

// ticketMessages posts a card and a message with a file, and does what is done to messages.
func ticketMessages(t *testing.T, w *world, channel string) discord.Message {
	t.Helper()
	ctx, c := soon(t), w.c
	card := discord.MessageSend{
		Content: "ticket", Nonce: "dlv-1", EnforceNonce: true,
		Embeds:     []discord.Embed{{Title: "訂單 #8806", Author: &discord.EmbedAuthor{Name: "DemoUser"}, Fields: []discord.EmbedField{{Name: "a", Value: "b"}}}},
		Components: []discord.Component{discord.Row(discord.Button(discord.ButtonPrimary, "claim", "Claim"), discord.LinkButton("https://example.test/", "Open"))},
	}
	m := check[discord.Message](t)(c.CreateMessage(ctx, channel, card))
	again := check[discord.Message](t)(c.CreateMessage(ctx, channel, card))
	if m.Nonce != "dlv-1" || again.ID != m.ID || len(m.Embeds) != 1 || len(m.Components) != 1 || m.Author.ID != w.BotID() {
		t.Errorf("%+v, then %s", m, again.ID)
	}
	const content = "binary\x00data"
	up := check[discord.Message](t)(c.CreateMessage(ctx, channel, discord.MessageSend{Content: "file",
		Files: []discord.File{{Name: "收據.txt", ContentType: "text/plain", Size: int64(len(content)), Body: strings.NewReader(content)}}}))
	if len(up.Attachments) != 1 || up.Attachments[0].Size != int64(len(content)) {
		t.Fatalf("%+v", up.Attachments)
	}
	if got := download(t, up.Attachments[0].URL); got != content {
		t.Errorf("the file came back as %q", got)
	}
	text := "changed"
	if e := check[discord.Message](t)(c.EditMessage(ctx, channel, m.ID, discord.MessageEdit{Content: &text})); e.Content != text || e.EditedTimestamp == nil {
		t.Errorf("%+v", e)
	}
	done(t, c.AddReaction(ctx, channel, m.ID, "⏳"))
	done(t, c.RemoveOwnReaction(ctx, channel, m.ID, "⏳"))
	done(t, c.AddReaction(ctx, channel, m.ID, "✅"))
	done(t, c.PinMessage(ctx, channel, m.ID))
	got := check[discord.Message](t)(c.Message(ctx, channel, m.ID))
	if len(got.Reactions) != 1 || got.Reactions[0].Emoji.Name != "✅" || !got.Reactions[0].Me || !got.Pinned {
		t.Errorf("%+v", got)
	}
	gone := check[discord.Message](t)(c.CreateMessage(ctx, channel, discord.MessageSend{Content: "gone"}))
	done(t, c.DeleteMessage(ctx, channel, gone.ID))
	if _, err := c.Message(ctx, channel, gone.ID); discord.Code(err) != discord.CodeUnknownMessage {
		t.Errorf("a deleted message: %v", err)
	}
	return m
}

func download(t *testing.T, url string) string {
	t.Helper()
	h := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := h.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFakeThreads(t *testing.T) {
	w := newWorld(t, fake.Options{Community: true})
	ctx, c := soon(t), w.c
	th := check[discord.Channel](t)(c.StartThread(ctx, w.channel, discord.ThreadCreate{Name: "private", Type: discord.ChannelPrivateThread}))
	if !th.Type.Thread() {
		t.Errorf("%+v", th)
	}
	done(t, c.AddThreadMember(ctx, th.ID, w.agent))
	forum := w.AddChannel(fake.Channel{Name: "overflow", Type: int(discord.ChannelForum)}).ID
	post := check[discord.Channel](t)(c.CreateForumPost(ctx, forum, discord.ForumPost{Name: "ticket 34", Message: discord.MessageSend{Content: "hi"}}))
	if post.ParentID != forum {
		t.Errorf("%+v", post)
	}
	if list := check[[]discord.Channel](t)(c.ActiveThreads(ctx, w.GuildID())); len(list) != 2 {
		t.Errorf("%+v", list)
	}
	archived := true
	if th := check[discord.Channel](t)(c.ModifyChannel(ctx, th.ID, discord.ChannelEdit{Archived: &archived})); th.Thread == nil || !th.Thread.Archived {
		t.Errorf("%+v", th)
	}
	news := w.AddChannel(fake.Channel{Name: "news", Type: int(discord.ChannelAnnouncement)}).ID
	m := check[discord.Message](t)(c.CreateMessage(ctx, news, discord.MessageSend{Content: "new version"}))
	if m := check[discord.Message](t)(c.Crosspost(ctx, news, m.ID)); m.Flags&discord.MessageCrossposted == 0 {
		t.Errorf("%+v", m)
	}
	dm := check[discord.Channel](t)(c.CreateDM(ctx, w.agent))
	done(t, w.SetDMClosed(w.agent, true))
	if _, err := c.CreateMessage(ctx, dm.ID, discord.MessageSend{Content: "x"}); discord.Code(err) != discord.CodeCannotDM {
		t.Errorf("a closed DM: %v", err)
	}
}

// desk answers interactions like a small help desk.
type desk struct {
	*world
	app string
}

func (d desk) Dispatch(ctx context.Context, event string, data json.RawMessage) error {
	if event != discord.EventInteractionCreate {
		return nil
	}
	var i discord.Interaction
	if err := json.Unmarshal(data, &i); err != nil {
		return err
	}
	switch i.Type {
	case discord.InteractionCommand:
		return d.c.InteractionCallback(ctx, i.ID, i.Token, discord.InteractionResponse{Type: discord.CallbackModal, Modal: &discord.Modal{
			CustomID: "bug", Title: "Bug " + i.Data.Option("area"),
			Components: []discord.Component{discord.Labelled("What happened", "",
				discord.Component{Type: discord.ComponentTextInput, CustomID: "what", Style: discord.InputParagraph})}}})
	case discord.InteractionModalSubmit:
		return d.submitted(ctx, i)
	}
	return nil
}

func (d desk) submitted(ctx context.Context, i discord.Interaction) error {
	what, _ := i.Data.Field("what")
	err := d.c.InteractionCallback(ctx, i.ID, i.Token, discord.InteractionResponse{
		Type: discord.CallbackDeferMessage, Message: &discord.MessageSend{Flags: discord.MessageEphemeral}})
	if err != nil {
		return err
	}
	text := i.Actor().Username + " says " + what.Value
	if _, err := d.c.EditOriginalResponse(ctx, d.app, i.Token, discord.MessageEdit{Content: &text}); err != nil {
		return err
	}
	_, err = d.c.CreateFollowup(ctx, d.app, i.Token, discord.MessageSend{Content: "thank you", Flags: discord.MessageEphemeral})
	d.told <- "answered"
	return err
}

func TestFakeInteractions(t *testing.T) {
	w := newWorld(t, fake.Options{})
	ctx := soon(t)
	cmds := check[[]discord.ApplicationCommand](t)(w.c.OverwriteGuildCommands(ctx, w.ApplicationID(), w.GuildID(), []discord.ApplicationCommand{{
		Name: "bug", Description: "Report a bug", Type: discord.CommandSlash,
		Options: []discord.CommandOption{{Type: discord.OptionString, Name: "area", Description: "Where"}}}}))
	if len(cmds) != 1 || cmds[0].ID == "" {
		t.Fatalf("%+v", cmds)
	}
	s := discord.NewSession(discord.SessionOptions{Client: w.c, Intents: allIntents})
	run, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(run, desk{w, w.ApplicationID()}) }()
	defer func() { cancel(); <-ended }()
	w.want(t, "ready resumed=false")
	shown := check[*fake.Interaction](t)(w.Slash(w.channel, w.agent, "bug", map[string]any{"area": "cart"}))
	if o := check[fake.Outcome](t)(shown.Callback(ctx)); o.Modal == nil || o.Modal.Title != "Bug cart" {
		t.Fatalf("%+v", o)
	}
	sub := check[*fake.Interaction](t)(w.SubmitModal(shown, map[string]string{"what": "it breaks"}))
	w.want(t, "answered")
	o := check[fake.Outcome](t)(sub.Answer(ctx))
	if len(o.Followups) != 1 || o.Original == nil || o.Original.Content != "amy says it breaks" {
		t.Errorf("%+v", o)
	}
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("%+v", v)
	}
}

func TestFakeRefusals(t *testing.T) {
	w := newWorld(t, fake.Options{ChannelsPerCategory: 1, ChannelsPerGuild: 6, ForbiddenWords: []string{"damn"}})
	ctx, c := soon(t), w.c
	category := w.AddChannel(fake.Channel{Name: "kefu", Type: int(discord.ChannelCategory)}).ID
	create := func(name, parent string) error {
		_, err := c.CreateGuildChannel(ctx, w.GuildID(), discord.ChannelCreate{Name: name, ParentID: parent})
		return err
	}
	form := func(err error, code string) bool {
		var e *discord.APIError
		return errors.As(err, &e) && e.Code == discord.CodeInvalidForm && e.HasForm(code) && !e.Sent
	}
	for _, name := range []string{"ticket-1488", "damn-customer"} {
		if err := create(name, ""); !form(err, discord.FormNameRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	done(t, create("a", category))
	if err := create("b", category); !form(err, discord.FormCategoryFull) {
		t.Errorf("full category: %v", err)
	}
	var full error
	for i := 0; i < 10 && full == nil; i++ {
		full = create(fmt.Sprint("x", i), "")
	}
	if discord.Code(full) != discord.CodeGuildFull {
		t.Errorf("full guild: %v", full)
	}
	if _, err := c.CreateMessage(ctx, w.channel, discord.MessageSend{}); discord.Code(err) != discord.CodeEmptyMessage {
		t.Errorf("empty message: %v", err)
	}
	for i, part := range discord.SplitMessage(strings.Repeat("客服😀", 2000), discord.MaxContent) {
		if _, err := c.CreateMessage(ctx, w.channel, discord.MessageSend{Content: part}); err != nil {
			t.Errorf("part %d: %v", i, err)
		}
	}
	w.SetBotPermissions(fake.Permissions(discord.PermissionViewChannel))
	w.SetEveryonePermissions(fake.Permissions(discord.PermissionViewChannel))
	if _, err := c.CreateMessage(ctx, w.channel, discord.MessageSend{Content: "x"}); discord.Code(err) != discord.CodeMissingPermissions {
		t.Errorf("no permission: %v", err)
	}
}

func TestFakeRename(t *testing.T) {
	w := newWorld(t, fake.Options{})
	rename := func(name string) error {
		_, err := w.c.ModifyChannel(soon(t), w.channel, discord.ChannelEdit{Name: &name})
		return err
	}
	done(t, rename("a"))
	done(t, rename("b"))
	err := rename("c")
	var e *discord.RateLimitedError
	if !errors.As(err, &e) || e.RetryAfter < 9*time.Minute {
		t.Fatalf("%v", err)
	}
	n := len(w.Requests())
	if err := rename("d"); !errors.As(err, &e) || len(w.Requests()) != n {
		t.Errorf("asked again: %v", err)
	}
	check[discord.Message](t)(w.c.CreateMessage(soon(t), w.channel, discord.MessageSend{Content: "not held up"}))
	done(t, w.c.DeleteChannel(soon(t), w.channel))
}

func TestFakeRESTFaults(t *testing.T) {
	const retry = 2 * time.Second
	cases := []struct {
		fault   fake.Fault
		scope   discord.Scope // of a limit
		sent    bool
		effects int
	}{
		{fake.Fault{Kind: fake.FaultLimitJSON, RetryAfter: retry}, discord.ScopeRoute, false, 0},
		{fake.Fault{Kind: fake.FaultLimitJSON, RetryAfter: retry, Scope: "shared"}, discord.ScopeChannel, false, 0},
		{fake.Fault{Kind: fake.FaultLimitGlobal, RetryAfter: retry}, discord.ScopeGlobal, false, 0},
		{fake.Fault{Kind: fake.FaultLimitHTML, RetryAfter: retry}, discord.ScopeGlobal, false, 0},
		{fake.Fault{Kind: fake.FaultErrorJSON}, "", true, 0},
		{fake.Fault{Kind: fake.FaultErrorHTML}, "", true, 0},
		{fake.Fault{Kind: fake.FaultResetBefore}, "", true, 0},
		{fake.Fault{Kind: fake.FaultResetAfter}, "", true, 1},
		{fake.Fault{Kind: fake.FaultDropAfter}, "", true, 1},
		{fake.Fault{Kind: fake.FaultDelayAfter, Delay: time.Minute}, "", true, 1},
		{fake.Fault{Kind: fake.FaultDelay, Delay: time.Minute}, "", true, 0},
	}
	for _, tc := range cases {
		t.Run(tc.fault.Kind.String()+tc.fault.Scope, func(t *testing.T) {
			w := newWorld(t, fake.Options{})
			tc.fault.Count, tc.fault.Path = 1, regexp.MustCompile(`/messages$`)
			w.Inject(tc.fault)
			ctx, cancel := context.WithTimeout(soon(t), 500*time.Millisecond)
			defer cancel()
			_, err := w.c.CreateMessage(ctx, w.channel, discord.MessageSend{Content: "x", Nonce: "n", EnforceNonce: true})
			if discord.MayHaveHappened(err) != tc.sent || err == nil {
				t.Fatalf("%v", err)
			}
			if n := len(w.Messages(w.channel)); n != tc.effects {
				t.Errorf("%d effects", n)
			}
			var e *discord.RateLimitedError
			if tc.scope != "" && (!errors.As(err, &e) || e.Scope != tc.scope || e.RetryAfter != retry) {
				t.Errorf("%+v", e)
			}
			if tc.scope == "" {
				check[discord.Message](t)(w.c.CreateMessage(soon(t), w.channel, discord.MessageSend{Content: "x", Nonce: "n", EnforceNonce: true}))
				if n := len(w.Messages(w.channel)); n != 1 {
					t.Errorf("%d messages after the retry", n)
				}
			}
		})
	}
}

// Under realistic limits the client never runs into a 429 that the headers announced.
func TestFakeRealisticLimits(t *testing.T) {
	w := newWorld(t, fake.Options{RateLimits: fake.RealisticLimits()})
	var held, sent int
	for range 30 {
		_, err := w.c.CreateMessage(soon(t), w.channel, discord.MessageSend{Content: "x"})
		var e *discord.RateLimitedError
		switch {
		case err == nil:
			sent++
		case errors.As(err, &e) && e.API == nil:
			held++
		default:
			t.Fatalf("%v", err)
		}
	}
	if sent < 5 || held == 0 || w.InvalidRequests() != 0 {
		t.Errorf("%d sent, %d held, %d refused", sent, held, w.InvalidRequests())
	}
}
