package safehttp

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// both runs a test against both kinds of client.
func both(t *testing.T, o Options, f func(t *testing.T, c *http.Client)) {
	t.Helper()
	o.Allow = loopback()
	t.Run("guarded", func(t *testing.T) { f(t, closing(t, Guarded(o))) })
	t.Run("operator", func(t *testing.T) { f(t, closing(t, Operator(o))) })
}

func readAll(t *testing.T, c *http.Client, url string) ([]byte, error) {
	t.Helper()
	resp, err := c.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func TestBodyIsCapped(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fits":
			_, _ = io.WriteString(w, strings.Repeat("x", 1000))
		case "/over":
			_, _ = io.WriteString(w, strings.Repeat("x", 1001))
		default: // without end
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, strings.Repeat("x", 1000))
			}
		}
	})
	both(t, Options{MaxBody: 1000}, func(t *testing.T, c *http.Client) {
		if b, err := readAll(t, c, s.URL+"/fits"); err != nil || len(b) != 1000 {
			t.Errorf("fits: %d bytes, %v", len(b), err)
		}
		for _, path := range []string{"/over", "/endless"} {
			if b, err := readAll(t, c, s.URL+path); !errors.Is(err, ErrTooLarge) || len(b) != 1000 {
				t.Errorf("%s: %d bytes, %v; want 1000 and ErrTooLarge", path, len(b), err)
			}
		}
	})
}

func TestCappedStaysFailed(t *testing.T) {
	c := &capped{ReadCloser: io.NopCloser(strings.NewReader("abcdef")), max: 3, left: 3}
	if b, err := io.ReadAll(c); string(b) != "abc" || !errors.Is(err, ErrTooLarge) {
		t.Fatalf("%q, %v", b, err)
	}
	for range 5 {
		if n, err := c.Read(make([]byte, 9)); n != 0 || !errors.Is(err, ErrTooLarge) {
			t.Fatalf("read on: %d, %v", n, err)
		}
	}
}

func TestGzipBombIsBounded(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 4 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	z.Close()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	both(t, Options{MaxBody: 2 << 10}, func(t *testing.T, c *http.Client) {
		if b, err := readAll(t, c, s.URL); !errors.Is(err, ErrTooLarge) || len(b) > 2<<10 {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	})
	// Unasked compression is not unpacked for strangers, and must not be kept as a file.
	if _, _, err := Fetch(t.Context(), closing(t, Guarded(Options{Allow: loopback()})), s.URL, 1<<20); err == nil || !strings.Contains(err.Error(), "compressed") {
		t.Errorf("Fetch of a packed file: %v", err)
	}
}

func TestEndlessHeadersAreCut(t *testing.T) {
	for name, line := range map[string]string{"many": "X-A: b\r\n", "interim": "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", "long": "xxxxxxxxxxxxxxxx"} {
		t.Run(name, func(t *testing.T) {
			var wrote atomic.Int64
			url := raw(t, func(c net.Conn) {
				if name != "interim" {
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: ")
				}
				for block := strings.Repeat(line, 64); ; {
					n, err := io.WriteString(c, block)
					wrote.Add(int64(n))
					if err != nil {
						return
					}
				}
			})
			both(t, Options{Timeout: 20 * time.Second}, func(t *testing.T, c *http.Client) {
				start := time.Now()
				status, sent, err := get(t, c, url)
				if err == nil || status != 0 || !sent {
					t.Fatalf("%d, sent %v, %v", status, sent, err)
				}
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("cut by time (%s), not by size: %v", took, err)
				}
			})
		})
	}
}

func TestDripBodyEndsInTime(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			_, _ = io.WriteString(w, ".")
			w.(http.Flusher).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	})
	both(t, Options{Timeout: 150 * time.Millisecond}, func(t *testing.T, c *http.Client) {
		b, err := readAll(t, c, s.URL)
		var timed net.Error
		if !errors.As(err, &timed) || !timed.Timeout() || len(b) == 0 {
			t.Errorf("%d bytes, %v; want some and a time-out", len(b), err)
		}
	})
}

func TestSilenceEndsInTime(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	both(t, Options{Timeout: 100 * time.Millisecond}, func(t *testing.T, c *http.Client) {
		_, sent, err := get(t, c, s.URL)
		var timed net.Error
		if !errors.As(err, &timed) || !timed.Timeout() || !sent {
			t.Errorf("sent %v, %v; want sent and a time-out", sent, err)
		}
	})
}

func TestOldTLSIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	both(t, Options{}, func(t *testing.T, c *http.Client) {
		if _, sent, err := get(t, c, s.URL); err == nil || sent || !strings.Contains(err.Error(), "protocol version") {
			t.Errorf("sent %v, %v; want a refusal of the version", sent, err)
		}
	})
}

func TestUserAgent(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.UserAgent()) })
	both(t, Options{UserAgent: "Kefu/1.2"}, func(t *testing.T, c *http.Client) {
		if b, err := readAll(t, c, s.URL); err != nil || string(b) != "Kefu/1.2" {
			t.Errorf("%q, %v", b, err)
		}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		req.Header.Set("User-Agent", "own")
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, _ := io.ReadAll(resp.Body); string(b) != "own" {
			t.Errorf("%q, want the request's own", b)
		}
	})
}

// A WebSocket client needs to write to the body of its answer.
func TestSwitchedConnectionStaysWritable(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := rw.ReadString('\n')
		_, _ = io.WriteString(c, line)
	})
	both(t, Options{MaxBody: 4}, func(t *testing.T, c *http.Client) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", "echo")
		resp, err := c.Transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		rw, ok := resp.Body.(io.ReadWriter)
		if !ok {
			t.Fatalf("body is %T, not writable", resp.Body)
		}
		_, _ = io.WriteString(rw, "longer than four\n")
		if b, err := io.ReadAll(rw); err != nil || string(b) != "longer than four\n" {
			t.Errorf("%q, %v", b, err)
		}
	})
}

// Whoever shares a host with one that hangs does not wait for it, up to MaxConns.
func TestMaxConnsIsWhatOneHostGets(t *testing.T) {
	for _, tt := range []struct{ conns, calls, want int }{{3, 5, 3}, {0, 66, 64}} {
		came, release := make(chan struct{}, tt.calls), make(chan struct{})
		s := serve(t, func(http.ResponseWriter, *http.Request) { came <- struct{}{}; <-release })
		tr := GuardedTransport(Options{Allow: loopback(), MaxConns: tt.conns})
		t.Cleanup(tr.CloseIdleConnections)
		var calls sync.WaitGroup
		for range tt.calls {
			calls.Go(func() {
				req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, nil)
				resp, err := tr.RoundTrip(req)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
			})
		}
		for range tt.want {
			<-came
		}
		select {
		case <-came:
			t.Errorf("more than %d connections to one host", tt.want)
		case <-time.After(50 * time.Millisecond):
		}
		close(release)
		calls.Wait()
	}
}

// A Transport has no time of its own for the answer: the request's context is what ends it.
func TestTransportEndsWithTheContext(t *testing.T) {
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	tr := GuardedTransport(Options{Allow: loopback(), Timeout: 50 * time.Millisecond})
	t.Cleanup(tr.CloseIdleConnections)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, nil)
	resp, err := tr.RoundTrip(req)
	if resp != nil {
		resp.Body.Close()
	}
	if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took < 200*time.Millisecond {
		t.Errorf("%v after %s, want the context's end", err, took)
	}
}
