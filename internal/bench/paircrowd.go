package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// crowd are the customers and staff of all talks: they write, and what arrives on the other side is told to them.
type crowd struct {
	talks, flight int
	patience      time.Duration // for what is on its way at the end of a point
	kefu          string        // host and port
	keys          []string
	streets       *streets
	ledger        *ledger
	slots         []chan struct{} // of each talk: what is on its way

	mu      sync.Mutex
	way     string // that is measured; "" while talks are opened
	since   int64  // unix nanoseconds; what was written before is not counted
	failure error
}

func newCrowd(talks, flight int, kefu string, keys []string) *crowd {
	c := &crowd{talks: talks, flight: flight, patience: pairLimit, kefu: kefu, keys: keys, streets: newStreets(talks), ledger: newLedger()}
	for range talks {
		c.slots = append(c.slots, make(chan struct{}, flight))
	}
	return c
}

// fail notes what makes every figure worthless.
func (c *crowd) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failure = errors.Join(c.failure, err)
}

func (c *crowd) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failure
}

func (c *crowd) measured() (way string, since int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.way, c.since
}

func (c *crowd) measure(way string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.way, c.since = way, time.Now().UnixNano()
}

// threads are calls that put a message into a thread, whoever's: Discord's, Chatwoot's, Twilio's.
var threads = regexp.MustCompile(`/(?:channels|conversations|Conversations)/([^/]+)/[Mm]essages$`)

// replies is the call that puts a message into a ticket of the site.
const replies = "/ticket/update"

// watched tells the crowd what a fake has taken.
func (c *crowd) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		place := threads.FindStringSubmatch(q.URL.Path)
		if q.Method != http.MethodPost || place == nil && !strings.HasSuffix(q.URL.Path, replies) {
			next.ServeHTTP(w, q)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, 1<<20))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
		watch := &statusWatch{ResponseWriter: w}
		next.ServeHTTP(watch, q)
		if watch.status/100 == 2 { // a 429 is no arrival
			c.arrived(q.Header.Get("Content-Type"), body, place)
		}
	})
}

// arrived finds out which message it was, and on which side.
func (c *crowd) arrived(contentType string, body []byte, place []string) {
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		if plain, err := url.QueryUnescape(string(body)); err == nil {
			body = []byte(plain)
		}
	}
	s, ok := findStamp(body)
	switch {
	case !ok:
	case place == nil || c.streets.isCustomers(place[1]):
		c.seen(s, "", wayOut)
	default:
		c.seen(s, place[1], wayIn)
	}
}

// seen takes a message that the other side has. Until something is measured it only shows where staff see the talk.
func (c *crowd) seen(s stamp, place, way string) {
	at := time.Now()
	if s.ticket < 0 || s.ticket >= c.talks {
		return
	}
	switch measured, since := c.measured(); {
	case measured == "" && way == wayIn:
		c.streets.opens(s.ticket, place)
	case s.sent < since: // a desk may show the opening twice, on a card and in its place
	case measured == way && c.ledger.note(s, at):
		select {
		case <-c.slots[s.ticket]:
		default:
		}
	}
}

const (
	openLimit  = 60 * time.Second
	pairLimit  = 60 * time.Second
	pollPause  = 2 * time.Millisecond
	openAtOnce = 4
)

// begin opens all talks and waits until staff see each.
func (c *crowd) begin(ctx context.Context, customers medium) error {
	turns, errs := make(chan int, c.talks), make(chan error, openAtOnce)
	for talk := range c.talks {
		turns <- talk
	}
	close(turns)
	for range openAtOnce {
		go func() {
			var failed error
			for talk := range turns {
				failed = errors.Join(failed, customers.open(ctx, talk, newStamp(talk).String()+words))
			}
			errs <- failed
		}()
	}
	var failed error
	for range openAtOnce {
		failed = errors.Join(failed, <-errs)
	}
	for n := 0; n < c.talks && failed == nil; n++ {
		select {
		case <-c.streets.found:
		case <-ctx.Done():
			failed = fmt.Errorf("staff saw %d of %d conversations within %s", n, c.talks, openLimit)
		}
	}
	return errors.Join(failed, c.failed())
}

// pairSpeed is what was measured one way.
type pairSpeed struct {
	arrivals

	Rate float64 `json:"rate"` // messages a second
}

// point has everybody of one side write for a while, each as soon as few enough of theirs are on their way.
func (c *crowd) point(ctx context.Context, way string, length time.Duration, write func(context.Context, int, string) error) (pairSpeed, error) {
	c.ledger.reset()
	c.measure(way)
	began := time.Now()
	sent, err := c.crowdWrites(ctx, began.Add(length), write)
	if err == nil {
		err = c.drain(ctx, sent)
	}
	a := c.ledger.report()
	if err == nil && (a.Received != sent || a.Doubled > 0 || a.Displaced > 0) {
		err = fmt.Errorf("%d were written, but %+v", sent, a)
	}
	speed := pairSpeed{arrivals: a}
	if took := time.Duration(a.Last - began.UnixNano()); a.Received > 0 && took > 0 {
		speed.Rate = float64(a.Received) / took.Seconds()
	}
	return speed, errors.Join(err, c.failed())
}

func (c *crowd) crowdWrites(ctx context.Context, end time.Time, write func(context.Context, int, string) error) (int, error) {
	ctx, stop := context.WithDeadline(ctx, end)
	defer stop()
	counts, errs := make([]int, c.talks), make([]error, c.talks)
	var all sync.WaitGroup
	for talk := range c.talks {
		all.Go(func() {
			for c.room(ctx, talk) {
				// Whoever has begun to write ends it, so that what was written is known.
				if errs[talk] = write(context.WithoutCancel(ctx), talk, newStamp(talk).String()+words); errs[talk] != nil {
					stop()
					return
				}
				counts[talk]++
			}
		})
	}
	all.Wait()
	sent := 0
	for _, n := range counts {
		sent += n
	}
	return sent, errors.Join(errs...)
}

// room waits until a talk may have another message on its way; false at the end of the point.
func (c *crowd) room(ctx context.Context, talk int) bool {
	if ctx.Err() != nil {
		return false
	}
	select {
	case c.slots[talk] <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// drain waits for what is on its way.
func (c *crowd) drain(ctx context.Context, want int) error {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	for c.ledger.count() < want {
		if wait(ctx, pollPause) != nil {
			return fmt.Errorf("%d of %d messages arrived within %s", c.ledger.count(), want, c.patience)
		}
	}
	for _, slot := range c.slots { // nothing is on its way any more
		for len(slot) > 0 {
			<-slot
		}
	}
	return nil
}
