package twilio

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// dead is what Twilio has ended, said here once more so that a mistake of the guard is seen.
var dead = regexp.MustCompile(`(?i)^https?://([^/]*\.)?chat\.([^/]*\.)?twilio\.com|/v1/(Channels|FlexFlows|WebChannels)(/|$)|/v2/Services|/v1/Services/[^/]+/Channels`)

// living takes Interactions' channels out of what looks dead.
var living = regexp.MustCompile(`/v1/Interactions/[^/]+/Channels`)

// asked remembers where requests go, and answers nothing good.
type asked struct{ urls []string }

func (a *asked) RoundTrip(r *http.Request) (*http.Response, error) {
	a.urls = append(a.urls, r.URL.String())
	body := `{"sid":"ME1","links":{"content_direct_temporary":"https://media.us1.twilio.com/ME1?Expires=1"}}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// TestNothingRetiredIsAsked calls every method of the client that makes requests, whatever is added to it.
func TestNothingRetiredIsAsked(t *testing.T) {
	a := &asked{}
	c := New(Options{Account: "AC1", Secret: "x", HTTP: &http.Client{Transport: a}})
	v := reflect.ValueOf(c)
	called := 0
	for i := range v.NumMethod() {
		kind := v.Type().Method(i).Type
		if kind.NumIn() < 2 {
			continue // makes no request
		}
		args := []reflect.Value{reflect.ValueOf(t.Context())}
		for n := 2; n < kind.NumIn(); n++ {
			arg := reflect.New(kind.In(n)).Elem()
			if arg.Kind() == reflect.String {
				arg.SetString("X1")
			}
			args = append(args, arg)
		}
		before := len(a.urls)
		v.Method(i).Call(args)
		if called++; len(a.urls) == before {
			t.Errorf("%s asked nothing", v.Type().Method(i).Name)
		}
	}
	if called < 20 {
		t.Errorf("only %d methods were called", called)
	}
	for _, u := range a.urls {
		if dead.MatchString(u) && !living.MatchString(u) {
			t.Errorf("asked %s", u)
		}
	}
}

func TestRetiredIsRefusedWhateverTheSettings(t *testing.T) {
	for _, base := range []string{"https://chat.twilio.com", "https://chat.us1.twilio.com", "https://CHAT.twilio.com:443", "https://flex-api.twilio.com/v1/Channels", "https://flex-api.twilio.com/v1/FlexFlows", "https://x.test/v2/Services/IS1", "https://x.test/v1/Services/IS1/Channels"} {
		a := &asked{}
		c := New(Options{Account: "AC1", Secret: "x", Bases: OneBase(base), HTTP: &http.Client{Transport: a}})
		if _, err := c.Conversation(t.Context(), "CH1"); !errors.Is(err, errRetired) || len(a.urls) > 0 {
			t.Errorf("%s was asked: %v %v", base, a.urls, err)
		}
	}
	for _, good := range []string{"https://flex-api.twilio.com/v1/Interactions/KD1/Channels/UO1", "https://mcs.us1.twilio.com/v1/Services/IS1/Media", "https://conversations.twilio.com/v1/Conversations"} {
		if u, err := url.Parse(good); err != nil || retired(u) {
			t.Errorf("%s is refused (%v)", good, err)
		}
	}
}
