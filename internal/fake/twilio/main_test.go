package twilio_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	oracle "github.com/twilio/twilio-go/client"
	"go.uber.org/goleak"

	"kefu/internal/fake/twilio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// heard is a webhook that arrived.
type heard struct {
	form url.Values
	good bool // signed for its address, says Twilio's own client
}

func (h heard) event() string { return h.form.Get("EventType") }

// ear takes webhooks.
type ear struct {
	url   string
	token string
	got   chan heard

	mu     sync.Mutex
	status []int // of the next answers, then 200
}

func newEar(t *testing.T) *ear {
	e := &ear{got: make(chan heard, 100), token: "fake-auth-token"}
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	e.url = srv.URL + "/hooks/in_1/forward-to-discord?a=b"
	return e
}

func (e *ear) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body) // a broken body has no good signature
	form, _ := url.ParseQuery(string(b))
	v := oracle.NewRequestValidator(e.token)
	e.got <- heard{form, v.ValidateBody("http://"+r.Host+r.URL.RequestURI(), b, r.Header.Get("X-Twilio-Signature"))}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.status) > 0 {
		w.WriteHeader(e.status[0])
		e.status = e.status[1:]
	}
}

// next waits for a webhook.
func (e *ear) next(t *testing.T) heard {
	t.Helper()
	select {
	case h := <-e.got:
		return h
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook came")
		return heard{}
	}
}

// start runs a server for one test, and gives Twilio's own client of it.
func start(t *testing.T, o twilio.Options) (*twilio.Server, *conversations.ApiService) {
	t.Helper()
	s := twilio.New(o)
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	c := &oracle.Client{
		Credentials: oracle.NewCredentials(s.Options().Account, "token"),
		HTTPClient:  &http.Client{Transport: here{s, tr}},
	}
	c.SetAccountSid(s.Options().Account)
	return s, conversations.NewApiServiceWithClient(c)
}

// here turns requests to Twilio into requests to a fake.
type here struct {
	s *twilio.Server
	http.RoundTripper
}

func (h here) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := url.Parse(h.s.URL())
	if err != nil {
		return nil, err
	}
	r.URL.Scheme, r.URL.Host, r.Host = to.Scheme, to.Host, to.Host
	r.SetBasicAuth(h.s.Options().Account, h.s.Options().AuthToken)
	return h.RoundTripper.RoundTrip(r)
}
