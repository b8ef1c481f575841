package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"kefu/internal/websig"
)

// roleReceiver is the process of those who receive webhooks.
const roleReceiver = "receiver"

const (
	maxHook   = 1 << 20 // bytes of a body
	hookRead  = 16 << 10
	hookTaken = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"
	hookNever = "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nlater\n"
	hookBad   = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
)

// hookReceiver verifies both kinds of signature of every request. It answers HTTP by hand, on connections that stay open: http.Server
// takes so much of two cores that the receiver would be measured instead of the sender.
type hookReceiver struct {
	ledger *hookLedger
	hangs  int // the endpoint that is never answered; -1 is none
	port   int
}

// hookInfo is what a receiver tells of itself.
type hookInfo struct {
	Port int `json:"port"`
}

func runReceiver(ctx context.Context, args []string) error {
	r := &hookReceiver{}
	f := flag.NewFlagSet(roleReceiver, flag.ContinueOnError)
	listen := f.String("listen", "", "address for questions")
	detailed := f.Bool("detailed", false, "keep each arrival")
	refuse := f.Int("refuse", 0, "refuse one in so many new events, once")
	f.IntVar(&r.hangs, "hangs", -1, "endpoint that is never answered")
	profile := f.String("profile", "", "file for a CPU profile")
	if err := f.Parse(args); err != nil {
		return err
	}
	stop, err := profiled(*profile)
	if err != nil {
		return err
	}
	defer stop()
	r.ledger = newHookLedger(*detailed, *refuse)
	if err := r.open(ctx); err != nil {
		return err
	}
	return serve(ctx, *listen, r.questions())
}

// questions answers whoever measures.
func (r *hookReceiver) questions() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, hookInfo{r.port}) })
	mux.HandleFunc("GET /bench/report", func(w http.ResponseWriter, _ *http.Request) { answer(w, r.ledger.report()) })
	mux.HandleFunc("GET /bench/arrivals", func(w http.ResponseWriter, _ *http.Request) { answer(w, r.ledger.arrivals()) })
	return mux
}

// open begins to take hooks, until ctx ends. It listens on all addresses, for every endpoint is a host of its own (see hookURL), and takes
// only what this machine sends.
func (r *hookReceiver) open(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", ":0")
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return errors.Join(errors.New("the listener has no port"), l.Close())
	}
	r.port = at.Port
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if a, ok := conn.LocalAddr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
				_ = conn.Close()
				continue
			}
			go r.listen(ctx, conn)
		}
	}()
	return nil
}

// listen takes one connection's requests, one after the other.
func (r *hookReceiver) listen(ctx context.Context, conn net.Conn) {
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer func() { _ = conn.Close() }()
	in, body := bufio.NewReaderSize(conn, hookRead), new(bytes.Buffer)
	for {
		if _, err := in.Peek(1); err != nil {
			return
		}
		at := time.Now()
		q, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body.Reset()
		if _, err := body.ReadFrom(io.LimitReader(q.Body, maxHook)); err != nil {
			return
		}
		said := r.take(q, body.Bytes(), at)
		if said == "" {
			_, _ = io.Copy(io.Discard, conn) // until the sender gives up
			return
		}
		if _, err := io.WriteString(conn, said); err != nil {
			return
		}
	}
}

// take judges one request and gives the answer to it; "" is none at all.
func (r *hookReceiver) take(q *http.Request, body []byte, at time.Time) string {
	a, err := verifyHook(q, body, at)
	if err != nil {
		r.ledger.bad(err)
		return hookBad
	}
	if a.Endpoint == r.hangs {
		return ""
	}
	if r.ledger.detailed {
		a.Message = memberOf(body, `"message_id":"`)
	}
	if r.ledger.judge(a) {
		return hookNever
	}
	return hookTaken
}

// verifyHook checks what a careful receiver checks: the header over the body, the member over the rest of it, Standard Webhooks, and that
// all speak of one event.
func verifyHook(q *http.Request, body []byte, at time.Time) (a arrival, err error) {
	if a.Endpoint, err = strconv.Atoi(strings.TrimPrefix(q.URL.Path, hookPath)); err != nil {
		return a, err
	}
	if a.Attempt, err = strconv.Atoi(q.Header.Get("X-Webhook-Attempt")); err != nil {
		return a, err
	}
	key := hookSecret(a.Endpoint)
	if a.Event, err = websig.Verify(key, q.Header, body, at, 0); err != nil {
		return a, err
	}
	if err := websig.VerifyBody(key, q.Header.Get("Signature"), body); err != nil {
		return a, fmt.Errorf("header Signature: %w", err)
	}
	b0, inner, err := websig.Strip(body)
	if err == nil {
		err = websig.VerifyBody(key, inner, b0)
	}
	if err != nil {
		return a, fmt.Errorf("member signature: %w", err)
	}
	if memberOf(body, `{"id":"`) != a.Event {
		return a, fmt.Errorf("the body is not of event %s", a.Event)
	}
	a.At = at.UnixNano()
	return a, nil
}

// memberOf is the text of a body from after begin to the next quote; "" when there is none.
func memberOf(body []byte, begin string) string {
	_, rest, found := bytes.Cut(body, []byte(begin))
	value, _, ended := bytes.Cut(rest, []byte(`"`))
	if !found || !ended {
		return ""
	}
	return string(value)
}

// hookPath begins the path of an endpoint's URL; its number follows.
const hookPath = "/hooks/"

// hookURL is the URL of an endpoint: each is a host of its own, as endpoints are, where the whole of 127/8 is the machine itself.
func hookURL(port, n int) string {
	host := "127.0.0.1"
	if runtime.GOOS == "linux" {
		host = fmt.Sprintf("127.0.%d.%d", n/200, n%200+1)
	}
	return "http://" + net.JoinHostPort(host, strconv.Itoa(port)) + hookPath + strconv.Itoa(n)
}

func hookSecret(n int) string { return fmt.Sprintf("the-signing-secret-of-%d", n) }
