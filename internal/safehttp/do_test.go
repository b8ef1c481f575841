package safehttp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func post(ctx context.Context, t *testing.T, c *http.Client, url string, body io.Reader) (sent bool, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, sent, err := Do(c, req)
	if resp != nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return sent, err
}

func TestCertainlyNotSent(t *testing.T) {
	// A port that was just closed may be given to the next server; nobody listens on this one.
	const refused = "http://127.0.0.1:1"
	untrusted := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	untrusted.Config.ErrorLog = quiet()
	untrusted.StartTLS()
	t.Cleanup(untrusted.Close)
	noTLS := raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "no TLS here\r\n") })
	cut := raw(t, func(net.Conn) {})
	over, cancel := context.WithCancel(t.Context())
	cancel()

	c := closing(t, Operator(Options{Timeout: 5 * time.Second, Resolver: names(t, nil)}))
	for name, tt := range map[string]struct {
		ctx context.Context
		url string
	}{
		"refused":               {t.Context(), refused},
		"no such name":          {t.Context(), "http://nowhere.test/"},
		"untrusted certificate": {t.Context(), untrusted.URL},
		"not TLS":               {t.Context(), strings.Replace(noTLS, "http", "https", 1)},
		"cut in the handshake":  {t.Context(), strings.Replace(cut, "http", "https", 1)},
		"cancelled before":      {over, untrusted.URL},
		"no URL to call":        {t.Context(), "ftp://127.0.0.1/"},
	} {
		if sent, err := post(tt.ctx, t, c, tt.url, strings.NewReader("x")); err == nil || sent {
			t.Errorf("%s: sent %v, %v; want an error and not sent", name, sent, err)
		}
	}
}

func TestPerhapsSent(t *testing.T) {
	read := make(chan struct{})
	hang := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		read <- struct{}{}
		<-r.Context().Done()
	})
	reset := raw(t, func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_ = c.(*net.TCPConn).SetLinger(0)
	})
	garbage := raw(t, func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "what?\r\n\r\n")
	})
	c := closing(t, Operator(Options{Timeout: 5 * time.Second}))
	for name, url := range map[string]string{"reset": reset, "garbage": garbage} {
		if sent, err := post(t.Context(), t, c, url, strings.NewReader("x")); err == nil || !sent {
			t.Errorf("%s: sent %v, %v; want an error and perhaps sent", name, sent, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-read; cancel() }()
	if sent, err := post(ctx, t, c, hang.URL, strings.NewReader("x")); !errors.Is(err, context.Canceled) || !sent {
		t.Errorf("cancelled while waiting: sent %v, %v", sent, err)
	}
}

// dropper answers the first request of a connection, and reads and drops the second: a server whose kept connection dies just as it is
// used again. It counts the requests it saw.
func dropper(t *testing.T, seen *atomic.Int32) (url string) {
	t.Helper()
	return raw(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for first := true; ; first = false {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			seen.Add(1)
			if !first {
				return
			}
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	})
}

func TestPostIsNeverWrittenTwice(t *testing.T) {
	for name, body := range map[string]func() io.Reader{
		"that could be rewound": func() io.Reader { return strings.NewReader("pay 5") },
		"that cannot":           func() io.Reader { return struct{ io.Reader }{strings.NewReader("pay 5")} },
		"none":                  func() io.Reader { return nil },
	} {
		t.Run("body "+name, func(t *testing.T) {
			var seen atomic.Int32
			url := dropper(t, &seen)
			c := closing(t, Operator(Options{Timeout: 5 * time.Second}))
			if _, err := post(t.Context(), t, c, url, body()); err != nil {
				t.Fatal(err)
			}
			sent, err := post(t.Context(), t, c, url, body())
			if err == nil || !sent {
				t.Errorf("sent %v, %v; want an error and perhaps sent", sent, err)
			}
			if n := seen.Load(); n != 2 {
				t.Errorf("the server saw %d requests, want 2: one of each call", n)
			}
		})
	}
}

// Whoever sets an Idempotency-Key says that a repetition does no harm; then it is used, and a repetition that cannot be sent does not
// make the first one unsent.
func TestIdempotencyKeyLetsRepeat(t *testing.T) {
	var seen atomic.Int32
	url := dropper(t, &seen)
	c := closing(t, Operator(Options{Timeout: 5 * time.Second}))
	for range 2 {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("pay 5"))
		req.Header.Set("Idempotency-Key", "k")
		resp, sent, err := Do(c, req)
		if err != nil || !sent {
			t.Fatalf("sent %v, %v", sent, err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if n := seen.Load(); n != 3 {
		t.Errorf("the server saw %d requests, want 3", n)
	}
}

func TestErrorsDoNotTellPathOrQuery(t *testing.T) {
	c := closing(t, Guarded(Options{}))
	_, _, err := get(t, c, "http://127.0.0.1:1/hooks/S3CRET?token=S3CRET")
	if !IsBlocked(err) || strings.Contains(err.Error(), "S3CRET") {
		t.Errorf("Do: %v", err)
	}
	if want := "GET 127.0.0.1:1: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Do: %v, want it to begin with %q", err, want)
	}
	for _, url := range []string{"http://u:S3CRET@127.0.0.1/", "http://h\x7f/S3CRET", "http://[::1/S3CRET", "http://127.0.0.1:1/S3CRET"} {
		if _, _, err := Fetch(t.Context(), c, url, 9); !IsBlocked(err) || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("Fetch(%q): %v", url, err)
		}
	}
}

func TestFetch(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/picture":
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "0123456789")
		case "/chunked":
			_, _ = io.WriteString(w, "01234")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "56789a")
		case "/moved":
			http.Redirect(w, r, "/picture", http.StatusMovedPermanently)
		case "/cut":
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "0123")
		default:
			http.NotFound(w, r)
		}
	})
	c := closing(t, Guarded(Options{Allow: loopback()}))
	body, ctype, err := Fetch(t.Context(), c, s.URL+"/picture", 10)
	if err != nil || string(body) != "0123456789" || ctype != "image/png" {
		t.Errorf("picture: %q, %q, %v", body, ctype, err)
	}
	for path, limit := range map[string]int64{"/picture": 9, "/chunked": 10} {
		if body, _, err := Fetch(t.Context(), c, s.URL+path, limit); !errors.Is(err, ErrTooLarge) || body != nil {
			t.Errorf("%s over its limit: %q, %v", path, body, err)
		}
	}
	for path, code := range map[string]int{"/moved": 301, "/none": 404} {
		var status *StatusError
		if _, _, err := Fetch(t.Context(), c, s.URL+path, 10); !errors.As(err, &status) || status.Code != code {
			t.Errorf("%s: %v, want status %d", path, err, code)
		}
	}
	if body, _, err := Fetch(t.Context(), c, s.URL+"/cut", 10); !errors.Is(err, io.ErrUnexpectedEOF) || body != nil {
		t.Errorf("cut answer: %q, %v", body, err)
	}
}
