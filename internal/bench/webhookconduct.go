package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// partWebhooks is the part of the bench that measures outgoing webhooks.
const partWebhooks = "webhooks"

// The figures of webhooks. Those that are measured with several numbers of endpoints have names made of the number.
const (
	figPoster       figure = "hook poster" // per second; the baseline's is a plain http.Client's
	figHookCost     figure = "hook cost"   // µs of processors for a delivery
	figHookHighest  figure = "hook highest"
	figHookHeap     figure = "hook heap"
	figHookP50      figure = "hook p50"
	figHookP99      figure = "hook p99"
	figHookServeP50 figure = "hook serve p50"
	figHookServeP99 figure = "hook serve p99"
	figHookSentP50  figure = "hook sent p50"
	figHookSentP99  figure = "hook sent p99"
	figHookLateP50  figure = "hook late p50"
	figHookLateP99  figure = "hook late p99"
	figHookLateMax  figure = "hook late max"
	figHookEarly    figure = "hook early"
	figHookApartP50 figure = "hook apart p50"
	figHookApartP99 figure = "hook apart p99"
	figHookFirst    figure = "hook first"
	figHookMiddle   figure = "hook middle"
	figHookLast     figure = "hook last"
	figHookIdle     figure = "hook idle" // percent of one core
	figHookRest     figure = "hook rest"
)

func figDrain(endpoints int) figure { return figure(fmt.Sprint("hook drain ", endpoints)) }

func figFlow(endpoints int) figure { return figure(fmt.Sprint("hook flow ", endpoints)) }

const (
	hookMany    = 500     // endpoints, the most that are measured
	hookSome    = 20      // endpoints, where one number stands for all
	hookRefuses = 4       // one in so many is refused once, when retries are looked at
	hookStored  = 100_000 // finished deliveries that an idle program has
)

// hookSizes are the numbers of endpoints that rates are measured with.
func hookSizes() []int { return []int{1, hookSome, hookMany} }

// hookPoint is one thing that is measured, by a sender of its own, to a receiver of its own.
type hookPoint struct {
	role      string
	name      string
	endpoints int
	args, far []string // besides: of the sender and of the receiver
	note      func(worked)
}

// hookRound measures webhooks once.
func (g ground) hookRound(ctx context.Context, name string, fresh func(string) (string, error)) (bare, kefu figures, err error) {
	bare, kefu = figures{}, figures{}
	points := append(g.hookRates(bare, kefu), g.hookDelays(kefu)...)
	for i, p := range points {
		if !g.wants(p.name) {
			continue
		}
		_, err := g.step(fmt.Sprintf("%s-%d-%s-%d", name, i, p.name, p.endpoints), fresh, func(g ground) (figures, error) {
			w, err := g.hooks(ctx, p)
			if err == nil {
				p.note(w)
			}
			return nil, err
		})
		if err != nil {
			return nil, nil, fmt.Errorf("%s, %s to %d endpoints: %w", p.role, p.name, p.endpoints, err)
		}
	}
	if !g.wants(hookServe) {
		return bare, kefu, nil
	}
	_, err = g.step(name+"-"+hookServe, fresh, func(g ground) (figures, error) { return nil, g.hookServed(ctx, kefu) })
	return bare, kefu, err
}

// hookRates are the points that are measured by count: what the baseline sends, what Kefu drains, and what goes all the way.
func (g ground) hookRates(bare, kefu figures) (points []hookPoint) {
	count := []string{"-count", strconv.Itoa(g.deliveries)}
	for _, n := range hookSizes() {
		if n == hookSome { // right before the poster, which it is held against
			points = append(points, hookPoint{rolePosts, hookDrain, n, append(count, "-plain"), nil, func(w worked) {
				bare[figPoster] = w.rate()
				g.tell("plain", "%d endpoints: %.0f/s signed and posted by http.Client", n, w.rate())
			}})
		}
		points = append(points,
			hookPoint{rolePosts, hookDrain, n, count, nil, func(w worked) {
				bare[figDrain(n)], bare[figFlow(n)] = w.rate(), w.rate()
				g.tell(nameBare, "%d endpoints: %.0f/s signed and posted, %.0f µs of processor time each", n, w.rate(), w.cost())
				if n == hookSome {
					bare[figHookCost], kefu[figPoster] = w.cost(), w.rate()
				}
			}},
			hookPoint{roleHooks, hookDrain, n, count, nil, func(w worked) {
				kefu[figDrain(n)] = w.rate()
				g.tell(nameKefu, "%d endpoints: %.0f/s drained, %.0f µs of processor time each, %.0f MiB", n, w.rate(), w.cost(), mib(w.Highest))
				kefu[figHookHighest] = max(kefu[figHookHighest], mib(w.Highest))
				kefu[figHookHeap] = max(kefu[figHookHeap], mib(w.Heap))
				if n == hookSome {
					kefu[figHookCost] = w.cost()
				}
			}},
			hookPoint{roleHooks, hookFlow, n, count, nil, func(w worked) {
				kefu[figFlow(n)] = w.rate()
				g.tell(nameKefu, "%d endpoints: %.0f/s from appending to recorded", n, w.rate())
			}})
	}
	return points
}

// hookDelays are the points that are measured by time.
func (g ground) hookDelays(kefu figures) []hookPoint {
	length := []string{"-for", g.point.String()}
	return []hookPoint{
		{roleHooks, hookPickUp, 1, length, []string{"-detailed"}, func(w worked) {
			kefu[figHookP50], kefu[figHookP99] = ms(w.P50), ms(w.P99)
			g.tell(nameKefu, "from the commit to the first byte when idle: p50 %.2f ms, p99 %.2f ms", ms(w.P50), ms(w.P99))
		}},
		{roleHooks, hookRetries, hookSome, length, []string{"-detailed", "-refuse", strconv.Itoa(hookRefuses)}, func(w worked) {
			kefu[figHookLateP50], kefu[figHookLateP99], kefu[figHookLateMax] = ms(w.P50), ms(w.P99), ms(w.Max)
			kefu[figHookEarly] = float64(w.Early)
			g.tell(nameKefu, "%d retries late by: p50 %.2f ms, p99 %.2f ms, at most %.2f ms; %d early", w.Retried, ms(w.P50), ms(w.P99), ms(w.Max), w.Early)
		}},
		{roleHooks, hookApart, hookSome, append([]string{"-hangs", "0"}, length...), []string{"-detailed", "-hangs", "0"}, func(w worked) {
			kefu[figHookApartP50], kefu[figHookApartP99] = ms(w.P50), ms(w.P99)
			g.tell(nameKefu, "beside one that hangs with %d queued: p50 %.2f ms, p99 %.2f ms", hungQueue, ms(w.P50), ms(w.P99))
		}},
		{roleHooks, hookFan, hookMany, length, []string{"-detailed"}, func(w worked) {
			kefu[figHookFirst], kefu[figHookMiddle], kefu[figHookLast] = ms(w.First), ms(w.P50), ms(w.Last)
			g.tell(nameKefu, "one event to %d endpoints: first %.1f ms, middle %.1f ms, last %.1f ms", hookMany, ms(w.First), ms(w.P50), ms(w.Last))
		}},
	}
}

// rate is in deliveries a second, cost in microseconds of processors for each.
func (w worked) rate() float64 { return float64(w.Want) / w.Took.Seconds() }

func (w worked) cost() float64 { return float64(w.Spent.Microseconds()) / float64(w.Want) }

func (g ground) tell(who, format string, args ...any) {
	fmt.Fprintf(g.progress, "  %-9s "+format+"\n", append([]any{who}, args...)...)
}

// hooks lets one process send to a receiver and holds what the one says against what the other says.
func (g ground) hooks(ctx context.Context, p hookPoint) (w worked, err error) {
	far, err := g.startReceiver(ctx, p.far...)
	if err != nil {
		return w, err
	}
	defer far.stop()
	args := append([]string{p.role, "-receiver", far.host, "-endpoints", strconv.Itoa(p.endpoints), "-profile", g.profileOf(p.role)}, p.args...)
	if p.role == roleHooks {
		args = append(args, "-point", p.name, "-database", g.database)
	}
	if err := runChild(ctx, &w, g.self, args...); err != nil {
		return w, err
	}
	var got hookArrivals
	if err := ask(ctx, "http://"+far.host+"/bench/report", &got); err != nil {
		return w, err
	}
	return w, w.complete(got, p.role == roleHooks)
}

func (g ground) startReceiver(ctx context.Context, args ...string) (*child, error) {
	host, err := freeHost(ctx)
	if err != nil {
		return nil, err
	}
	args = append([]string{roleReceiver, "-listen", host, "-profile", g.profileOf(roleReceiver)}, args...)
	far, _, err := startChild(ctx, filepath.Join(g.dir, "receiver.log"), host, nil, g.self, args...)
	return far, err
}

// profileOf is the file for the profile of a process of this step; "" when none is asked for.
func (g ground) profileOf(role string) string {
	if g.profile == "" {
		return ""
	}
	return filepath.Join(g.profile, filepath.Base(g.dir)+"."+role+".pprof")
}

// complete refuses a point in which something is missing, came twice, was not signed, or stands in the log otherwise than it happened.
func (w worked) complete(got hookArrivals, logged bool) error {
	switch {
	case got.Bad > 0:
		return fmt.Errorf("%d requests did not verify: %s", got.Bad, got.Why)
	case got.Taken != w.Want || got.Doubled > 0:
		return fmt.Errorf("%d deliveries wanted, but %d arrived and %d came twice", w.Want, got.Taken, got.Doubled)
	case logged && w.Delivered != w.Want:
		return fmt.Errorf("%d deliveries wanted, but %d are recorded", w.Want, w.Delivered)
	case logged && w.Attempts != w.Want+got.Refused:
		return fmt.Errorf("%d deliveries and %d that were refused, but %d attempts in the log", w.Want, got.Refused, w.Attempts)
	}
	return nil
}
