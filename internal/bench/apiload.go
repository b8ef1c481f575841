package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// roleAsk is the process of those who use the open API.
const roleAsk = "ask"

// question is one request; Body is JSON, "" has none. {n} in it is replaced by a number that comes once.
type question struct {
	Method string `json:"method"`
	Target string `json:"target"`
	Body   string `json:"body,omitempty"`
	Token  string `json:"token,omitempty"` // of whoever alone may ask it
}

// script is what is asked, in turn, and with which credentials, in turn.
type script struct {
	Tokens    []string   `json:"tokens"`
	Questions []question `json:"questions"`
}

// answers are what the askers found.
type answers struct {
	Count int           `json:"count"`
	Took  time.Duration `json:"took"`
	P50   time.Duration `json:"p50"`
	P95   time.Duration `json:"p95"`
	P99   time.Duration `json:"p99"`
	Max   time.Duration `json:"max"`
	Bytes int64         `json:"bytes"` // of all bodies
}

// asking is one round. With a rate it is open: a question comes when it is due, whether or not the ones before were answered, and its latency
// counts from then; without one, each connection asks again as soon as it has its answer.
type asking struct {
	host    string
	clients int
	length  time.Duration
	rate    float64
	script  script

	numbers atomic.Int64
	bytes   atomic.Int64
}

func runAsk(ctx context.Context, args []string) error {
	a := &asking{}
	f := flag.NewFlagSet(roleAsk, flag.ContinueOnError)
	f.StringVar(&a.host, "host", "", "host and port")
	f.IntVar(&a.clients, "clients", 1, "connections")
	f.DurationVar(&a.length, "for", time.Second, "how long")
	f.Float64Var(&a.rate, "rate", 0, "questions a second; 0 is as fast as they are answered")
	file := f.String("script", "", "file with the questions")
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
	told, err := a.run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

func (a *asking) run(ctx context.Context) (answers, error) {
	if len(a.script.Questions) == 0 || a.clients < 1 {
		return answers{}, errors.New("there is nothing to ask")
	}
	lines := make([]*asker, 0, a.clients)
	for range a.clients {
		l, err := dialAsker(ctx, a.host)
		if err != nil {
			return answers{}, err
		}
		defer l.close()
		lines = append(lines, l)
	}
	times, errs := make([][]time.Duration, a.clients), make([]error, a.clients)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	began := time.Now()
	due := a.schedule(ctx, began)
	var all sync.WaitGroup
	for i, l := range lines {
		all.Go(func() {
			times[i], errs[i] = a.work(l, i, began, due)
			if errs[i] != nil {
				stop() // a point with refusals is no point
			}
		})
	}
	all.Wait()
	sorted := slices.Concat(times...)
	slices.Sort(sorted)
	return answers{Count: len(sorted), Took: time.Since(began), P50: quantile(sorted, 0.5), P95: quantile(sorted, 0.95), P99: quantile(sorted, 0.99),
		Max: quantile(sorted, 1), Bytes: a.bytes.Load()}, errors.Join(errs...)
}

// schedule gives the moments of an open load; nil without a rate.
func (a *asking) schedule(ctx context.Context, began time.Time) <-chan time.Time {
	if a.rate == 0 {
		return nil
	}
	due := make(chan time.Time, int(a.rate*a.length.Seconds())+1) // so that nobody's slowness delays the ones after
	go func() {
		defer close(due)
		for n := range cap(due) - 1 {
			at := began.Add(time.Duration(float64(n) / a.rate * float64(time.Second)))
			if wait(ctx, time.Until(at)) != nil {
				return
			}
			due <- at
		}
	}()
	return due
}

func (a *asking) work(l *asker, i int, began time.Time, due <-chan time.Time) (times []time.Duration, err error) {
	for n := i; ; n += a.clients {
		from := time.Now()
		if due != nil {
			var more bool
			if from, more = <-due; !more {
				return times, nil
			}
		} else if from.Sub(began) >= a.length {
			return times, nil
		}
		number := a.numbers.Add(1)
		turn := int(number)
		if due == nil {
			turn = n // each connection has conversations of its own
		}
		q := a.script.Questions[turn%len(a.script.Questions)]
		if q.Token == "" {
			q.Token = a.script.Tokens[int(number)%len(a.script.Tokens)]
		}
		size, err := l.ask(q, number)
		if err != nil {
			return times, err
		}
		a.bytes.Add(size)
		times = append(times, time.Since(from))
	}
}

// asker is one keep-alive connection. Like the sender of hooks it writes HTTP by hand, so that it is not itself what is measured.
type asker struct {
	host string
	conn net.Conn
	r    *bufio.Reader
	buf  []byte
}

func dialAsker(ctx context.Context, host string) (*asker, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	return &asker{host: host, conn: conn, r: bufio.NewReader(conn)}, nil
}

func (l *asker) close() { _ = l.conn.Close() }

// ask sends one question and reads the answer to its end.
func (l *asker) ask(q question, number int64) (int64, error) {
	body := strings.ReplaceAll(q.Body, "{n}", fmt.Sprint(number))
	l.buf = fmt.Appendf(l.buf[:0], "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n", q.Method, q.Target, l.host, q.Token)
	if body != "" {
		l.buf = fmt.Appendf(l.buf, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	l.buf = append(append(l.buf, "\r\n"...), body...)
	if err := l.conn.SetDeadline(time.Now().Add(askLimit)); err != nil {
		return 0, err
	}
	if _, err := l.conn.Write(l.buf); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(l.r, nil)
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w", q.Method, q.Target, err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		said, _ := io.ReadAll(io.LimitReader(res.Body, 1<<12))
		return 0, fmt.Errorf("%s %s was answered %d: %s", q.Method, q.Target, res.StatusCode, said)
	}
	return io.Copy(io.Discard, res.Body)
}
