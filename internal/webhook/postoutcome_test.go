package webhook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kefu/internal/fake/receiver"
	"kefu/internal/safehttp"
	"kefu/internal/webhook"
)

// slack is what a busy machine may add to a time.
const slack = 2 * time.Second

// mostAlloc bounds what an attempt may allocate, whatever is answered: two copies of 64 KiB of headers are the most.
const mostAlloc = 1 << 20

// outcome is what a fault must come to.
type outcome struct {
	fault  receiver.Fault
	status int
	class  string
	// Post takes from atLeast to atMost (and slack), with an endpoint's timeout of 1 s.
	atLeast, atMost time.Duration
}

func outcomes() map[string]outcome {
	const s = time.Second
	status := func(code int, class string) outcome { return outcome{receiver.Fault{Status: code}, code, class, 0, 0} }
	return map[string]outcome{
		"199":                       {receiver.Fault{Status: 199}, 0, webhook.FailTimeout, s, s},
		"101":                       status(101, webhook.FailStatus),
		"200":                       status(200, ""),
		"201":                       status(201, ""),
		"204":                       status(204, ""),
		"299":                       status(299, ""),
		"300 with Location":         {receiver.Fault{Status: 300, Redirect: "/else"}, 300, webhook.FailRedirect, 0, 0},
		"300 without":               status(300, webhook.FailStatus),
		"301":                       {receiver.Fault{Status: 301, Redirect: "/else"}, 301, webhook.FailRedirect, 0, 0},
		"304":                       status(304, webhook.FailStatus),
		"307":                       {receiver.Fault{Status: 307, Redirect: "/else"}, 307, webhook.FailRedirect, 0, 0},
		"308":                       {receiver.Fault{Status: 308, Redirect: "/else"}, 308, webhook.FailRedirect, 0, 0},
		"400":                       status(400, webhook.FailStatus),
		"401":                       status(401, webhook.FailStatus),
		"410":                       status(410, webhook.FailStatus),
		"429":                       status(429, webhook.FailStatus),
		"500":                       status(500, webhook.FailStatus),
		"503":                       status(503, webhook.FailStatus),
		"999":                       status(999, webhook.FailStatus),
		"late, but in time":         {receiver.Fault{Delay: 300 * time.Millisecond}, 200, "", 300 * time.Millisecond, s},
		"silence":                   {receiver.Fault{Silence: true}, 0, webhook.FailTimeout, s, s},
		"a drip of headers":         {receiver.Fault{DripHeaders: true}, 0, webhook.FailTimeout, s, s},
		"a drip of body":            {receiver.Fault{DripBody: true}, 200, "", s / 2, s},
		"a drip of an error's body": {receiver.Fault{DripBody: true, Status: 500}, 500, webhook.FailStatus, s / 2, s},
		"2xx and a stall":           {receiver.Fault{StallAfterStatus: true, Status: 202}, 202, "", s / 2, s},
		"gzip bomb":                 {receiver.Fault{GzipBomb: true}, 200, "", 0, 0},
		"endless headers":           {receiver.Fault{EndlessHeaders: true}, 0, webhook.FailAnswer, 0, 0},
		"garbage":                   {receiver.Fault{Garbage: true}, 0, webhook.FailAnswer, 0, 0},
		"reset":                     {receiver.Fault{Reset: true}, 0, webhook.FailBroken, 0, 0},
		"reset in the middle":       {receiver.Fault{Reset: true, Status: 200}, 200, "", 0, 0},
		"reset in an error":         {receiver.Fault{Reset: true, Status: 502}, 502, webhook.FailStatus, 0, 0},
	}
}

func TestPostOutcomes(t *testing.T) {
	t.Parallel()
	for name, tt := range outcomes() {
		for _, overTLS := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", TLS ", overTLS), func(t *testing.T) {
				t.Parallel()
				s := listenAt(t, receiver.Options{TLS: overTLS})
				s.Set("/hook/"+hidden, tt.fault)
				res := poster(t, s).Post(t.Context(), first(t, s.URL()+"/hook/"+hidden+"?"+hidden))
				if res.Status != tt.status || res.Error != tt.class || res.OK() != (tt.class == "") || res.Gone() != (tt.status == 410) {
					t.Errorf("%d %q, want %d %q", res.Status, res.Error, tt.status, tt.class)
				}
				if res.Duration < tt.atLeast || res.Duration > tt.atMost+slack {
					t.Errorf("took %s, want %s to %s", res.Duration, tt.atLeast, tt.atMost)
				}
				_, at, _ := strings.Cut(s.URL(), "://")
				if res.Address != at || res.StartedAt.IsZero() || strings.Contains(fmt.Sprintf("%+v", res), hidden) {
					t.Errorf("%+v", res)
				}
				if r := s.Requests(); len(r) != 1 || r[0].Verified != nil {
					t.Errorf("%d requests", len(r))
				}
			})
		}
	}
}

// What a receiver pours out is neither read nor kept.
func TestPostIsBoundedInMemory(t *testing.T) {
	s := listenAt(t, receiver.Options{})
	p := poster(t, nil)
	for path, f := range map[string]receiver.Fault{"/bomb": {GzipBomb: true}, "/endless": {EndlessHeaders: true}} {
		s.Set(path, f)
		p.Post(t.Context(), first(t, s.URL()+path)) // the receiver makes its bomb
		var before, after runtime.MemStats
		wrote := s.Written()
		runtime.ReadMemStats(&before)
		res := p.Post(t.Context(), first(t, s.URL()+path))
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > mostAlloc || len(res.Answer) > 4<<10 {
			t.Errorf("%s: %d bytes allocated, %d kept", path, got, len(res.Answer))
		}
		// The system's buffers take some megabytes; of the gigabyte the rest must not have come.
		if got := s.Written() - wrote; got > 64<<20 {
			t.Errorf("%s: the receiver got rid of %d bytes", path, got)
		}
	}
}

// Where a redirect points to sees nothing: no request, no secret.
func TestPostDoesNotFollow(t *testing.T) {
	other := listenAt(t, receiver.Options{})
	s := listenAt(t, receiver.Options{})
	p := poster(t, nil)
	for _, code := range []int{300, 301, 302, 303, 307, 308} {
		for _, to := range []string{other.URL() + "/x", "//" + strings.TrimPrefix(other.URL(), "http://"), "http://169.254.169.254/latest/meta-data", "/same"} {
			s.Set("/hook", receiver.Fault{Status: code, Redirect: to})
			res := p.Post(t.Context(), first(t, s.URL()+"/hook"))
			if res.Status != code || res.Error != webhook.FailRedirect {
				t.Errorf("%d to %s: %+v", code, to, res)
			}
		}
	}
	if other.Conns() != 0 || s.Count() != 24 {
		t.Errorf("the other host saw %d connections, the endpoint %d requests", other.Conns(), s.Count())
	}
}

func TestPostReadsRetryAfter(t *testing.T) {
	s := listenAt(t, receiver.Options{})
	p := poster(t, nil)
	for value, want := range map[string]time.Duration{"7": 7 * time.Second, "": 0, "soon": 0, "99999999999999999999": 24 * time.Hour} {
		s.Set("", receiver.Fault{Status: 429, Header: http.Header{"Retry-After": {value}}})
		if res := p.Post(t.Context(), first(t, s.URL())); res.RetryAfter != want || res.Error != webhook.FailStatus {
			t.Errorf("%q: %+v, want %s", value, res, want)
		}
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"86400": 24 * time.Hour, "86401": 24 * time.Hour, "9223372036854775808": 24 * time.Hour, "-1": 0, "1.5": 0, "+5": 0, "0": 0,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute, "Fri, 02 Jan 2026 03:00:00 GMT": 0, "Fri, 02 Jan 2099 03:00:00 GMT": 24 * time.Hour,
	} {
		if got := webhook.RetryAfter(value, now); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

func TestPostKeepsTheBeginningOfTheAnswer(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"short":            {"it failed: 你好", "it failed: 你好"},
		"empty":            {"", ""},
		"NUL":              {"a\x00b", "a\uFFFDb"},
		"invalid":          {"a\xff\xfeb", "a\uFFFDb"},
		"long":             {strings.Repeat("x", 9000), strings.Repeat("x", 4096)},
		"cut in a rune":    {strings.Repeat("x", 4095) + "你", strings.Repeat("x", 4095)},
		"grows":            {strings.Repeat("\x00", 4096), strings.Repeat("\uFFFD", 1365)},
		"invalid and long": {strings.Repeat("\x80", 9000), "\uFFFD"},
	} {
		s := listenAt(t, receiver.Options{})
		s.Set("", receiver.Fault{Status: 500, Body: tt.body})
		if res := poster(t, nil).Post(t.Context(), first(t, s.URL())); res.Answer != tt.want {
			t.Errorf("%s: %d bytes, %.40q", name, len(res.Answer), res.Answer)
		}
	}
}

func FuzzShown(f *testing.F) {
	f.Add([]byte("plain"))
	f.Add([]byte(strings.Repeat("x", 4095) + "你"))
	f.Add([]byte(strings.Repeat("\x80\x00", 4096)))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := webhook.Shown(body)
		if len(got) > 4<<10 || !utf8.ValidString(got) || strings.ContainsRune(got, 0) {
			t.Errorf("%d bytes, valid %v", len(got), utf8.ValidString(got))
		}
		if utf8.Valid(body) && !strings.ContainsRune(string(body), 0) && !strings.HasPrefix(string(body), got) {
			t.Errorf("%q is not the beginning", got)
		}
	})
}

// Once the status is known, its body is waited for shortly, however much time the endpoint has; that of a switched connection not at all.
func TestPostDoesNotWaitForBodies(t *testing.T) {
	t.Parallel()
	s := listenAt(t, receiver.Options{})
	s.Set("/stall", receiver.Fault{StallAfterStatus: true, Body: "so far"})
	s.Set("/drip", receiver.Fault{DripBody: true, Status: 500, Body: "so far", Every: 20 * time.Millisecond})
	left := make(chan struct{})
	switched := speak(t, func(c net.Conn, r *bufio.Reader) {
		_, _, _ = readRequest(r)
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		<-left
	})
	p := poster(t, nil)
	for url, tt := range map[string]struct {
		status int
		most   time.Duration
	}{s.URL() + "/stall": {200, time.Second}, s.URL() + "/drip": {500, time.Second}, switched: {101, 0}} {
		req := first(t, url)
		req.Target.Timeout = 30 * time.Second
		res := p.Post(t.Context(), req)
		if res.Status != tt.status || res.Duration > tt.most+slack/2 || (tt.status != 101) != strings.HasPrefix(res.Answer, "so far") {
			t.Errorf("%+v, want %d within %s", res, tt.status, tt.most)
		}
	}
	close(left)
}

// A body gets no time beyond the endpoint's timeout.
func TestPostEndsInTimeWithABody(t *testing.T) {
	t.Parallel()
	s := listenAt(t, receiver.Options{})
	s.Set("", receiver.Fault{Delay: 500 * time.Millisecond, StallAfterStatus: true})
	p, took := poster(t, nil), time.Hour
	for tries := 0; tries < 5 && took > 1400*time.Millisecond; tries++ { // a busy machine may be late, but not five times
		res := p.Post(t.Context(), first(t, s.URL()))
		if !res.OK() {
			t.Fatalf("%+v", res)
		}
		took = res.Duration
	}
	if took < time.Second || took > 1400*time.Millisecond {
		t.Errorf("took %s, want the timeout of 1 s", took)
	}
}

// A receiver that takes the connection and nothing else holds nobody for longer than the timeout, however large the body.
func TestPostToWhoDoesNotRead(t *testing.T) {
	left := make(chan struct{})
	url := speak(t, func(net.Conn, *bufio.Reader) { <-left })
	req := first(t, url)
	req.Body = append(req.Body, strings.Repeat(" ", 32<<20)...)
	res := poster(t, nil).Post(t.Context(), req)
	close(left)
	if res.Error != webhook.FailTimeout || res.Duration < time.Second || res.Duration > time.Second+slack {
		t.Errorf("%+v", res)
	}
}

func TestPostToNobody(t *testing.T) {
	unknown := safehttp.Options{Allow: loop(), Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("no name server")
	}}}
	p := webhook.PosterWith(unknown, "1")
	t.Cleanup(p.Close)
	for url, class := range map[string]string{
		"http://127.0.0.1:1/":      webhook.FailConnect,
		"https://127.0.0.1:1/":     webhook.FailConnect,
		"https://nowhere.invalid/": webhook.FailDNS,
		"https://127.1/":           webhook.FailDNS, // what C would read as an address is no name for Go
		"https://2130706433/":      webhook.FailDNS,
		"https://0x7f000001/":      webhook.FailDNS,
		"https://0177.0.0.1/":      webhook.FailDNS,
		"ftp://127.0.0.1/":         webhook.FailBlocked,
		"https:///":                webhook.FailBlocked,
		"https://u:p@127.0.0.1/":   webhook.FailBlocked,
		"https://[::1/":            webhook.FailBlocked,
		"https://a\x7f/":           webhook.FailBlocked,
	} {
		if res := p.Post(t.Context(), first(t, url)); res.Error != class || res.Status != 0 || res.Address != "" || res.Answer != "" {
			t.Errorf("%s: %+v, want %s", url, res, class)
		}
	}
}

// Blocked addresses get no connection, whatever listens there; nothing of what they would say is shown.
func TestPostIsGuarded(t *testing.T) {
	s := listenAt(t, receiver.Options{})
	s.Set("", receiver.Fault{Body: hidden})
	port := s.URL()[strings.LastIndex(s.URL(), ":"):]
	p := webhook.NewPoster(nil, "1")
	t.Cleanup(p.Close)
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::1%25lo]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "169.254.169.254",
		"10.0.0.1", "192.168.0.1", "100.64.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25eth0]", "[fd00::1]", "[ff02::1]"} {
		for _, scheme := range []string{"http://", "https://"} {
			if res := p.Post(t.Context(), first(t, scheme+host+port)); res.Error != webhook.FailBlocked || res.Address != "" || res.Answer != "" {
				t.Errorf("%s: %+v", host, res)
			}
		}
	}
	if s.Conns() != 0 {
		t.Errorf("%d connections", s.Conns())
	}
}
