//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/storetest"
)

// patience is how long anything may take; nothing is waited for that long unless it never comes.
const patience = 20 * time.Second

var readyLine = regexp.MustCompile(`msg="kefu is ready" address=(\S+)`)

// server is `kefu serve` in a process of its own, in an empty folder.
type server struct {
	t       *testing.T
	cmd     *exec.Cmd
	addr    string // "" when it ended before it was ready
	out     bytes.Buffer
	said    said
	exited  chan struct{}
	waitErr error
}

// said is what a process writes to standard error; it tells the first address that is ready.
type said struct {
	mu    sync.Mutex
	text  bytes.Buffer
	once  sync.Once
	ready chan string
}

// Write takes a piece of the log.
func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(b)
	if m := readyLine.FindSubmatch(s.text.Bytes()); m != nil {
		s.once.Do(func() { s.ready <- string(m[1]) })
	}
	return len(b), nil
}

// String gives what was said so far.
func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// serve starts `kefu serve` and returns when it is ready, or has ended.
func serve(t *testing.T, environ ...string) *server {
	t.Helper()
	s := &server{t: t, cmd: exec.Command("kefu", "serve"), exited: make(chan struct{}), said: said{ready: make(chan string, 1)}}
	s.cmd.Dir = t.TempDir()
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.cmd.Dir, quickExit, "KEFU_LISTEN=127.0.0.1:0"}, environ...)
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.said
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.waitErr = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.exited
		if t.Failed() {
			t.Logf("kefu serve said:\n%s", s.said.String())
		}
	})
	select {
	case s.addr = <-s.said.ready:
	case <-s.exited:
	case <-time.After(patience):
		t.Fatal("kefu serve is neither ready nor over")
	}
	return s
}

// ended waits for the end of the process.
func (s *server) ended() *os.ProcessState {
	s.t.Helper()
	select {
	case <-s.exited:
	case <-time.After(patience):
		s.t.Fatal("kefu serve does not end")
	}
	return s.cmd.ProcessState
}

// refuses wants the process to have ended with 1 before it was ready, and to have said why, in words.
func (s *server) refuses(words ...string) {
	s.t.Helper()
	if s.addr != "" {
		s.t.Fatalf("it serves on %s", s.addr)
	}
	if code := s.ended().ExitCode(); code != 1 || s.out.Len() > 0 {
		s.t.Errorf("exit code %d, standard output %q; want 1 and nothing", code, s.out.String())
	}
	text := s.said.String()
	last := text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:]
	for _, w := range append(words, "kefu: ") {
		if !strings.Contains(last, w) {
			s.t.Errorf("%q does not say %q", last, w)
		}
	}
	if strings.Contains(text, "goroutine ") {
		s.t.Error("it panicked")
	}
}

// call makes a request and gives status and body, a JSON object.
func (s *server) call(method, path, body string) (status int, answer map[string]any) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		s.t.Fatalf("%s %s: %d, %q: %v", method, path, res.StatusCode, raw, err)
	}
	return res.StatusCode, answer
}

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// TestServe runs with no file at all: it is ready, takes a shop's ticket as the oldest plugin sends it, and stops in order.
func TestServe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		s := serve(t, "KEFU_DATABASE="+url)
		status, ready := s.call(http.MethodGet, "/readyz", "")
		if status != http.StatusOK || ready["status"] != "ok" || len(ready["checks"].([]any)) < 3 {
			t.Errorf("ready: %d, %v", status, ready)
		}
		const ticket = `{"ticket_id":33,"ticket_title":"關於訂單 #8806 商品運送問題","ticket_message":"你好，我想請問我的訂單何時會出貨？謝謝。",` +
			`"channel_name":"#網站-客-0033","sender":"[顧客 - 初始訊息] DemoUser (demo@example.com)"}`
		first := s.accepted("/ticket/create", ticket, false)
		if second := s.accepted("/ticket/create", ticket, true); second["conversation_id"] != first["conversation_id"] || second["message_id"] != first["message_id"] {
			t.Errorf("the same ticket is another: %v and %v", first, second)
		}
		if other := s.accepted("/hooks/site/ticket/update", `{"ticket_id":33,"sender":"[顧客] DemoUser (demo@example.com)","message":"在嗎？",`+
			`"channel_name":"#網站-客-0033","image_url":null}`, false); other["conversation_id"] != first["conversation_id"] {
			t.Errorf("the second message is in another conversation: %v and %v", first, other)
		}
		s.signal(syscall.SIGTERM)
		if code := s.ended().ExitCode(); code != 0 || s.out.Len() > 0 || !strings.Contains(s.said.String(), "kefu has stopped") {
			t.Errorf("exit code %d, standard output %q", code, s.out.String())
		}
	})
}

// accepted posts a hook and wants the contract's answer, with nothing more and nothing less in it.
func (s *server) accepted(path, body string, duplicate bool) map[string]any {
	s.t.Helper()
	status, answer := s.call(http.MethodPost, path, body)
	conversation, _ := answer["conversation_id"].(string)
	message, _ := answer["message_id"].(string)
	if status != http.StatusOK || !strings.HasPrefix(conversation, "cnv_") || !strings.HasPrefix(message, "msg_") {
		s.t.Fatalf("%s: %d, %v", path, status, answer)
	}
	want := map[string]any{"status": "accepted", "ticket_id": 33.0, "conversation_id": conversation, "message_id": message, "duplicate": duplicate}
	if d := cmp.Diff(want, answer); d != "" {
		s.t.Errorf("%s: %s", path, d)
	}
	return answer
}

// TestServeTwice: a SQLite file has one server; on PostgreSQL there may be several.
func TestServeTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		first := serve(t, "KEFU_DATABASE="+url)
		second := serve(t, "KEFU_DATABASE="+url)
		if strings.HasPrefix(url, "sqlite:") {
			second.refuses("is served by another process", "stop it first, or give this one a database of its own")
		} else if status, _ := second.call(http.MethodGet, "/readyz", ""); status != http.StatusOK {
			t.Errorf("the second node: %d", status)
		}
		if status, _ := first.call(http.MethodGet, "/readyz", ""); status != http.StatusOK {
			t.Errorf("the first one: %d", status)
		}
	})
}

func TestServeOnATakenPort(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	serve(t, "KEFU_LISTEN="+l.Addr().String()).refuses(l.Addr().String(), "another program may use the port", "KEFU_LISTEN")
}

// TestInterruptTwice: the first one stops in order, which a request that does not end holds up; the second one ends at once.
func TestInterruptTwice(t *testing.T) {
	s := serve(t)
	held, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	// The 100 says that the request has reached its handler, which then waits for a body that never comes.
	_, err = fmt.Fprintf(held, "POST /ticket/create HTTP/1.1\r\nHost: kefu\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.ReadFull(held, make([]byte, len("HTTP/1.1 100"))); err != nil {
		t.Fatalf("%d bytes: %v", n, err)
	}
	s.signal(syscall.SIGINT)
	s.until("it takes no more connections", func() bool {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.addr)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	select {
	case <-s.exited:
		t.Fatalf("it did not wait for the request: %v", s.waitErr)
	default:
	}
	began := time.Now()
	s.until("it ends", func() bool {
		_ = s.cmd.Process.Signal(syscall.SIGINT) // again: the handler may not be off yet
		select {
		case <-s.exited:
			return true
		default:
			return false
		}
	})
	status, _ := s.ended().Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGINT || time.Since(began) > 5*time.Second {
		t.Errorf("ended with %v after %s", s.waitErr, time.Since(began))
	}
}

// until asks every few milliseconds.
func (s *server) until(what string, cond func() bool) {
	s.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if cond() {
			return
		}
	}
	s.t.Fatalf("waited until %s", what)
}
