package main

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// calmRate is below Discord's 50 calls a second for a bot, crowdRate far above.
	calmRate  = 30
	crowdRate = 200
	// crowdPart shortens the crowded point: what it sends in a second takes several to leave.
	crowdPart = 2
)

// measureLimits runs Kefu as it is, pacing on, beside a Discord with its real limits.
func measureLimits(ctx context.Context, g ground) (figures, error) {
	c, err := startContest(ctx, g, nameKefu)
	if err != nil {
		return nil, err
	}
	defer c.stop()
	// Opening a hundred channels takes Discord's limits a minute. That is not what is measured.
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	if err := tell(ctx, c.remote("/bench/limits")); err != nil {
		return nil, err
	}
	f := figures{}
	a, age, _, err := c.aged(ctx, calmRate, 2*g.plan.point)
	if err != nil {
		return nil, err
	}
	f[figCalmP50], f[figCalmP99], f[figCalmAge] = ms(a.P50), ms(a.P99), age.Seconds()
	c.say("limits on, %d/s: p50 %.1f ms, p99 %.1f ms, oldest %.1f s", calmRate, f[figCalmP50], f[figCalmP99], f[figCalmAge])
	a, age, took, err := c.aged(ctx, crowdRate, g.plan.point/crowdPart)
	if err != nil {
		return nil, err
	}
	f[figCrowdAge], f[figCrowdEnd] = age.Seconds(), took.Seconds()
	f[figCrowdOut] = float64(a.Received) / took.Seconds()
	c.say("limits on, %d/s: oldest %.1f s, all out after %.1f s: %.1f/s", crowdRate, f[figCrowdAge], f[figCrowdEnd], f[figCrowdOut])
	return f, nil
}

// aged sends at a rate and tells the highest age that the queue had, and how long it took until everything was out.
func (c *contest) aged(ctx context.Context, rate int, length time.Duration) (arrivals, time.Duration, time.Duration, error) {
	highest := c.watchAge(ctx)
	s, a, err := c.point(ctx, "-senders", strconv.Itoa(channels), "-rate", strconv.Itoa(rate), "-for", length.String())
	return a, highest(), time.Duration(a.Last - s.Began), err
}

// watchAge notes the highest age of the queue until the returned function is called.
func (c *contest) watchAge(ctx context.Context) (highest func() time.Duration) {
	ctx, stop := context.WithCancel(ctx)
	var most time.Duration
	var ended sync.WaitGroup
	ended.Go(func() {
		for wait(ctx, 100*time.Millisecond) == nil {
			most = max(most, queueAge(ctx, "http://"+c.near.host+"/metrics"))
		}
	})
	return func() time.Duration {
		stop()
		ended.Wait()
		return most
	}
}

// queueAge reads the age of the oldest delivery off Kefu's metrics; 0 when none waits.
func queueAge(ctx context.Context, url string) time.Duration {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	var oldest float64
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "} ")
		if !strings.HasPrefix(name, "kefu_deliveries_oldest_seconds{") {
			continue
		}
		if age, err := strconv.ParseFloat(value, 64); err == nil {
			oldest = max(oldest, age)
		}
	}
	return time.Duration(oldest * float64(time.Second))
}
