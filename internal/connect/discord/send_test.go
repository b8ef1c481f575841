package discord

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/discord"
)

func posting() *regexp.Regexp { return regexp.MustCompile(`^/channels/\d+/messages$`) }

func TestSendShowsWhoWroteWhat(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	got := r.send(outbound(th, 4, "Hi @everyone <@1> **bold** https://a.example/x_y_z"))
	m, ok := r.s.Message(got.Parts[0].ExternalID)
	if !ok || len(got.Parts) != 1 {
		t.Fatalf("receipt %+v", got)
	}
	e := m.Embeds[0]
	if e.Author.Name != "DemoUser" || e.Footer.Text != "#4" || m.Content != "" {
		t.Errorf("author %q, footer %q, content %q", e.Author.Name, e.Footer.Text, m.Content)
	}
	if !strings.Contains(e.Description, `\*\*bold\*\*`) || !strings.Contains(e.Description, "https://a.example/x_y_z") {
		t.Errorf("markdown shows as formatting, or the link is broken: %q", e.Description)
	}
	if m.MentionEveryone || len(m.Mentions) > 0 {
		t.Error("a customer's text pings")
	}
}

func TestSpeakersAreToldApart(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	say := func(seq int64, a kefu.Author, private bool) fake.Embed {
		out := outbound(th, seq, "text")
		out.Message.Author, out.Message.Private = a, private
		m, _ := r.s.Message(r.send(out).Parts[0].ExternalID)
		return m.Embeds[0]
	}
	customer := say(1, kefu.Author{Kind: kefu.AuthorContact, Name: "A"}, false)
	agent := say(2, kefu.Author{Kind: kefu.AuthorAgent, Name: "A", Via: "Console"}, false)
	note := say(3, kefu.Author{Kind: kefu.AuthorAgent, Name: "A", Via: "Console"}, true)
	if agent.Author.Name != "A (Console)" || note.Author.Name != "📝 內部備註 · A (Console)" {
		t.Errorf("names %q, %q", agent.Author.Name, note.Author.Name)
	}
	if customer.Color == agent.Color || agent.Color == note.Color {
		t.Error("colours do not tell them apart")
	}
}

func TestLongTextWithCodeFence(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	var text strings.Builder
	text.WriteString("before\n```go\n")
	for i := range 400 {
		fmt.Fprintf(&text, "line %04d = *x*\n", i)
	}
	text.WriteString("```\nafter")
	got := r.send(outbound(th, 2, text.String()))
	if len(got.Parts) < 4 {
		t.Fatalf("%d parts for %d characters", len(got.Parts), text.Len())
	}
	all := strings.Join(r.texts(th.ExternalID), "\n")
	for i := range 400 {
		if strings.Count(all, fmt.Sprintf("line %04d = *x*", i)) != 1 {
			t.Fatalf("line %d is not there exactly once", i)
		}
	}
	for i, m := range r.bot(th.ExternalID) {
		e := m.Embeds[0]
		if want := fmt.Sprintf("#2 · %d/%d", i+1, len(got.Parts)); e.Footer.Text != want {
			t.Errorf("footer %q, want %q", e.Footer.Text, want)
		}
		if strings.Count(e.Description, "```")%2 != 0 || len(e.Description) > 2000 {
			t.Errorf("part %d: %d characters, fence open", i, len(e.Description))
		}
		if m.ID != got.Parts[i].ExternalID || got.Parts[i].N != i {
			t.Errorf("part %d is %+v", i, got.Parts[i])
		}
	}
}

func TestKnownPartsAreNotSentAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	out := outbound(th, 2, strings.Repeat("word ", 1000))
	r.s.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Status: 400, Code: 50035, Method: "POST", Path: posting(), Skip: 1, Count: 1})
	first, err := r.c.Send(r.ctx, out)
	refused(t, err, connector.Permanent, connector.ScopeThread)
	if len(first.Parts) != 1 {
		t.Fatalf("parts beside the error: %+v", first.Parts)
	}
	out.Known = first.Parts
	second := r.send(out)
	if n := len(r.bot(th.ExternalID)); n != len(second.Parts) || second.Parts[0] != first.Parts[0] {
		t.Errorf("%d posts for parts %+v", n, second.Parts)
	}
}

// TestLostAnswer holds that a post whose answer was lost is there once, within Discord's nonce window and long after it.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		window time.Duration
		ago    time.Duration
	}{"nonce remembered": {3 * time.Minute, 0}, "nonce forgotten": {time.Nanosecond, 3 * time.Minute}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, fake.Options{NonceWindow: c.window}, nil)
			th := r.open(33)
			out := outbound(th, 2, strings.Repeat("word ", 1000))
			r.s.Inject(fake.Fault{Kind: fake.FaultResetAfter, Method: "POST", Path: posting(), Skip: 1, Count: 1})
			first, err := r.c.Send(r.ctx, out)
			refused(t, err, connector.Uncertain, connector.ScopeThread)
			staff := r.s.AddMember("Alice")
			if _, err := r.s.Say(th.ExternalID, staff.ID, "in between"); err != nil {
				// Only administrators see the channel without roles; a word in between is not needed for the rest.
				t.Log(err)
			}
			out.Known, out.Unsure, out.UnsureSince = first.Parts, true, time.Now().Add(-c.ago)
			second := r.send(out)
			if n := len(r.bot(th.ExternalID)); n != len(second.Parts) || n != 3 {
				t.Errorf("%d posts for %d parts", n, len(second.Parts))
			}
		})
	}
}

func TestLostAnswerOfTheOnlyPartIsFound(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{NonceWindow: time.Nanosecond}, nil)
	th := r.open(33)
	r.s.Inject(fake.Fault{Kind: fake.FaultDropAfter, Method: "POST", Path: posting(), Count: 1})
	out := outbound(th, 2, "ok")
	_, err := r.c.Send(r.ctx, out)
	refused(t, err, connector.Uncertain, connector.ScopeThread)
	r.send(outbound(th, 3, "ok")) // a real second one
	out.Unsure, out.UnsureSince = true, time.Now().Add(-time.Hour)
	if got := r.send(out); !got.Found || len(r.bot(th.ExternalID)) != 2 {
		t.Errorf("found %t, %d posts", got.Found, len(r.bot(th.ExternalID)))
	}
}

func TestRefusalsOfASend(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault fake.Fault
		class connector.Class
		scope connector.Scope
		after time.Duration
	}{
		"limit of the route":   {fake.Fault{Kind: fake.FaultLimitJSON, RetryAfter: 7 * time.Second}, connector.Retryable, connector.ScopeRoute, 7 * time.Second},
		"limit of the channel": {fake.Fault{Kind: fake.FaultLimitJSON, Scope: "shared", RetryAfter: 7 * time.Second}, connector.Retryable, connector.ScopeThread, 7 * time.Second},
		"limit of everything":  {fake.Fault{Kind: fake.FaultLimitGlobal, RetryAfter: 7 * time.Second}, connector.Retryable, connector.ScopeInbox, 7 * time.Second},
		"limit in HTML":        {fake.Fault{Kind: fake.FaultLimitHTML, RetryAfter: 7 * time.Second}, connector.Retryable, connector.ScopeInbox, 7 * time.Second},
		"500":                  {fake.Fault{Kind: fake.FaultErrorJSON}, connector.Uncertain, connector.ScopeThread, 0},
		"502 in HTML":          {fake.Fault{Kind: fake.FaultErrorHTML}, connector.Uncertain, connector.ScopeThread, 0},
		"reset":                {fake.Fault{Kind: fake.FaultResetBefore}, connector.Uncertain, connector.ScopeThread, 0},
		"token":                {fake.Fault{Kind: fake.FaultErrorJSON, Status: http.StatusUnauthorized}, connector.Retryable, connector.ScopeInbox, time.Minute},
		"AutoMod":              {fake.Fault{Kind: fake.FaultErrorJSON, Status: 400, Code: 200000}, connector.Permanent, connector.ScopeThread, 0},
		"form":                 {fake.Fault{Kind: fake.FaultErrorJSON, Status: 400, Code: 50035, Message: "Invalid Form Body"}, connector.Permanent, connector.ScopeThread, 0},
		"proxy's 404":          {fake.Fault{Kind: fake.FaultErrorHTML, Status: 404}, connector.Retryable, connector.ScopeThread, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, fake.Options{}, nil)
			th := r.open(33)
			c.fault.Method, c.fault.Path = "POST", posting()
			remove := r.s.Inject(c.fault)
			_, err := r.c.Send(r.ctx, outbound(th, 2, "text"))
			se := refused(t, err, c.class, c.scope)
			if se.RetryAfter.Round(time.Second) != c.after {
				t.Errorf("retry after %s, want %s", se.RetryAfter, c.after)
			}
			if strings.Contains(err.Error(), r.s.Token()) {
				t.Error("the token is in the error")
			}
			remove()
			if n := len(r.bot(th.ExternalID)); n != 0 {
				t.Errorf("%d posts", n)
			}
		})
	}
}

func TestDiscordDown(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	c := r.connect(set{"api_url": gone.URL})
	_, err := c.Send(r.ctx, outbound(th, 2, "text"))
	refused(t, err, connector.Retryable, connector.ScopeThread)
}

func TestChannelDeletedByHand(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	if err := r.s.DeleteChannel(th.ExternalID); err != nil {
		t.Fatal(err)
	}
	_, err := r.c.Send(r.ctx, outbound(th, 2, "text"))
	refused(t, err, connector.Gone, connector.ScopeThread)
}

func TestMissingPermissionIsNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	err := r.s.SetOverwrite(th.ExternalID, fake.Overwrite{ID: r.s.BotID(), Type: fake.OverwriteMember, Allow: fake.ViewChannel, Deny: fake.SendMessages})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.c.Send(r.ctx, outbound(th, 2, "text"))
	se := refused(t, err, connector.Retryable, connector.ScopeThread)
	if se.RetryAfter == 0 {
		t.Error("a customer's message fails for want of a permission instead of waiting for it")
	}
	if !strings.Contains(se.Reason, "Send Messages") || !strings.Contains(se.Reason, th.ExternalID) {
		t.Errorf("reason %q names neither permission nor channel", se.Reason)
	}
}

func png() []byte { return append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64)...) }

func TestPictures(t *testing.T) {
	t.Parallel()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(png()) }))
	t.Cleanup(site.Close)
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	show := func(seq int64, a ...kefu.Attachment) fake.Message {
		out := outbound(th, seq, "see")
		out.Message.Content.Attachments = a
		m, _ := r.s.Message(r.send(out).Parts[0].ExternalID)
		return m
	}
	kept := show(1, kefu.Attachment{URL: site.URL + "/a.png"})
	if kept.Embeds[0].Image == nil || strings.HasPrefix(kept.Embeds[0].Image.URL, site.URL) {
		t.Errorf("not uploaded: %+v", kept.Embeds[0])
	}
	private := show(2, kefu.Attachment{URL: "http://10.0.0.5/a.png", Type: "image/png"})
	if e := private.Embeds[0]; e.Image != nil || len(e.Fields) != 1 || !strings.Contains(e.Fields[0].Value, "<http://10.0.0.5/a.png>") {
		t.Errorf("a private address is not shown as words alone: %+v", e)
	}
	lost := show(3, kefu.Attachment{URL: "https://unreachable.example/a.png", Type: "image/png"})
	if e := lost.Embeds[0]; e.Image == nil || e.Image.URL != "https://unreachable.example/a.png" {
		t.Errorf("the original link is not shown: %+v", e)
	}
	many := show(4, r.files.put("1.png", png()), r.files.put("詳細.txt", []byte("hello")))
	if len(many.Attachments) != 1 || many.Embeds[0].Image == nil || many.Embeds[len(many.Embeds)-1].Footer.Text != "#4" {
		t.Errorf("attachments %+v, embeds %+v", many.Attachments, many.Embeds)
	}
}

func TestChoicesBecomeButtons(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	out := outbound(th, 5, "關閉？")
	out.Message.Private = true // the desk is asked
	out.Message.Content.Choices = []kefu.Choice{{Label: "關閉", Value: "close"}, {Label: "保持開啟", Value: "keep_open"}, {Label: "Docs", URL: "https://a.example"},
		{Label: strings.Repeat("長", 200), Value: strings.Repeat("v", 300)}}
	m, _ := r.s.Message(r.send(out).Parts[0].ExternalID)
	var ids []string
	for _, b := range m.Components[0].Components {
		ids = append(ids, b.CustomID)
		if len(b.CustomID) > 100 {
			t.Errorf("custom id of %d characters", len(b.CustomID))
		}
	}
	if !slices.Equal(ids[:3], []string{"kefu:close:", "kefu:keep_open:", ""}) || !m.Components[0].Components[3].Disabled {
		t.Errorf("buttons %+v", m.Components[0].Components)
	}
}

func TestEditsAndDeletionsAreShown(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	out := outbound(th, 6, "first")
	got := r.send(out)
	out.Message.Content.Text = "second"
	change := connector.Change{Parts: got.Parts, Message: out.Message}
	if err := r.c.SendChange(r.ctx, th, change); err != nil {
		t.Fatal(err)
	}
	m, _ := r.s.Message(got.Parts[0].ExternalID)
	if e := m.Embeds[0]; e.Description != "second" || e.Footer.Text != "#6 · 已編輯" {
		t.Errorf("%q, %q", e.Description, e.Footer.Text)
	}
	change.Deleted = true
	if err := r.c.SendChange(r.ctx, th, change); err != nil {
		t.Fatal(err)
	}
	if m, _ = r.s.Message(got.Parts[0].ExternalID); m.Embeds[0].Description != zhTW.say("deleted_post") {
		t.Errorf("deleted: %q", m.Embeds[0].Description)
	}
	if err := r.s.DeleteMessage(m.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.c.SendChange(r.ctx, th, change); err != nil {
		t.Errorf("a post that is gone: %v", err)
	}
}

func TestSleepingThreadIsWoken(t *testing.T) {
	t.Parallel()
	r := newRig(t, fake.Options{}, nil)
	th := r.open(33)
	r.s.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Status: 400, Code: 50083, Method: "POST", Path: posting(), Count: 1})
	r.send(outbound(th, 2, "text"))
	woken := slices.ContainsFunc(r.s.Requests(), func(q fake.Request) bool {
		return q.Method == http.MethodPatch && strings.Contains(string(q.Body), `"archived":false`)
	})
	if !woken || len(r.bot(th.ExternalID)) != 1 {
		t.Errorf("woken %t, %d posts", woken, len(r.bot(th.ExternalID)))
	}
	r.s.Inject(fake.Fault{Kind: fake.FaultErrorJSON, Status: 400, Code: 50083, Method: "POST", Path: posting()})
	_, err := r.c.Send(r.ctx, outbound(th, 3, "text"))
	refused(t, err, connector.Permanent, connector.ScopeThread)
}
