package chatwoot

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/chatwoot"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, conformance(connectortest.Harness{Start: conformanceDesk}))
}

// TestConformanceOfCustomers holds the conversations of Chatwoot's own customers to what is promised of a customer's threads.
func TestConformanceOfCustomers(t *testing.T) {
	connectortest.Run(t, conformance(connectortest.Harness{Start: conformanceChannel, Customers: true}))
}

func conformance(h connectortest.Harness) connectortest.Harness {
	h.Factory, h.Address = Factory{}, "url"
	h.Every = map[string]any{
		"url": "https://chat.example/support", "account_id": "7", "inbox_id": 9, "api_token": "every-api-token", "bot_token": "every-bot-token",
		"hook_secret": "every-hook-secret", "hook_path_token": "every-path-token-of-some-length", "signatures": "optional", "sweep_every": "90s",
		"bot": true, "rich": false, "lang": "en",
	}
	h.Settings = func(c connector.Connector) any { return c.(*Connector).set }
	h.Denied = connector.Retryable
	h.Quiet = []connector.MarkState{connector.MarkWaiting, connector.MarkDelivered}
	h.Wrong, h.WrongWord = map[string]any{"api_token": "wrong-token"}, "token"
	return h
}

const testSecret = "hook-secret-of-the-tests"

func conformanceDesk(t *testing.T, hooks string) *connectortest.Remote {
	s := startFake(t, fake.Options{}, hooks)
	remote := conformanceRemote(t, s, fake.APIInbox)
	remote.Write = func(th connector.Thread, text string) string {
		return conformanceWrite(t, s, th, func(id int64) (int64, error) { return s.Say(id, fake.Agent, text) })
	}
	return remote
}

func conformanceChannel(t *testing.T, hooks string) *connectortest.Remote {
	s := startFake(t, fake.Options{}, hooks)
	remote := conformanceRemote(t, s, fake.WebInbox)
	remote.Thread = func(n int) connector.Thread {
		id, err := s.StartConversation(s.AddContact("DemoUser", ""), fake.WebInbox)
		if err != nil {
			t.Fatal(err)
		}
		return connector.Thread{LinkID: "lnk_1", ConversationID: "cnv_1", TicketNumber: int64(n), Role: kefu.RoleCustomer, ExternalID: threadOf(t, s, id),
			Base: connector.Standing{Status: kefu.StatusOpen, Priority: kefu.PriorityMedium}}
	}
	remote.Write = func(th connector.Thread, text string) string {
		return conformanceWrite(t, s, th, func(id int64) (int64, error) { return s.CustomerWrites(id, text) })
	}
	return remote
}

func startFake(t *testing.T, o fake.Options, hooks string) *fake.Server {
	t.Helper()
	s := fake.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if hooks != "" {
		s.AddWebhook(hooks, testSecret)
	}
	const found = "https://kefu.example/hooks/conformance" // by the probe; nobody hears there
	s.InjectHook(fake.HookFault{To: found, Drop: true})
	s.AddWebhook(found, testSecret)
	return s
}

// threadOf is what a conversation of the fake's is called.
func threadOf(t *testing.T, s *fake.Server, id int64) string {
	t.Helper()
	talk, ok := s.Talk(id)
	if !ok {
		t.Fatalf("there is no conversation %d", id)
	}
	return dotted(id, talk.At.Unix())
}

func talkOf(s *fake.Server, th connector.Thread) fake.Talk {
	p, _ := parsePlace(th.ExternalID)
	talk, _ := s.Talk(p.id)
	return talk
}

func conformanceWrite(t *testing.T, s *fake.Server, th connector.Thread, write func(int64) (int64, error)) string {
	id, err := write(numberOf(th.ExternalID))
	if err != nil {
		t.Error(err)
	}
	for _, m := range talkOf(s, th).Messages {
		if m.ID == id {
			return dotted(id, m.At.Unix())
		}
	}
	t.Errorf("message %d is not there", id)
	return ""
}

// own are our messages in a thread.
func own(s *fake.Server, th connector.Thread) []fake.Said {
	var list []fake.Said
	for _, m := range talkOf(s, th).Messages {
		if name, _ := m.Attributes[attrDelivery].(string); strings.HasPrefix(name, "dlv_") {
			list = append(list, m)
		}
	}
	return list
}

func conformanceRemote(t *testing.T, s *fake.Server, inbox int64) *connectortest.Remote {
	return &connectortest.Remote{
		Settings: map[string]any{"url": s.URL(), "account_id": 1, "inbox_id": inbox, "api_token": "user-token", "hook_secret": testSecret, "sweep_every": "1m"},
		Posts: func(th connector.Thread) []connectortest.Post {
			var posts []connectortest.Post
			for _, m := range own(s, th) {
				posts = append(posts, connectortest.Post{ID: dotted(m.ID, m.At.Unix()), Text: m.Content})
			}
			return posts
		},
		Pings: func(th connector.Thread) int {
			n := 0
			for _, m := range own(s, th) {
				n += strings.Count(m.Content, "(mention://")
			}
			return n
		},
		Vanish: func(th connector.Thread) {
			if err := s.Forget(numberOf(th.ExternalID)); err != nil {
				t.Error(err)
			}
		},
		Break:  func(f connectortest.Fault, c connectortest.Call, skip int) { s.Inject(conformanceFault(f, c, skip)) },
		State:  func() any { return s.Talks() },
		Until:  until,
		Echoes: true,
	}
}

// until asks again and again; the fake has no signal for every change.
func until(ctx context.Context, cond func() bool) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func conformanceFault(f connectortest.Fault, c connectortest.Call, skip int) fake.Fault {
	fault := map[connectortest.Fault]fake.Fault{
		connectortest.LoseAnswer: {Kind: fake.FaultCut},
		connectortest.HoldAnswer: {Kind: fake.FaultLate, Delay: time.Minute},
		connectortest.LimitJSON:  {Kind: fake.FaultRaw, Status: 429, Body: `{"error":"Too many requests"}`, RetryAfter: connectortest.Wait},
		connectortest.LimitHTML:  {Kind: fake.FaultLimit, RetryAfter: connectortest.Wait},
		connectortest.Deny:       {Kind: fake.FaultRaw, Status: 401, Body: `{"errors":["Invalid Access Token"]}`},
		connectortest.FailHTML:   {Kind: fake.FaultHTML, Status: 500},
		connectortest.Reset:      {Kind: fake.FaultCutOff},
	}[f]
	fault.Method, fault.Path, fault.Skip, fault.Count = http.MethodPost, regexp.MustCompile(`/conversations/\d+/messages$`), skip, 1
	if c == connectortest.CallOpen {
		fault.Path = regexp.MustCompile(`/conversations$`)
	}
	return fault
}
