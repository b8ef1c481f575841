package twilio

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/twilio"
	api "kefu/internal/twilio"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, connectortest.Harness{
		Factory: Factory{},
		Start:   conformanceFlex,
		Address: "base_urls",
		Every: map[string]any{
			"account_sid": "AC" + strings.Repeat("9", 32), "auth_token": "every-token", "api_key": "SK" + strings.Repeat("9", 32), "api_secret": "every-secret",
			"service_sid": "IS" + strings.Repeat("9", 32), "messaging_service_sid": "MG" + strings.Repeat("9", 32), "workspace_sid": "WS" + strings.Repeat("9", 32),
			"workflow_sid": "WW" + strings.Repeat("9", 32), "channel_type": "chat", "routing": "studio", "flow_sid": "FW" + strings.Repeat("9", 32), "default": true,
			"base_urls": map[string]string{"conversations": "https://c.example", "flex": "https://f.example", "studio": "https://s.example",
				"taskrouter": "https://t.example", "api": "https://a.example", "mcs": "https://m.example"},
			"lang": "zh-CN", "sweep_every": "90s", "bot": true, "numbers": []string{"+12025550199"},
		},
		Settings:  func(c connector.Connector) any { return c.(*Connector).set },
		Denied:    connector.Retryable,
		Limit:     api.MaxText,
		Quiet:     []connector.MarkState{connector.MarkWaiting, connector.MarkDelivered},
		Wrong:     map[string]any{"auth_token": "wrong-token"},
		WrongWord: "auth_token",
	})
}

// redirected sends what is meant for our public address to the door of a test.
type redirected struct {
	door string
	http.RoundTripper
}

// RoundTrip sends a request where the door is.
func (r redirected) RoundTrip(q *http.Request) (*http.Response, error) {
	to, err := url.Parse(r.door)
	if err != nil {
		return nil, err
	}
	q.URL.Scheme, q.URL.Host = to.Scheme, to.Host
	return r.RoundTripper.RoundTrip(q)
}

// conformanceFlex is a Twilio whose agents answer in the conversations that we open.
func conformanceFlex(t *testing.T, hooks string) *connectortest.Remote {
	tr := &http.Transport{}
	s := fake.New(fake.Options{Client: &http.Client{Transport: redirected{hooks, tr}}})
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		_ = s.Close()
		judgeAll(t, s)
	})
	return &connectortest.Remote{
		Settings: deskSettings(s),
		Posts:    func(th connector.Thread) []connectortest.Post { return posts(s, th) },
		Pings:    func(connector.Thread) int { return 0 }, // a conversation of Twilio's calls nobody by name
		Write: func(th connector.Thread, text string) string {
			id, err := s.AgentSays(th.ExternalID, "amy_40shop_2Eexample", text)
			if err != nil {
				t.Error(err)
			}
			return id
		},
		Vanish: func(th connector.Thread) { s.Remove(th.ExternalID) },
		Break:  func(f connectortest.Fault, c connectortest.Call, skip int) { s.Inject(conformanceFault(f, c, skip)) },
		State:  func() any { return plainState(s) },
		Until:  until,
		Echoes: true,
	}
}

// posts are our messages in a conversation.
func posts(s *fake.Server, th connector.Thread) []connectortest.Post {
	var list []connectortest.Post
	n, _ := s.Conversation(th.ExternalID)
	for _, m := range n.Messages {
		if _, ours := sentMarkOf(api.Message{Attributes: m.Attributes}); ours {
			list = append(list, connectortest.Post{ID: m.SID, Text: m.Body})
		}
	}
	return list
}

// plainState is everything there is, without what is noted of it in conversations.
func plainState(s *fake.Server) any {
	all := s.Conversations()
	for i := range all {
		all[i].Attributes = ""
	}
	return []any{all, s.Interactions()}
}

func until(ctx context.Context, cond func() bool) error {
	for !cond() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func conformanceFault(f connectortest.Fault, c connectortest.Call, skip int) fake.Fault {
	fault := map[connectortest.Fault]fake.Fault{
		connectortest.LoseAnswer: {Kind: fake.FaultCut},
		connectortest.HoldAnswer: {Kind: fake.FaultHold, Delay: time.Minute},
		connectortest.LimitJSON:  {Kind: fake.FaultLimit, RetryAfter: connectortest.Wait},
		connectortest.LimitHTML:  {Kind: fake.FaultPage, Status: http.StatusTooManyRequests, RetryAfter: connectortest.Wait},
		connectortest.Deny:       {Kind: fake.FaultError, Status: http.StatusUnauthorized, Code: api.CodeUnauthorized},
		connectortest.FailHTML:   {Kind: fake.FaultPage, Status: http.StatusInternalServerError},
		connectortest.Reset:      {Kind: fake.FaultReset},
	}[f]
	path := map[connectortest.Call]string{connectortest.CallSend: `^/v1/Conversations/[^/]+/Messages$`, connectortest.CallOpen: `^/v1/Interactions$`}[c]
	fault.Method, fault.Path, fault.Count, fault.Skip = http.MethodPost, regexp.MustCompile(path), 1, skip
	return fault
}
