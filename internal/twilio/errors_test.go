package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	fake "kefu/internal/fake/twilio"
	"kefu/internal/twilio"
)

func TestFailures(t *testing.T) {
	for name, tc := range map[string]struct {
		fault  fake.Fault
		status int
		wait   time.Duration
		sent   bool
	}{
		"limit":       {fake.Fault{Kind: fake.FaultLimit, RetryAfter: 7 * time.Second}, 429, 7 * time.Second, false},
		"unavailable": {fake.Fault{Kind: fake.FaultError, RetryAfter: 3 * time.Second}, 503, 3 * time.Second, true},
		"page":        {fake.Fault{Kind: fake.FaultPage}, 502, 0, true},
		"forbidden":   {fake.Fault{Kind: fake.FaultError, Status: 403, Code: 20008}, 403, 0, false},
		"cut":         {fake.Fault{Kind: fake.FaultCut}, 0, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, fake.Options{})
			s.Inject(tc.fault)
			_, err := c.CreateConversation(testContext(t), twilio.ConversationCreate{UniqueName: "x"})
			var e *twilio.APIError
			if !errors.As(err, &e) || e.Status != tc.status || e.RetryAfter != tc.wait || e.Sent != tc.sent || e.Code != tc.fault.Code && tc.fault.Code != 0 {
				t.Errorf("%+v", e)
			}
			if tc.status != 0 && tc.fault.Kind != fake.FaultPage && e.MoreInfo == "" {
				t.Error("no more_info")
			}
		})
	}
}

func TestCredentials(t *testing.T) {
	s, _ := start(t, fake.Options{})
	o := s.Options()
	for name, tc := range map[string]struct {
		key    string
		secret string
		ok     bool
	}{
		"token": {"", o.AuthToken, true}, "key": {o.Key, o.KeySecret, true}, "wrong": {o.Key, "s3cret-w0rd", false},
	} {
		c := twilio.New(twilio.Options{Account: o.Account, Key: tc.key, Secret: twilio.Secret(tc.secret), Bases: twilio.OneBase(s.URL())})
		_, err := c.Account(testContext(t))
		c.Close()
		if (err == nil) != tc.ok || !tc.ok && (twilio.Code(err) != twilio.CodeUnauthorized || strings.Contains(err.Error(), tc.secret)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	o := twilio.Options{Account: "AC1", Secret: "s3cret-w0rd", Bases: twilio.OneBase("http://127.0.0.1:1")}
	c := twilio.New(o)
	defer c.Close()
	_, err := c.ScopedHooks(testContext(t), "+886912345678")
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", o, o, o, o.Secret), fmt.Sprint(err)} {
		if strings.Contains(text, "s3cret-w0rd") || strings.Contains(text, "912345678") {
			t.Error(text)
		}
	}
	if err == nil || twilio.MayHaveHappened(err) {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	s, c := start(t, fake.Options{})
	ctx := testContext(t)
	for name, err := range map[string]error{
		"attributes": second(c.CreateMessage(ctx, "CH1", twilio.MessageCreate{Body: "x", Attributes: `{"a"`})),
		"a list":     second(c.CreateConversation(ctx, twilio.ConversationCreate{Attributes: `[]`})),
		"null":       second(c.UpdateConversation(ctx, "CH1", twilio.ConversationUpdate{Attributes: `null`})),
		"no id":      second(c.Conversation(ctx, "")),
		"dots":       second(c.Conversation(ctx, "..")),
	} {
		if err == nil || twilio.MayHaveHappened(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

func second[T any](_ T, err error) error { return err }

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(testContext(t))
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices that the client is gone only when the body is read
		cancel()
		<-r.Context().Done()
	}))
	defer srv.Close()
	c := twilio.New(twilio.Options{Account: "AC1", Secret: "x", Bases: twilio.OneBase(srv.URL)})
	defer c.Close()
	_, err := c.CreateConversation(ctx, twilio.ConversationCreate{UniqueName: "x"})
	if !errors.Is(err, context.Canceled) || !twilio.MayHaveHappened(err) {
		t.Errorf("%v", err)
	}
}

// TestHostileAnswers has a server that answers what Twilio never would.
func TestHostileAnswers(t *testing.T) {
	var answer func(http.ResponseWriter, *http.Request)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer srv.Close()
	c := twilio.New(twilio.Options{Account: "AC1", Secret: "x", Bases: twilio.OneBase(srv.URL), MaxMedia: 1000})
	defer c.Close()
	ctx := testContext(t)
	link := ""
	media := func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"sid":"ME1","size":5,"links":{"content_direct_temporary":%q}}`, link)
	}
	for _, link = range []string{"http://169.254.169.254/latest", "http://media.twilio.com.evil.test/x", "https://x@media.us1.twilio.com/", "file:///etc/passwd", "", "https://eviltwilio.com/", "http://media.us1.twilio.com/x"} {
		answer = media
		if _, _, err := c.DownloadMedia(ctx, "IS1", "ME1"); err == nil || !strings.Contains(err.Error(), "no address") {
			t.Errorf("%q was followed: %v", link, err)
		}
	}
	answer = func(w http.ResponseWriter, r *http.Request) {
		if link = srv.URL + "/file"; r.URL.Path != "/file" {
			media(w, r)
			return
		}
		_, _ = w.Write(make([]byte, 1001))
	}
	if _, _, err := c.DownloadMedia(ctx, "IS1", "ME1"); !errors.Is(err, twilio.ErrMediaTooLarge) {
		t.Errorf("a file larger than it says: %v", err)
	}
	answer = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
	}
	if _, err := c.Account(ctx); twilio.Status(err) != http.StatusFound {
		t.Errorf("a redirect: %v", err)
	}
	answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "9999999999999")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	var e *twilio.APIError
	if _, err := c.Account(ctx); !errors.As(err, &e) || e.RetryAfter != time.Hour {
		t.Errorf("a wait without end: %+v", e)
	}
}
