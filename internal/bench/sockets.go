package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// roleSockets is the process of those who listen.
const roleSockets = "sockets"

const (
	dialsAtOnce = 16
	pingEvery   = 30 * time.Second // contracts: websocket
	fanLimit    = 30 * time.Second
)

// audience is many open WebSockets.
type audience struct {
	host   string
	script script
	lost   atomic.Int64

	mu      sync.Mutex
	waiting string // the text that is on its way
	heard   []time.Time
	all     chan struct{}
	size    int
}

// fanned is how long one message took from its POST to each of them.
type fanned struct {
	Heard    int           `json:"heard"`
	Lost     int           `json:"lost"`     // connections that have ended
	Accepted time.Duration `json:"accepted"` // until the POST was answered
	First    time.Duration `json:"first"`
	Median   time.Duration `json:"median"`
	Last     time.Duration `json:"last"`
}

func runSockets(ctx context.Context, args []string) error {
	a := &audience{}
	f := flag.NewFlagSet(roleSockets, flag.ContinueOnError)
	listen := f.String("listen", "", "address of the process's own doors")
	f.StringVar(&a.host, "host", "", "host and port of the server")
	f.IntVar(&a.size, "sockets", 1, "connections")
	file := f.String("script", "", "file with the tokens, and with the question that makes a message")
	if err := f.Parse(args); err != nil {
		return err
	}
	raw, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &a.script); err != nil {
		return err
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, a.lost.Load()) })
	mux.HandleFunc("GET /bench/fan", func(w http.ResponseWriter, r *http.Request) {
		got, err := a.fan(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, got)
	})
	return serve(ctx, *listen, mux)
}

// open opens all connections, a few at a time; each is ready to hear when it returns.
func (a *audience) open(ctx context.Context) error {
	turns := make(chan int)
	errs := make(chan error, dialsAtOnce)
	for range dialsAtOnce {
		go func() {
			var failed error
			for n := range turns {
				failed = errors.Join(failed, a.join(ctx, n))
			}
			errs <- failed
		}()
	}
	for n := range a.size {
		turns <- n
	}
	close(turns)
	var failed error
	for range dialsAtOnce {
		failed = errors.Join(failed, <-errs)
	}
	return failed
}

// join opens one connection and lets it listen until ctx ends.
func (a *audience) join(ctx context.Context, n int) error {
	header := http.Header{"Authorization": {"Bearer " + a.script.Tokens[n%len(a.script.Tokens)]}}
	//nolint:bodyclose // the body belongs to the connection
	conn, _, err := websocket.Dial(ctx, "ws://"+a.host+"/ws", &websocket.DialOptions{HTTPHeader: header, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return fmt.Errorf("socket %d: %w", n, err)
	}
	for _, frame := range []string{`{"type":"subscribe","data":{"events":["message.*"]}}`, `{"type":"ping"}`} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(frame)); err != nil {
			return fmt.Errorf("socket %d: %w", n, err)
		}
	}
	for { // the pong says that what came before it has been heard
		_, raw, err := conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("socket %d: %w", n, err)
		}
		if strings.Contains(string(raw), `"pong"`) {
			break
		}
	}
	go a.ping(ctx, conn)
	go a.listen(ctx, conn)
	return nil
}

func (a *audience) ping(ctx context.Context, conn *websocket.Conn) {
	for wait(ctx, pingEvery) == nil {
		if conn.Write(ctx, websocket.MessageText, []byte(`{"type":"ping"}`)) != nil {
			return
		}
	}
}

func (a *audience) listen(ctx context.Context, conn *websocket.Conn) {
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			a.lost.Add(1)
			return
		}
		a.hear(string(raw), time.Now())
	}
}

func (a *audience) hear(frame string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting == "" || !strings.Contains(frame, a.waiting) {
		return
	}
	if a.heard = append(a.heard, at); len(a.heard) == a.size {
		close(a.all)
	}
}

// fan posts one message and waits until everybody has heard it.
func (a *audience) fan(ctx context.Context) (fanned, error) {
	ctx, cancel := context.WithTimeout(ctx, fanLimit)
	defer cancel()
	line, err := dialAsker(ctx, a.host)
	if err != nil {
		return fanned{}, err
	}
	defer line.close()
	q := a.script.Questions[0]
	q.Token = a.script.Tokens[0]
	number := time.Now().UnixNano()
	a.mu.Lock()
	a.waiting, a.heard, a.all = fmt.Sprint(number), make([]time.Time, 0, a.size), make(chan struct{})
	all := a.all
	a.mu.Unlock()
	began := time.Now()
	if _, err := line.ask(q, number); err != nil {
		return fanned{}, err
	}
	accepted := time.Since(began)
	select {
	case <-all:
	case <-ctx.Done(): // whoever asked sees how many heard it
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = ""
	times := make([]time.Duration, 0, len(a.heard))
	for _, at := range a.heard {
		times = append(times, at.Sub(began))
	}
	slices.Sort(times)
	return fanned{Heard: len(times), Lost: int(a.lost.Load()), Accepted: accepted, First: quantile(times, 0), Median: quantile(times, 0.5), Last: quantile(times, 1)}, nil
}
