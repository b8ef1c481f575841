package chatwoot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu/chatwoot"
	fake "kefu/internal/fake/chatwoot"
)

func TestNewRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		base, token string
		account     int64
	}{
		"no scheme":      {"chat.example.com", "t", 1},
		"ftp":            {"ftp://chat.example.com", "t", 1},
		"no host":        {"https://", "t", 1},
		"query":          {"https://chat.example.com?a=b", "t", 1},
		"user":           {"https://u:hunter2@chat.example.com", "t", 1},
		"unreadable":     {"https://u:hunter2@[chat", "t", 1},
		"no token":       {"https://chat.example.com", "", 1},
		"token of lines": {"https://chat.example.com", "a\nb", 1},
		"no account":     {"https://chat.example.com", "t", 0},
	} {
		_, err := chatwoot.New(c.base, c.token, c.account)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells a password: %v", name, err)
		}
	}
	for _, base := range []string{"https://chat.example.com", "http://chat.example.com:3000/", "HTTPS://chat.example.com/support"} {
		if _, err := chatwoot.New(base, "t", 1); err != nil {
			t.Errorf("%s: %v", base, err)
		}
	}
	if _, err := chatwoot.New("https://chat.example.com", "t", 1, chatwoot.WithHTTPClient(nil)); err == nil {
		t.Error("a nil http.Client was accepted")
	}
}

func TestBaseWithPath(t *testing.T) {
	s, c := start(t, fake.Options{Prefix: "/support"})
	p, err := c.Profile(t.Context())
	must(t, err)
	have(t, "role", p.Accounts[0].Role, "administrator")
	have(t, "path", s.Requests()[0].Path, "/api/v1/profile")
}

const secretToken = "s3cr3t-t0k3n"

// TestTokenIsNeverPrinted tries every verb on all that holds the token, and on errors of every kind.
func TestTokenIsNeverPrinted(t *testing.T) {
	s, c := start(t, fake.Options{Token: secretToken})
	bot, err := c.CreateAgentBot(t.Context(), chatwoot.AgentBotChange{Name: "b"})
	must(t, err)
	hook, err := c.CreateWebhook(t.Context(), chatwoot.WebhookChange{URL: "https://k.example.com", Subscriptions: []string{"message_created"}})
	must(t, err)
	if hook.Secret.IsZero() || hook.Secret.Reveal() == "[secret]" || bot.AccessToken.Reveal() != "bot-token" {
		t.Fatal("the secrets did not come")
	}
	s.Inject(fake.Fault{Kind: fake.FaultRaw, Count: 1, Status: 400, Body: `{"error":"what is ` + secretToken + `?"}`})
	_, refused := c.Profile(t.Context())
	s.Inject(fake.Fault{Kind: fake.FaultCutOff, Count: 1, Method: "POST"})
	_, broken := c.SendMessage(t.Context(), 1, chatwoot.Message{Content: "x"})
	profile, err := c.Profile(t.Context())
	must(t, err)
	type holder struct{ c chatwoot.Client }
	for name, v := range map[string]any{"client": c, "value": *c, "inside": holder{*c}, "bot": bot, "hook": *hook, "refused": refused, "broken": broken, "profile": profile} {
		for _, verb := range "vsqdxXtbcoOUeEfFgGpT" {
			for _, flag := range []string{"", "+", "#"} {
				shown := fmt.Sprintf("%"+flag+string(verb), v)
				for _, secret := range []string{secretToken, hook.Secret.Reveal(), "bot-token"} {
					if strings.Contains(shown, secret) || strings.Contains(strings.ToLower(shown), fmt.Sprintf("%x", secret)) {
						t.Errorf("%s with %%%s%c shows a secret: %s", name, flag, verb, shown)
					}
				}
			}
		}
		if raw, err := json.Marshal(v); err == nil && (strings.Contains(string(raw), secretToken) || strings.Contains(string(raw), hook.Secret.Reveal())) {
			t.Errorf("%s as JSON shows a secret: %s", name, raw)
		}
	}
	if refused == nil || broken == nil {
		t.Errorf("no errors came: %v, %v", refused, broken)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		fault fake.Fault
		want  chatwoot.Error
	}{
		"429 with a time": {fake.Fault{Kind: fake.FaultLimit, RetryAfter: 7 * time.Second}, chatwoot.Error{Status: 429, Code: "rate_limited", RetryAfter: 7 * time.Second}},
		"429 without":     {fake.Fault{Kind: fake.FaultLimit}, chatwoot.Error{Status: 429, Code: "rate_limited"}},
		"500":             {fake.Fault{Kind: fake.FaultError}, chatwoot.Error{Status: 500, Code: "unavailable", Words: "Internal Server Error"}},
		"a proxy's page":  {fake.Fault{Kind: fake.FaultHTML}, chatwoot.Error{Status: 502, Code: "unavailable", Words: "the answer is not from Chatwoot: is there a proxy before it?"}},
		"a login page":    {fake.Fault{Kind: fake.FaultHTML, Status: 200}, chatwoot.Error{Status: 200, Code: chatwoot.CodeNotChatwoot}},
		"a redirect":      {fake.Fault{Kind: fake.FaultHTML, Status: 302}, chatwoot.Error{Status: 302, Code: "redirected"}},
		"errors":          {fake.Fault{Kind: fake.FaultRaw, Status: 422, Body: `{"description":"Invalid","errors":[{"field":"a","message":"a is bad","code":"x"}]}`}, chatwoot.Error{Status: 422, Code: "invalid", Words: "Invalid; a is bad"}},
		"a flood": {fake.Fault{Kind: fake.FaultRaw, Status: 422, Body: `{"error":"Validierung fehlgeschlagen: Too many messages"}`},
			chatwoot.Error{Status: 422, Code: chatwoot.CodeFlooded, Words: "Validierung fehlgeschlagen: Too many messages"}},
		"a bad code": {fake.Fault{Kind: fake.FaultRaw, Status: 402, Body: `{"error":"pay","code":"a\n` + strings.Repeat("user-token", 99) + `"}`},
			chatwoot.Error{Status: 402, Code: "a " + strings.Repeat("[secret]", 62) + "[s", Words: "pay"}},
		"a number": {fake.Fault{Kind: fake.FaultRaw, Status: 422, Body: `{"error":"no","code":422}`}, chatwoot.Error{Status: 422, Code: "invalid", Words: "no"}},
		"a code":   {fake.Fault{Kind: fake.FaultRaw, Status: 402, Body: `{"error":"pay","code":"limit_exceeded"}`}, chatwoot.Error{Status: 402, Code: "limit_exceeded", Words: "pay"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := start(t, fake.Options{})
			s.Inject(c.fault)
			_, err := client.Profile(t.Context())
			var e *chatwoot.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no *Error", err)
			}
			if c.want.Words == "" {
				c.want.Words = e.Words
			}
			have(t, "error", *e, c.want)
			have(t, "requests", len(s.Requests()), 1) // nothing is tried again
			have(t, "temporary", e.Temporary(), e.Status == 429 || e.Status >= 500 || name == "a flood")
			have(t, "rate limited", chatwoot.IsRateLimited(err), e.Status == 429 || name == "a flood")
		})
	}
}

// TestFlood writes more into one conversation than it takes within a minute.
func TestFlood(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s, c := start(t, fake.Options{PerMinute: 2, Now: func() time.Time { return now }})
	id := talk(t, s)
	_, err := s.CustomerWrites(id, "1")
	must(t, err)
	for i, limited := range []bool{false, true, true, false} {
		if i == 3 {
			now = now.Add(61 * time.Second)
		}
		if _, err := c.SendMessage(t.Context(), id, chatwoot.Message{Content: "more"}); chatwoot.IsRateLimited(err) != limited || (err == nil) == limited {
			t.Errorf("message %d: %v", i, err)
		}
	}
}

// TestWhatEveryCallSays of itself, by the names that Chatwoot documents.
func TestWhatEveryCallSays(t *testing.T) {
	s, c := start(t, fake.Options{}, chatwoot.WithUserAgent("invoices/1.2"))
	id := talk(t, s)
	_, err := c.SendMessage(t.Context(), id, chatwoot.Message{Content: "x"})
	must(t, err)
	_, err = c.Conversation(t.Context(), id)
	must(t, err)
	for i, kind := range []string{"application/json", ""} {
		h := s.Requests()[i].Header
		have(t, "headers", h.Get("User-Agent")+" "+h.Get("Accept")+" "+h.Get("Api_access_token")+" "+h.Get("Content-Type"), "invoices/1.2 application/json user-token "+kind)
	}
}

func TestAnswersAreCapped(t *testing.T) {
	s, c := start(t, fake.Options{})
	s.Inject(fake.Fault{Kind: fake.FaultRaw, Count: 1, Body: `{"id":7}` + strings.Repeat(" ", chatwoot.MaxAnswer-len(`{"id":7}`))})
	if _, err := c.Profile(t.Context()); err != nil {
		t.Errorf("an answer as long as the cap: %v", err)
	}
	s.Inject(fake.Fault{Kind: fake.FaultHuge})
	if _, err := c.Profile(t.Context()); !errors.Is(err, chatwoot.ErrTooLarge) {
		t.Errorf("an answer of 11 MiB: %v", err)
	}
}

func TestContextEndsACall(t *testing.T) {
	s, c := start(t, fake.Options{})
	s.Inject(fake.Fault{Kind: fake.FaultSlow, Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Profile(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a slow server: %v", err)
	}
}

func TestCutAfterTaking(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	s.Inject(fake.Fault{Kind: fake.FaultCut, Count: 1, Path: regexp.MustCompile(`/messages$`)})
	if _, err := c.SendMessage(t.Context(), id, chatwoot.Message{Content: "once", EchoID: "e1"}); err == nil {
		t.Fatal("the answer was lost, and no error came")
	}
	list, err := c.Messages(t.Context(), id, 0)
	must(t, err)
	have(t, "messages", len(list), 1)
}

func TestTheBotsToken(t *testing.T) {
	s, _ := start(t, fake.Options{})
	id := talk(t, s)
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	bot, err := chatwoot.New(s.URL(), "bot-token", 1, chatwoot.WithHTTPClient(&http.Client{Transport: tr}))
	must(t, err)
	_, err = bot.SendMessage(t.Context(), id, chatwoot.Message{Content: "beep"})
	must(t, err)
	if _, err := bot.Messages(t.Context(), id, 0); !chatwoot.IsUnauthorized(err) {
		t.Errorf("a bot read messages: %v", err)
	}
	other, err := chatwoot.New(s.URL(), "user-token", 2, chatwoot.WithHTTPClient(&http.Client{Transport: tr}))
	must(t, err)
	if _, err := other.Conversation(t.Context(), id); !chatwoot.IsUnauthorized(err) {
		t.Errorf("another account: %v", err)
	}
}
