package main

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// figure names what is measured; unit and aim are in the table's rows.
type figure string

// The figures of a round.
const (
	figAccept1  figure = "accept1"
	figAccept8  figure = "accept8"
	figAccept64 figure = "accept64"
	figP50      figure = "p50"
	figP99      figure = "p99"
	figRelay    figure = "relay"
	figCost     figure = "cost"
	figRest     figure = "rest"
	figLoaded   figure = "loaded"
	figReady    figure = "ready"

	figCalmP50  figure = "calm p50" // with Discord's limits, below what they let through
	figCalmP99  figure = "calm p99"
	figCalmAge  figure = "calm age"
	figCrowdAge figure = "crowd age" // and above it
	figCrowdOut figure = "crowd out"
	figCrowdEnd figure = "crowd end"
)

// figures are what one round found: rates in 1/s, times in milliseconds, memory in MiB.
type figures map[figure]float64

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func mib(n int64) float64 { return float64(n) / (1 << 20) }

// latencyRate is the load at which latency is measured, in messages a second.
const latencyRate = 200

// measure takes one of the two through all points without limits.
func measure(ctx context.Context, g ground, name string, env ...string) (figures, error) {
	c, err := startContest(ctx, g, name, env...)
	if err != nil {
		return nil, err
	}
	defer c.stop()
	f := figures{}
	if err := wait(ctx, time.Second); err != nil {
		return nil, err
	}
	f[figRest] = mib(c.near.resident())
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	most := c.near.watchMemory()
	err = c.points(ctx, f)
	f[figLoaded] = mib(most())
	return f, err
}

func (c *contest) points(ctx context.Context, f figures) error {
	_, a, err := c.point(ctx, "-senders", strconv.Itoa(channels), "-rate", strconv.Itoa(latencyRate), "-for", c.plan.point.String())
	if err != nil {
		return err
	}
	f[figP50], f[figP99] = ms(a.P50), ms(a.P99)
	c.say("latency at %d/s: p50 %.2f ms, p99 %.2f ms", latencyRate, f[figP50], f[figP99])
	for _, p := range []struct {
		senders string
		fig     figure
	}{{"1", figAccept1}, {"8", figAccept8}, {"64", figAccept64}} {
		s, _, err := c.point(ctx, "-senders", p.senders, "-for", c.plan.point.String())
		if err != nil {
			return err
		}
		f[p.fig] = float64(s.Accepted) / s.Took.Seconds()
		c.say("%s senders: %.0f hooks/s accepted", p.senders, f[p.fig])
	}
	before := c.near.processor()
	s, a, err := c.point(ctx, "-senders", "64", "-count", strconv.Itoa(c.messages))
	if err != nil {
		return err
	}
	f[figRelay] = float64(s.Accepted) / time.Duration(a.Last-s.Began).Seconds()
	f[figCost] = float64((c.near.processor() - before).Microseconds()) / float64(s.Accepted)
	c.say("relayed: %.0f messages/s, %.0f µs of processor time each", f[figRelay], f[figCost])
	return nil
}

func (c *contest) say(format string, args ...any) {
	fmt.Fprintf(c.progress, "  %-9s "+format+"\n", append([]any{c.name}, args...)...)
}

// wait is for what takes time by its nature.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
