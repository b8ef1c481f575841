package twilio

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	fake "kefu/internal/fake/twilio"
)

// endedPlaces are the hosts and paths of what Twilio has ended: Programmable Chat, and Flex's old channels and flows. The patterns are of our own,
// besides those of the client, so that a mistake in one of them is seen by the other.
var endedPlaces = []*regexp.Regexp{
	regexp.MustCompile(`^chat\.`), regexp.MustCompile(`^flex-api\.[^/]*/v1/(Channels|FlexFlows|WebChannels)(/|$)`), regexp.MustCompile(`/v2/Services(/|$)`),
}

var errEnded = errors.New("this address belongs to what Twilio has ended")

// guarded sends what is meant for Twilio to a fake, but for what Twilio has ended, which it refuses and remembers.
type guarded struct {
	fake string
	http.RoundTripper
	mu     sync.Mutex
	calls  []string
	denied []string
}

// RoundTrip sends a request to the fake.
func (g *guarded) RoundTrip(q *http.Request) (*http.Response, error) {
	to, err := url.Parse(g.fake)
	if err != nil {
		return nil, err
	}
	name := q.URL.Host + q.URL.Path
	g.mu.Lock()
	g.calls = append(g.calls, q.URL.Host)
	dead := slices.ContainsFunc(endedPlaces, func(r *regexp.Regexp) bool { return r.MatchString(name) })
	if dead {
		g.denied = append(g.denied, name)
	}
	g.mu.Unlock()
	if dead {
		return nil, errEnded
	}
	q.URL.Scheme, q.URL.Host = to.Scheme, to.Host
	return g.RoundTripper.RoundTrip(q)
}

// TestNothingEndedIsCalled lets the connector do all that it can with Twilio's own addresses.
func TestNothingEndedIsCalled(t *testing.T) {
	s := fake.New(fake.Options{})
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	g := &guarded{fake: s.URL(), RoundTripper: tr}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		_ = s.Close()
		judgeAll(t, s)
	})
	deps := connectortest.Deps(t, &connectortest.Log{})
	deps.Operator = &http.Client{Transport: g}
	set := deskSettings(s)
	delete(set, "base_urls")
	r := &rig{t: t, Server: s, deps: deps, c: build(t, deps, set)}

	o := opening()
	o.Again, o.Unsure, o.History = true, true, []kefu.Message{{ID: "msg_0", Author: customer(), Content: kefu.Content{Text: "hello"}}}
	th, err := r.c.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r.send(from(th, "1", customer(), "我的訂單呢?"))
	r.c.deps.Now = func() time.Time { return time.Now().Add(openTime) }
	r.look(connector.Thread{ExternalID: th.ExternalID})
	out := from(th, "2", customer(), "看")
	files, _ := deps.Files.(*connectortest.Files)
	out.Message.Content.Attachments = []kefu.Attachment{files.Put("a.txt", []byte("text"))}
	out.Unsure = true
	r.send(out)
	must[string](t)(s.AgentSays(th.ExternalID, amy, "hi"))
	r.look(th)
	must[[]string](t)(r.c.Changed(t.Context(), time.Time{}))
	closed := th.Base
	closed.Status = kefu.StatusClosed
	must[connector.Standing](t)(r.c.SendStanding(t.Context(), th, closed, th.Base))
	if doctor := connector.AbilitiesOf(r.c).Prober; doctor != nil {
		must[[]connector.Finding](t)(doctor.Probe(t.Context()))
	}
	r.customers(t, set)

	if len(g.denied) > 0 || slices.Contains(g.calls, "chat.twilio.com") {
		t.Errorf("called %q", g.denied)
	}
	for _, host := range []string{"conversations.twilio.com", "flex-api.twilio.com", "mcs.us1.twilio.com", "taskrouter.twilio.com"} {
		if !slices.Contains(g.calls, host) {
			t.Errorf("%s was not called: the test has lost its grip", host)
		}
	}
}

// customers lets a phone write, and be answered.
func (r *rig) customers(t *testing.T, set map[string]any) {
	t.Helper()
	delete(set, "workspace_sid")
	delete(set, "workflow_sid")
	c := build(t, r.deps, set)
	room, _ := r.CustomerTexts("+886912345678", "+12025550100", "你好")
	var thread string
	err := c.Look(t.Context(), connector.Thread{ExternalID: room}, func(_ context.Context, in connector.Inbound) (connector.Result, error) {
		thread = in.ThreadID
		return connector.Result{ConversationID: "cnv_2"}, nil
	})
	if err != nil || thread == "" {
		t.Fatalf("a text: thread %q, %v", thread, err)
	}
	out := from(connector.Thread{ExternalID: thread, Role: kefu.RoleCustomer, LinkID: "lnk_2"}, "9", kefu.Author{Kind: kefu.AuthorAgent, Name: "小美"}, "您好")
	must[connector.Receipt](t)(c.Send(t.Context(), out))
	must[[]string](t)(c.Changed(t.Context(), time.Time{}))
}

// TestTheGuardRefuses shows that the test above can fail.
func TestTheGuardRefuses(t *testing.T) {
	g := &guarded{fake: "http://127.0.0.1:1", RoundTripper: http.DefaultTransport}
	for _, address := range []string{
		"https://chat.twilio.com/v2/Services", "https://flex-api.twilio.com/v1/Channels", "https://flex-api.twilio.com/v1/FlexFlows/FO1", "https://flex-api.twilio.com/v1/WebChannels",
	} {
		q := must[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody))
		res, err := g.RoundTrip(q)
		if err == nil {
			_ = res.Body.Close()
		}
		if !errors.Is(err, errEnded) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if q := "flex-api.twilio.com/v1/Interactions/KD1/Channels"; slices.ContainsFunc(endedPlaces, func(r *regexp.Regexp) bool { return r.MatchString(q) }) {
		t.Errorf("%s is modern", q)
	}
}
