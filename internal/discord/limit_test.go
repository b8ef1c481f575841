package discord

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// post sends a message and gives whether it was held back, and how.
func post(t *testing.T, c *Client, channel string) *RateLimitedError {
	t.Helper()
	_, err := c.CreateMessage(testContext(t), channel, MessageSend{Content: "x"})
	return limited(t, err)
}

func limited(t *testing.T, err error) *RateLimitedError {
	t.Helper()
	var e *RateLimitedError
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("unexpected: %v", err)
	}
	if e != nil && MayHaveHappened(err) {
		t.Errorf("a limited call may have happened: %v", err)
	}
	return e
}

const tooMany = `{"message":"You are being rate limited.","retry_after":%g,"global":%t}`

func Test429Scopes(t *testing.T) {
	const page = `<!DOCTYPE html><html><title>Access denied | error 1015</title></html>`
	cases := []struct {
		name    string
		body    string
		headers []string
		scope   Scope
		wait    time.Duration
		others  bool // whether other channels are held up as well
	}{
		{"user", fmt.Sprintf(tooMany, 3.5, false), []string{"Retry-After", "3", "X-RateLimit-Scope", "user"}, ScopeRoute, 3500 * time.Millisecond, false},
		{"no scope named", fmt.Sprintf(tooMany, 3.0, false), nil, ScopeRoute, 3 * time.Second, false},
		{"shared", fmt.Sprintf(tooMany, 2.0, false), []string{"X-RateLimit-Scope", "shared"}, ScopeChannel, 2 * time.Second, false},
		{"global in the body", fmt.Sprintf(tooMany, 1.0, true), nil, ScopeGlobal, time.Second, true},
		{"global in a header", fmt.Sprintf(tooMany, 1.0, false), []string{"X-RateLimit-Global", "true"}, ScopeGlobal, time.Second, true},
		{"global scope", fmt.Sprintf(tooMany, 1.0, false), []string{"X-RateLimit-Scope", "global"}, ScopeGlobal, time.Second, true},
		{"HTML", page, []string{"Retry-After", "7"}, ScopeGlobal, 7 * time.Second, true},
		{"HTML that says no time", page, nil, ScopeGlobal, unsaidWait, true},
		{"empty", "", nil, ScopeGlobal, unsaidWait, true},
		{"absurd time", `{"retry_after":-1e300}`, []string{"Retry-After", "NaN"}, ScopeRoute, unsaidWait, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			clk := newClock()
			s := newSite(t, reply(429, tc.body, tc.headers...))
			c := s.client(t, clk)
			e := post(t, c, "3")
			if e == nil || e.Scope != tc.scope || e.RetryAfter != tc.wait || e.API == nil {
				t.Fatalf("%+v", e)
			}
			s.says(reply(200, `{}`))
			if e := post(t, c, "3"); e == nil || e.API != nil || e.Scope != tc.scope {
				t.Errorf("sent although it must wait: %+v", e)
			}
			if e := post(t, c, "4"); (e != nil) != tc.others {
				t.Errorf("another channel: %v", e)
			}
			_, err := c.Messages(testContext(t), "3", Page{})
			if e := limitedOnly(err); (e != nil) != tc.others {
				t.Errorf("another route of the channel: %v", err)
			}
			clk.pass(tc.wait)
			if e := post(t, c, "3"); e != nil {
				t.Errorf("held for longer than asked: %v", e)
			}
			if clk.slept > patience {
				t.Errorf("slept %s", clk.slept)
			}
		})
	}
}

// limitedOnly gives err if it is a limit: an answer of the wrong shape does not matter here.
func limitedOnly(err error) *RateLimitedError {
	var e *RateLimitedError
	errors.As(err, &e)
	return e
}

func TestHTML429HoldsInteractionsToo(t *testing.T) {
	answer := func(status int, body string) (*Client, *site) {
		s := newSite(t, reply(status, body))
		c := s.client(t, newClock())
		post(t, c, "3")
		s.says(reply(204, ""))
		return c, s
	}
	defer_ := InteractionResponse{Type: CallbackDeferMessage}
	c, _ := answer(429, fmt.Sprintf(tooMany, 9.0, true))
	if err := c.InteractionCallback(testContext(t), "1", "tok", defer_); err != nil {
		t.Errorf("the global limit held an interaction, which it does not count: %v", err)
	}
	c, _ = answer(429, "<html>")
	if e := limited(t, c.InteractionCallback(testContext(t), "1", "tok", defer_)); e == nil {
		t.Error("an interaction was sent to a proxy that shut us out")
	}
}

func TestRenameHoldsNothingElse(t *testing.T) {
	clk := newClock()
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPatch {
			reply(200, `{}`)(w, r)
			return
		}
		reply(429, fmt.Sprintf(tooMany, 582.0, false), "X-RateLimit-Scope", "shared", "X-RateLimit-Bucket", "one")(w, r)
	})
	c := s.client(t, clk)
	name, topic, parent, archived := "a", "b", "9", true
	rename := func(e ChannelEdit) *RateLimitedError {
		_, err := c.ModifyChannel(testContext(t), "3", e)
		return limited(t, err)
	}
	if e := rename(ChannelEdit{Name: &name}); e == nil || e.RetryAfter != 582*time.Second || e.Scope != ScopeRoute {
		t.Fatalf("%+v", e)
	}
	s.says(reply(200, `{}`, "X-RateLimit-Bucket", "one"))
	if e := rename(ChannelEdit{Topic: &topic}); e == nil || e.Scope != ScopeRoute {
		t.Error("name and topic share their limit")
	}
	for what, err := range map[string]*RateLimitedError{
		"a message": post(t, c, "3"),
		"a move":    rename(ChannelEdit{ParentID: &parent}),
		"archiving": rename(ChannelEdit{Archived: &archived}),
		"deleting":  limited(t, c.DeleteChannel(testContext(t), "3")),
	} {
		if err != nil {
			t.Errorf("%s waits for the rename: %v", what, err)
		}
	}
	_, err := c.ModifyChannel(testContext(t), "4", ChannelEdit{Name: &name})
	if e := limited(t, err); e != nil {
		t.Errorf("another channel's rename waits: %v", e)
	}
}

// windows answers like Discord with a limit of calls per window and channel.
type windows struct {
	clk    *clock
	limit  int
	length time.Duration

	mu   sync.Mutex
	ends map[string]time.Time
	used map[string]int
	over int // 429s that were given
}

func (s *windows) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clk.Now()
	channel := strings.Split(r.URL.Path, "/")[4]
	if !now.Before(s.ends[channel]) {
		s.ends[channel], s.used[channel] = now.Add(s.length), 0
	}
	left := s.ends[channel].Sub(now).Seconds()
	s.used[channel]++
	h := []string{
		"X-RateLimit-Bucket", "messages", "X-RateLimit-Limit", fmt.Sprint(s.limit),
		"X-RateLimit-Remaining", fmt.Sprint(max(s.limit-s.used[channel], 0)), "X-RateLimit-Reset-After", fmt.Sprintf("%.3f", left),
	}
	if s.used[channel] > s.limit {
		s.over++
		reply(429, fmt.Sprintf(tooMany, left, false), append(h, "X-RateLimit-Scope", "user")...)(w, r)
		return
	}
	reply(200, `{"id":"1"}`, h...)(w, r)
}

func newWindows(clk *clock, limit int, length time.Duration) *windows {
	return &windows{clk: clk, limit: limit, length: length, ends: map[string]time.Time{}, used: map[string]int{}}
}

func TestBucketIsLearnt(t *testing.T) {
	clk := newClock()
	w := newWindows(clk, 5, 5*time.Second)
	s := newSite(t, w.ServeHTTP)
	c := s.client(t, clk)
	for i := range 5 {
		if e := post(t, c, "3"); e != nil {
			t.Fatalf("call %d: %v", i, e)
		}
	}
	e := post(t, c, "3")
	if e == nil || e.API != nil || e.Scope != ScopeRoute || e.RetryAfter != 5*time.Second {
		t.Fatalf("%+v", e)
	}
	if e := post(t, c, "4"); e != nil {
		t.Errorf("another channel waits: %v", e)
	}
	clk.pass(4900 * time.Millisecond)
	if e := post(t, c, "3"); e != nil {
		t.Errorf("a wait of 100 ms was not waited: %v", e)
	}
	if clk.slept != 100*time.Millisecond || w.over != 0 {
		t.Errorf("slept %s, %d times over the limit", clk.slept, w.over)
	}
}

func TestConcurrentCallsKeepTheLimit(t *testing.T) {
	clk := newClock()
	w := newWindows(clk, 5, time.Hour)
	s := newSite(t, w.ServeHTTP)
	c := s.client(t, clk, func(o *Options) { o.GlobalRate = 10000 })
	if e := post(t, c, "9"); e != nil { // teaches the limit
		t.Fatal(e)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	sent := 0
	for range 40 {
		wg.Go(func() {
			if _, err := c.CreateMessage(testContext(t), "3", MessageSend{Content: "x"}); err == nil {
				mu.Lock()
				defer mu.Unlock()
				sent++
			}
		})
	}
	wg.Wait()
	if sent != 5 || w.over != 0 {
		t.Errorf("%d sent, %d times over the limit", sent, w.over)
	}
}

// A call of which nothing is heard must not use up the bucket for ever.
func TestLostAnswersDoNotBlockTheBucket(t *testing.T) {
	clk := newClock()
	w := newWindows(clk, 2, time.Second)
	s := newSite(t, w.ServeHTTP)
	c := s.client(t, clk)
	post(t, c, "9")
	s.says(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	for range 6 {
		if _, err := c.CreateMessage(testContext(t), "3", MessageSend{Content: "x"}); !MayHaveHappened(err) {
			t.Fatalf("%v", err)
		}
	}
	s.says(w.ServeHTTP)
	if e := post(t, c, "3"); e != nil {
		t.Errorf("blocked: %v", e)
	}
}

func TestNoWaitBeyondTheContext(t *testing.T) {
	s := newSite(t, reply(429, fmt.Sprintf(tooMany, 0.2, false)))
	c := s.client(t, nil, func(o *Options) {
		o.Sleep = func(context.Context, time.Duration) error {
			t.Error("slept although the context ends before the limit opens")
			return nil
		}
	})
	post(t, c, "3")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := c.CreateMessage(ctx, "3", MessageSend{Content: "x"})
	if e := limited(t, err); e == nil {
		t.Error("sent although it must wait")
	}
}

func TestGlobalRate(t *testing.T) {
	clk := newClock()
	s := newSite(t, reply(200, `{}`))
	c := s.client(t, clk, func(o *Options) { o.GlobalRate = 10 })
	sent := 0
	for i := range 30 {
		if e := post(t, c, fmt.Sprint(i)); e == nil {
			sent++
		} else if e.Scope != ScopeGlobal || e.RetryAfter <= 0 {
			t.Fatalf("%+v", e)
		}
	}
	if limit := 10*int(clk.slept/time.Second+1) + 1; sent > limit {
		t.Errorf("%d calls in %s", sent, clk.slept)
	}
	if err := c.InteractionCallback(testContext(t), "1", "tok", InteractionResponse{Type: CallbackDeferMessage}); err != nil {
		t.Errorf("an interaction waited for the global rate: %v", err)
	}
}

func TestNoPacing(t *testing.T) {
	clk := newClock()
	w := newWindows(clk, 5, 5*time.Second)
	s := newSite(t, w.ServeHTTP)
	c := s.client(t, clk, func(o *Options) { o.NoPacing = true })
	for range 5 {
		if e := post(t, c, "3"); e != nil {
			t.Fatal(e)
		}
	}
	if e := post(t, c, "3"); e == nil || e.API == nil {
		t.Errorf("the sixth call was held back by us: %+v", e)
	}
	if e := post(t, c, "3"); e == nil || e.API != nil {
		t.Errorf("a 429 was not obeyed: %+v", e)
	}
}

func TestBrake(t *testing.T) {
	clk := newClock()
	s := newSite(t, reply(403, `{"message":"Missing Access","code":50001}`))
	c := s.client(t, clk, func(o *Options) { o.NoPacing = true })
	for i := range invalidMax {
		if i%1000 == 0 {
			clk.pass(time.Minute)
		}
		c.guard.note(request("GET", "/channels/{}", fmt.Sprint(i)).route, &answer{status: 403, apiErr: &APIError{Status: 403}})
	}
	_, err := c.Channel(testContext(t), "new")
	var brake *BrakeError
	if !errors.As(err, &brake) || brake.Invalid != invalidMax || s.count() != 0 {
		t.Fatalf("%v after %d requests", err, s.count())
	}
	c.Reset()
	if _, err := c.Channel(testContext(t), "new"); !errors.As(err, &brake) {
		t.Errorf("Reset loosened the brake: %v", err)
	}
	clk.pass(brake.RetryAfter)
	if _, err := c.Channel(testContext(t), "new"); errors.As(err, &brake) {
		t.Errorf("the brake holds for longer than it said: %v", err)
	}
	clk.pass(time.Hour)
	if n := c.guard.count(); n != 0 {
		t.Errorf("%d counted after an hour", n)
	}
}

func TestSharedLimitIsNoFaultOfOurs(t *testing.T) {
	a := &answer{status: 429, apiErr: &APIError{Scope: ScopeChannel}}
	if a.invalid() {
		t.Error("a shared 429 counts towards the ban")
	}
	a.apiErr.Scope = ScopeRoute
	if !a.invalid() {
		t.Error("a 429 of our own does not count")
	}
}

func TestRefusedRouteIsLeftAlone(t *testing.T) {
	s := newSite(t, reply(403, `{"message":"Missing Permissions","code":50013}`))
	c := s.client(t, nil)
	for range refusalsMax {
		if err := c.DeleteChannel(testContext(t), "3"); Code(err) != CodeMissingPermissions {
			t.Fatal(err)
		}
	}
	err := c.DeleteChannel(testContext(t), "3")
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Status != 403 || Code(err) != CodeMissingPermissions || s.count() != refusalsMax {
		t.Fatalf("%v after %d requests", err, s.count())
	}
	s.says(reply(200, `{}`))
	if err := c.DeleteChannel(testContext(t), "4"); err != nil {
		t.Errorf("another channel is left alone as well: %v", err)
	}
	if e := post(t, c, "3"); e != nil {
		t.Errorf("another route is left alone as well: %v", e)
	}
	c.Reset()
	if err := c.DeleteChannel(testContext(t), "3"); err != nil {
		t.Errorf("after Reset: %v", err)
	}
}

func TestResetOfOneChannel(t *testing.T) {
	s := newSite(t, reply(403, `{"message":"Cannot send messages to this user","code":50007}`))
	c := s.client(t, nil)
	for range refusalsMax {
		_, errRead := c.Message(testContext(t), "3", "1")
		if errors.Join(errRead, c.DeleteChannel(testContext(t), "4")) == nil {
			t.Fatal("not refused")
		}
	}
	s.says(reply(200, `{}`))
	c.ResetChannel("3")
	if _, err := c.Message(testContext(t), "3", "1"); err != nil {
		t.Errorf("the channel is still left alone: %v", err)
	}
	var refused *RefusedError
	if err := c.DeleteChannel(testContext(t), "4"); !errors.As(err, &refused) {
		t.Errorf("another channel is called again: %v", err)
	}
}

func TestOneGoodAnswerForgivesRefusals(t *testing.T) {
	s := newSite(t, nil)
	c := s.client(t, nil)
	for range 5 {
		for range refusalsMax - 1 {
			s.says(reply(403, `{"code":50013}`))
			if err := c.DeleteChannel(testContext(t), "3"); Code(err) != CodeMissingPermissions {
				t.Fatal(err)
			}
		}
		s.says(reply(204, ``))
		if err := c.DeleteChannel(testContext(t), "3"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	clk := newClock()
	l := newLimiter(Options{GlobalRate: 50, NoPacing: true, Now: clk.Now}.withDefaults())
	g := newGuard(clk.Now)
	for i := range 3 * maxBuckets {
		r := request("POST", "/channels/{}/messages", fmt.Sprint(i)).route
		p, err := l.enter(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		a := &answer{status: 429, header: http.Header{}, apiErr: &APIError{Status: 429, RetryAfter: time.Hour, Scope: ScopeRoute}}
		l.leave(p, a)
		g.note(r, &answer{status: 403, apiErr: &APIError{}})
	}
	if len(l.buckets) > maxBuckets || len(g.refused) > maxRefusedRoutes {
		t.Errorf("%d buckets, %d refused routes", len(l.buckets), len(g.refused))
	}
}
