package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clock is a time that passes only when it is told to, or when a client sleeps.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept time.Duration
}

func newClock() *clock { return &clock{t: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.pass(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept += d
	return ctx.Err()
}

// site is a Discord that answers as it is told, and remembers what it was asked.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []asked
	answer func(w http.ResponseWriter, r *http.Request)
}

type asked struct {
	Method, Path, Body string
	header             http.Header
	length             int64
}

func newSite(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *site {
	s := &site{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.asked = append(s.asked, asked{r.Method, r.URL.RequestURI(), string(b), r.Header, r.ContentLength})
		answer := s.answer
		s.mu.Unlock()
		answer(w, r)
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	t.Cleanup(s.Close)
	return s
}

// says gives all further requests another answer.
func (s *site) says(answer func(w http.ResponseWriter, r *http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

func (s *site) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func (s *site) client(t *testing.T, c *clock, change ...func(*Options)) *Client {
	o := Options{BaseURL: s.URL + "/api/v10/", Token: testToken}
	if c != nil {
		o.Now, o.Sleep = c.Now, c.Sleep
	}
	for _, f := range change {
		f(&o)
	}
	cl := New(o)
	t.Cleanup(cl.Close)
	return cl
}

func reply(status int, body string, headers ...string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func TestCalls(t *testing.T) {
	two := 2
	text, name, locked := "new", "renamed", true
	m := MessageSend{Content: "hi", Nonce: "n-1", EnforceNonce: true, Embeds: []Embed{{Title: "t"}}}
	const mentions = `"allowed_mentions":{"parse":[]}`
	const sent = `{"content":"hi","embeds":[{"title":"t"}],` + mentions + `,"nonce":"n-1","enforce_nonce":true}`
	cases := []struct {
		name, method, path, body string
		call                     func(context.Context, *Client) error
	}{
		{"GatewayBot", "GET", "/gateway/bot", "", func(ctx context.Context, c *Client) error { _, err := c.GatewayBot(ctx); return err }},
		{"CurrentUser", "GET", "/users/@me", "", func(ctx context.Context, c *Client) error { _, err := c.CurrentUser(ctx); return err }},
		{"CurrentApplication", "GET", "/applications/@me", "", func(ctx context.Context, c *Client) error { _, err := c.CurrentApplication(ctx); return err }},
		{"Guild", "GET", "/guilds/1?with_counts=true", "", func(ctx context.Context, c *Client) error { _, err := c.Guild(ctx, "1"); return err }},
		{"GuildChannels", "GET", "/guilds/1/channels", "", func(ctx context.Context, c *Client) error { _, err := c.GuildChannels(ctx, "1"); return err }},
		{"ActiveThreads", "GET", "/guilds/1/threads/active", "", func(ctx context.Context, c *Client) error { _, err := c.ActiveThreads(ctx, "1"); return err }},
		{"CreateGuildChannel", "POST", "/guilds/1/channels",
			`{"name":"網站-客-0033","type":0,"parent_id":"9","permission_overwrites":[{"id":"1","type":0,"allow":"0","deny":"1024"}]}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.CreateGuildChannel(ctx, "1", ChannelCreate{Name: "網站-客-0033", ParentID: "9",
					Overwrites: []Overwrite{{ID: "1", Deny: PermissionViewChannel}}})
				return err
			}},
		{"GuildRoles", "GET", "/guilds/1/roles", "", func(ctx context.Context, c *Client) error { _, err := c.GuildRoles(ctx, "1"); return err }},
		{"GuildMember", "GET", "/guilds/1/members/2", "", func(ctx context.Context, c *Client) error { _, err := c.GuildMember(ctx, "1", "2"); return err }},
		{"OverwriteGuildCommands", "PUT", "/applications/5/guilds/1/commands", `[]`,
			func(ctx context.Context, c *Client) error {
				_, err := c.OverwriteGuildCommands(ctx, "5", "1", nil)
				return err
			}},
		{"GuildCommands", "GET", "/applications/5/guilds/1/commands", "",
			func(ctx context.Context, c *Client) error { _, err := c.GuildCommands(ctx, "5", "1"); return err }},
		{"CreateCommand", "POST", "/applications/5/commands", `{"name":"helpme","description":"d","contexts":[1]}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.CreateCommand(ctx, "5", ApplicationCommand{Name: "helpme", Description: "d", Contexts: []CommandContext{ContextBotDM}})
				return err
			}},
		{"DeleteCommand", "DELETE", "/applications/5/commands/6", "", func(ctx context.Context, c *Client) error { return c.DeleteCommand(ctx, "5", "6") }},
		{"Channel", "GET", "/channels/3", "", func(ctx context.Context, c *Client) error { _, err := c.Channel(ctx, "3"); return err }},
		{"ModifyChannel name", "PATCH", "/channels/3", `{"name":"renamed"}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.ModifyChannel(ctx, "3", ChannelEdit{Name: &name})
				return err
			}},
		{"ModifyChannel lock", "PATCH", "/channels/3", `{"locked":true}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.ModifyChannel(ctx, "3", ChannelEdit{Locked: &locked})
				return err
			}},
		{"DeleteChannel", "DELETE", "/channels/3", "", func(ctx context.Context, c *Client) error { return c.DeleteChannel(ctx, "3") }},
		{"EditChannelPermissions", "PUT", "/channels/3/permissions/8", `{"id":"8","type":1,"allow":"2048","deny":"0"}`,
			func(ctx context.Context, c *Client) error {
				return c.EditChannelPermissions(ctx, "3", Overwrite{ID: "8", Type: OverwriteMember, Allow: PermissionSendMessages})
			}},
		{"DeleteChannelPermission", "DELETE", "/channels/3/permissions/8", "",
			func(ctx context.Context, c *Client) error { return c.DeleteChannelPermission(ctx, "3", "8") }},
		{"CreateDM", "POST", "/users/@me/channels", `{"recipient_id":"2"}`,
			func(ctx context.Context, c *Client) error { _, err := c.CreateDM(ctx, "2"); return err }},
		{"StartThread", "POST", "/channels/3/threads", `{"name":"t","type":12,"auto_archive_duration":1440}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.StartThread(ctx, "3", ThreadCreate{Name: "t", Type: ChannelPrivateThread, AutoArchive: 1440})
				return err
			}},
		{"CreateForumPost", "POST", "/channels/3/threads", `{"name":"p","message":` + sent + `,"applied_tags":["6"]}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.CreateForumPost(ctx, "3", ForumPost{Name: "p", Message: m, AppliedTags: []string{"6"}})
				return err
			}},
		{"AddThreadMember", "PUT", "/channels/3/thread-members/2", "",
			func(ctx context.Context, c *Client) error { return c.AddThreadMember(ctx, "3", "2") }},
		{"Messages", "GET", "/channels/3/messages?after=4&limit=100", "",
			func(ctx context.Context, c *Client) error {
				_, err := c.Messages(ctx, "3", Page{After: "4", Limit: 500})
				return err
			}},
		{"Messages before", "GET", "/channels/3/messages?before=4", "",
			func(ctx context.Context, c *Client) error {
				_, err := c.Messages(ctx, "3", Page{Before: "4"})
				return err
			}},
		{"Message", "GET", "/channels/3/messages/4", "", func(ctx context.Context, c *Client) error { _, err := c.Message(ctx, "3", "4"); return err }},
		{"CreateMessage", "POST", "/channels/3/messages", sent,
			func(ctx context.Context, c *Client) error { _, err := c.CreateMessage(ctx, "3", m); return err }},
		{"EditMessage", "PATCH", "/channels/3/messages/4", `{"content":"new","components":[],` + mentions + `}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.EditMessage(ctx, "3", "4", MessageEdit{Content: &text, Components: &[]Component{}})
				return err
			}},
		{"DeleteMessage", "DELETE", "/channels/3/messages/4", "", func(ctx context.Context, c *Client) error { return c.DeleteMessage(ctx, "3", "4") }},
		{"PinMessage", "PUT", "/channels/3/messages/pins/4", "", func(ctx context.Context, c *Client) error { return c.PinMessage(ctx, "3", "4") }},
		{"Crosspost", "POST", "/channels/3/messages/4/crosspost", "", func(ctx context.Context, c *Client) error { _, err := c.Crosspost(ctx, "3", "4"); return err }},
		{"AddReaction", "PUT", "/channels/3/messages/4/reactions/%E2%9C%85/@me", "",
			func(ctx context.Context, c *Client) error { return c.AddReaction(ctx, "3", "4", "✅") }},
		{"RemoveOwnReaction", "DELETE", "/channels/3/messages/4/reactions/%E2%8F%B3/@me", "",
			func(ctx context.Context, c *Client) error { return c.RemoveOwnReaction(ctx, "3", "4", "⏳") }},
		{"InteractionCallback", "POST", "/interactions/10/tok/callback", `{"type":4,"data":{"content":"hi",` + mentions + `,"flags":64}}`,
			func(ctx context.Context, c *Client) error {
				return c.InteractionCallback(ctx, "10", "tok", InteractionResponse{Type: CallbackMessage,
					Message: &MessageSend{Content: "hi", Flags: MessageEphemeral}})
			}},
		{"InteractionCallback modal", "POST", "/interactions/10/tok/callback",
			`{"type":9,"data":{"custom_id":"reply","title":"Reply","components":[{"type":18,"label":"Text","component":{"type":4,"custom_id":"text","style":2,"max_length":2}}]}}`,
			func(ctx context.Context, c *Client) error {
				in := Component{Type: ComponentTextInput, CustomID: "text", Style: InputParagraph, MaxLength: &two}
				return c.InteractionCallback(ctx, "10", "tok", InteractionResponse{Type: CallbackModal,
					Modal: &Modal{CustomID: "reply", Title: "Reply", Components: []Component{Labelled("Text", "", in)}}})
			}},
		{"InteractionCallback defer", "POST", "/interactions/10/tok/callback", `{"type":6}`,
			func(ctx context.Context, c *Client) error {
				return c.InteractionCallback(ctx, "10", "tok", InteractionResponse{Type: CallbackDeferUpdate})
			}},
		{"OriginalResponse", "GET", "/webhooks/5/tok/messages/@original", "",
			func(ctx context.Context, c *Client) error { _, err := c.OriginalResponse(ctx, "5", "tok"); return err }},
		{"EditOriginalResponse", "PATCH", "/webhooks/5/tok/messages/@original", `{"content":"new",` + mentions + `}`,
			func(ctx context.Context, c *Client) error {
				_, err := c.EditOriginalResponse(ctx, "5", "tok", MessageEdit{Content: &text})
				return err
			}},
		{"DeleteOriginalResponse", "DELETE", "/webhooks/5/tok/messages/@original", "",
			func(ctx context.Context, c *Client) error { return c.DeleteOriginalResponse(ctx, "5", "tok") }},
		{"CreateFollowup", "POST", "/webhooks/5/tok?wait=true", sent,
			func(ctx context.Context, c *Client) error { _, err := c.CreateFollowup(ctx, "5", "tok", m); return err }},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				body := "{}"
				if strings.HasSuffix(tc.name, "s") && r.Method == http.MethodGet && tc.name != "ActiveThreads" || tc.name == "OverwriteGuildCommands" ||
					strings.HasPrefix(tc.name, "Messages") {
					body = "[]"
				}
				io.WriteString(w, body)
			})
			if err := tc.call(testContext(t), s.client(t, nil)); err != nil {
				t.Fatal(err)
			}
			got := s.asked[0]
			want := asked{Method: tc.method, Path: "/api/v10" + tc.path, Body: tc.body}
			if diff := cmp.Diff(want, asked{Method: got.Method, Path: got.Path, Body: got.Body}, cmp.AllowUnexported(asked{})); diff != "" {
				t.Error(diff)
			}
			auth := "Bot " + testToken
			if strings.Contains(tc.path, "/tok") {
				auth = ""
			}
			if a := got.header.Get("Authorization"); a != auth {
				t.Errorf("Authorization %q", a)
			}
			if ua := got.header.Get("User-Agent"); !strings.HasPrefix(ua, "DiscordBot (") {
				t.Errorf("User-Agent %q", ua)
			}
		})
	}
}

func TestCurrentMemberAsksOnceWhoTheBotIs(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/@me") {
			io.WriteString(w, `{"id":"77"}`)
			return
		}
		io.WriteString(w, `{"roles":["8"],"user":{"id":"77"}}`)
	})
	c := s.client(t, nil)
	for range 2 {
		m, err := c.CurrentMember(testContext(t), "1")
		if err != nil || m.User.ID != "77" {
			t.Fatalf("%+v, %v", m, err)
		}
	}
	if n := s.count(); n != 3 {
		t.Errorf("%d requests", n)
	}
}

func TestUpload(t *testing.T) {
	s := newSite(t, reply(200, `{"id":"4"}`))
	c := s.client(t, nil)
	m := MessageSend{Content: "see", Files: []File{
		{Name: "a \"b\".png", ContentType: "image/png", Description: "a picture", Size: 3, Body: strings.NewReader("png")},
		{Name: "收據.txt", Size: 5, Body: strings.NewReader("hello")},
	}}
	if _, err := c.CreateMessage(testContext(t), "3", m); err != nil {
		t.Fatal(err)
	}
	got := s.asked[0]
	if got.length != int64(len(got.Body)) {
		t.Errorf("announced %d bytes, sent %d", got.length, len(got.Body))
	}
	_, params, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	type part struct{ Field, File, Type, Body string }
	var parts []part
	for mr := multipart.NewReader(strings.NewReader(got.Body), params["boundary"]); ; {
		p, err := mr.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(p)
		parts = append(parts, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(b)})
	}
	want := []part{
		{"payload_json", "", "application/json", `{"content":"see","allowed_mentions":{"parse":[]},` +
			`"attachments":[{"id":0,"filename":"a \"b\".png","description":"a picture"},{"id":1,"filename":"收據.txt"}]}`},
		{"files[0]", `a "b".png`, "image/png", "png"},
		{"files[1]", "收據.txt", "application/octet-stream", "hello"},
	}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Error(diff)
	}
}

func TestUploadOfAShortFileFails(t *testing.T) {
	s := newSite(t, reply(200, `{}`))
	m := MessageSend{Files: []File{{Name: "a", Size: 5, Body: strings.NewReader("abc")}}}
	if _, err := s.client(t, nil).CreateMessage(testContext(t), "3", m); err == nil {
		t.Error("a file shorter than announced was taken")
	}
}

func TestFormError(t *testing.T) {
	const body = `{"code":50035,"message":"Invalid Form Body","errors":{
		"parent_id":{"_errors":[{"code":"CHANNEL_PARENT_MAX_CHANNELS","message":"Maximum number of channels in category reached (50)"}]},
		"embeds":{"10":{"title":{"_errors":[{"code":"X","message":"ten"}]}},"2":{"title":{"_errors":[{"code":"Y","message":"two"}]}}},
		"old":["plain words"],"_errors":[{"code":"Z","message":"all\nof it"}]}}`
	s := newSite(t, reply(400, body))
	_, err := s.client(t, nil).CreateGuildChannel(testContext(t), "1", ChannelCreate{Name: "x"})
	var e *APIError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	want := []FieldError{
		{"form", "Z", "all of it"},
		{"embeds.2.title", "Y", "two"},
		{"embeds.10.title", "X", "ten"},
		{"old", "", "plain words"},
		{"parent_id", "CHANNEL_PARENT_MAX_CHANNELS", "Maximum number of channels in category reached (50)"},
	}
	if diff := cmp.Diff(want, e.Errors); diff != "" {
		t.Error(diff)
	}
	if e.Status != 400 || Code(err) != CodeInvalidForm || !e.HasForm(FormCategoryFull) || e.HasForm(FormNameRefused) || MayHaveHappened(err) {
		t.Errorf("%+v", e)
	}
	if !strings.Contains(err.Error(), "parent_id: Maximum number") || !strings.Contains(err.Error(), "POST /guilds/{}/channels") {
		t.Errorf("words: %s", err)
	}
}

func TestFlattenIsBounded(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 2000) + `{"_errors":[{"message":"x"}]}` + strings.Repeat("}", 2000)
	if got := flatten(json.RawMessage(deep)); got != nil {
		t.Errorf("deep: %v", got)
	}
	wide := `{"_errors":[` + strings.Repeat(`{"message":"x"},`, 500) + `{"message":"x"}]}`
	if got := len(flatten(json.RawMessage(wide))); got != maxFieldErrors {
		t.Errorf("wide: %d", got)
	}
}

func TestSent(t *testing.T) {
	hijack := func(cut func(c net.Conn, w *bytes.Buffer)) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			var b bytes.Buffer
			cut(c, &b)
			c.Write(b.Bytes())
			c.Close()
		}
	}
	cases := []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request)
		status int
		sent   bool
	}{
		{"400", reply(400, `{"message":"no","code":50006}`), 400, false},
		{"404", reply(404, `{"message":"Unknown Channel","code":10003}`), 404, false},
		{"404 code as text", reply(404, `{"message":"Unknown Channel","code":"10003"}`), 404, false},
		{"500 JSON", reply(500, `{"message":"500: Internal Server Error","code":0}`), 500, true},
		{"502 HTML", reply(502, `<html>cloudflare</html>`), 502, true},
		{"302", reply(302, "", "Location", "http://127.0.0.1:1/steal"), 302, false},
		{"closed without an answer", hijack(func(net.Conn, *bytes.Buffer) {}), 0, true},
		{"reset", hijack(func(c net.Conn, _ *bytes.Buffer) { c.(*net.TCPConn).SetLinger(0) }), 0, true},
		{"answer cut short", hijack(func(_ net.Conn, b *bytes.Buffer) {
			b.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":")
		}), 200, true},
		{"answer not JSON", reply(200, `<html>`), 200, true},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(t, tc.answer)
			_, err := s.client(t, nil).CreateMessage(testContext(t), "3", MessageSend{Content: "x"})
			var e *APIError
			if !errors.As(err, &e) || e.Status != tc.status || e.Sent != tc.sent || MayHaveHappened(err) != tc.sent {
				t.Fatalf("%+v", err)
			}
			if s.count() != 1 {
				t.Errorf("%d requests", s.count())
			}
			if strings.Contains(err.Error(), "cloudflare") || strings.Contains(err.Error(), "<html>") {
				t.Errorf("a page leaks into %q", err)
			}
		})
	}
}

func TestUnreachableWasNotSent(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	c := New(Options{BaseURL: "http://" + addr, Token: testToken})
	_, err = c.CreateMessage(testContext(t), "3", MessageSend{Content: "x"})
	var e *APIError
	if !errors.As(err, &e) || e.Sent || e.Status != 0 || e.Err == nil {
		t.Errorf("%+v", err)
	}
}

func TestSlowServer(t *testing.T) {
	release := make(chan struct{})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	defer close(release)
	post := func(ctx context.Context, c *Client) (time.Duration, error) {
		began := time.Now()
		_, err := c.CreateMessage(ctx, "3", MessageSend{Content: "x"})
		return time.Since(began), err
	}
	t.Run("the context ends", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		took, err := post(ctx, s.client(t, nil))
		if !errors.Is(err, context.DeadlineExceeded) || !MayHaveHappened(err) || took > time.Second {
			t.Errorf("after %s: %v", took, err)
		}
	})
	t.Run("the client's own time-out", func(t *testing.T) {
		took, err := post(t.Context(), s.client(t, nil, func(o *Options) { o.Timeout = 50 * time.Millisecond }))
		if !errors.Is(err, context.DeadlineExceeded) || !MayHaveHappened(err) || took > time.Second {
			t.Errorf("after %s: %v", took, err)
		}
	})
	t.Run("the context had ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		n := s.count()
		_, err := post(ctx, s.client(t, nil))
		if !errors.Is(err, context.Canceled) || MayHaveHappened(err) || s.count() != n {
			t.Errorf("%v", err)
		}
	})
}

func TestSecretsStayIn(t *testing.T) {
	const interaction = "interaction-s3cret"
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := newSite(t, reply(429, `{"message":"slow down","retry_after":5}`, "X-RateLimit-Scope", "user"))
	c := s.client(t, nil, func(o *Options) { o.Log = log })
	var words []string
	for range 2 { // answered, then held back
		_, err := c.CreateFollowup(testContext(t), "5", interaction, MessageSend{Content: "x"})
		words = append(words, fmt.Sprintf("%v %+v %#v", err, err, err))
	}
	s.Close()
	_, err := c.EditOriginalResponse(testContext(t), "5", interaction, MessageEdit{})
	words = append(words, fmt.Sprintf("%v", err), fmt.Sprintf("%v %+v %#v", c.o, c.o, Token(testToken)), logged.String())
	for _, w := range words {
		if strings.Contains(w, interaction) || strings.Contains(w, testToken) {
			t.Errorf("a secret is told: %s", w)
		}
	}
}

func TestWriteOfDeadRouteTellsCode(t *testing.T) {
	s := newSite(t, reply(404, `{"message":"Unknown Channel","code":10003}`))
	err := s.client(t, nil).DeleteChannel(testContext(t), "3")
	if Code(err) != CodeUnknownChannel {
		t.Error(err)
	}
}
