package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"kefu"
	"kefu/internal/webhook"
	"kefu/internal/websig"
)

// rolePosts is the process of the baseline of webhooks: it signs and posts in a loop, without a database.
const rolePosts = "posts"

const (
	hookInFlight  = 4   // requests on their way to an endpoint, as many as Kefu has by default
	hooksInFlight = 256 // and to all of them
	hookTimeout   = 5 * time.Second
)

// posting is one round of the baseline.
type posting struct {
	targets []webhook.Target
	count   int64
	post    func(context.Context, webhook.Request) error

	taken atomic.Int64 // of count
}

func runPosts(ctx context.Context, args []string) error {
	p := &posting{}
	f := flag.NewFlagSet(rolePosts, flag.ContinueOnError)
	far := f.String("receiver", "", "address of the receiver's questions")
	endpoints := f.Int("endpoints", 1, "endpoints")
	f.Int64Var(&p.count, "count", 1, "how many")
	plain := f.Bool("plain", false, "over a plain http.Client, not over Kefu's poster")
	profile := f.String("profile", "", "file for a CPU profile")
	if err := f.Parse(args); err != nil {
		return err
	}
	var info hookInfo
	if err := ask(ctx, "http://"+*far+"/readyz", &info); err != nil {
		return err
	}
	for n := range *endpoints {
		p.targets = append(p.targets, hookTarget(info.Port, n))
	}
	poster := webhook.NewPoster(hookAllow(), "bench")
	defer poster.Close()
	p.post = func(ctx context.Context, r webhook.Request) error { return failed(poster.Post(ctx, r)) }
	if *plain {
		p.post = plainPost(&http.Client{Timeout: hookTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: hookInFlight}})
	}
	stop, err := profiled(*profile)
	if err != nil {
		return err
	}
	defer stop()
	told, err := p.run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(told)
}

// run posts all of it with as many workers as Kefu may have requests in flight.
func (p *posting) run(ctx context.Context) (worked, error) {
	workers := min(hookInFlight*len(p.targets), hooksInFlight)
	errs := make([]error, workers)
	began, spent := time.Now(), spentBy(os.Getpid())
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() { errs[i] = p.work(ctx) })
	}
	all.Wait()
	return worked{Want: int(p.count), Took: time.Since(began), Spent: spentBy(os.Getpid()) - spent}, errors.Join(errs...)
}

// work ends with the first failure: a point with failures is no point.
func (p *posting) work(ctx context.Context) error {
	data := hookData()
	for {
		n := p.taken.Add(1)
		if n > p.count {
			return nil
		}
		t := p.targets[int(n)%len(p.targets)]
		id := fmt.Sprintf("evt_%026d", n)
		body, err := t.Body(fmt.Appendf(nil, `{"id":%q,"event":%q,"timestamp":"2026-01-01T10:00:00Z","data":%s}`, id, hookType, data))
		if err != nil {
			return err
		}
		r := webhook.Request{Target: t, EventID: id, Type: hookType, Delivery: "whd_" + strconv.FormatInt(n, 10), Attempt: 1, Body: body}
		if err := p.post(ctx, r); err != nil {
			return err
		}
	}
}

func failed(r webhook.Result) error {
	if r.OK() {
		return nil
	}
	return fmt.Errorf("not posted: %s, status %d", r.Error, r.Status)
}

// plainPost is the least that signs and posts: what the poster is held against.
func plainPost(client *http.Client) func(context.Context, webhook.Request) error {
	return func(ctx context.Context, r webhook.Request) error {
		now, key := time.Now(), r.Target.Secrets.Signing
		outer, err := websig.BodySignature(key, r.Body)
		if err != nil {
			return err
		}
		standard, err := websig.Sign(key, r.EventID, now, r.Body)
		if err != nil {
			return err
		}
		q, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Target.URL, bytes.NewReader(r.Body))
		if err != nil {
			return err
		}
		for name, value := range map[string]string{"Content-Type": "application/json", "User-Agent": "Kefu/bench", "Signature": outer,
			websig.HeaderID: r.EventID, websig.HeaderTimestamp: strconv.FormatInt(now.Unix(), 10), websig.HeaderSignature: standard,
			"X-Webhook-Event": r.Type, "X-Webhook-Delivery": r.Delivery, "X-Webhook-Attempt": strconv.Itoa(r.Attempt)} {
			q.Header.Set(name, value)
		}
		res, err := client.Do(q)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return err
		}
		if res.StatusCode/100 != 2 {
			return fmt.Errorf("not posted: answered %s", res.Status)
		}
		return nil
	}
}

// hookTarget is an endpoint as the baseline knows it.
func hookTarget(port, n int) webhook.Target {
	return webhook.Target{
		Endpoint: kefu.Endpoint{URL: hookURL(port, n), Auth: kefu.AuthNone, Timeout: hookTimeout, MaxInFlight: hookInFlight},
		Secrets:  webhook.Secrets{Signing: hookSecret(n)},
	}
}

// hookAllow opens what the receiver listens on.
func hookAllow() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }
