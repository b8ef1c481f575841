package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// Aims of webhooks.
const (
	aimDrain      = 15_000 // per second, on SQLite
	aimDrainShare = 0.5    // of the baseline, on SQLite
	aimFlow       = 6_000  // per second, on SQLite
	aimPoster     = 0.85   // of a plain http.Client
	aimPickLite   = 3      // ms, on SQLite
	aimPickPg     = 6      // ms, on PostgreSQL
	aimApart      = 500    // ms
)

// hookReport writes the tables of webhooks.
func hookReport(p plan, all []outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s on %s, %d cores shared by everything (sender, receiver, database), %s, %s/%s, Linux %s.\n\n",
		time.Now().UTC().Format(time.RFC3339), processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel())
	fmt.Fprintf(&b, "Command: `make bench ARGS=\"%s\"`: %d deliveries a rate, %s a delay, median of %d.\n\n", strings.Join(p.args, " "), p.deliveries, p.point, p.repeat)
	for _, o := range all {
		fmt.Fprintf(&b, "### Webhooks on %s\n\n| | baseline | Kefu | Kefu / baseline | aim | |\n|---|--:|--:|--:|---|---|\n", o.title())
		for _, l := range o.hookLines() {
			b.WriteString(strings.Replace(l.row(o), "| ❌ |", "| ❌ **MISSED** |", 1))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// hooksMissed counts the aims that were not reached.
func (o outcome) hooksMissed() (n int) {
	for _, l := range o.hookLines() {
		if v, measured := o.kefu[l.fig]; measured && l.ok != nil && !l.ok(o.bare[l.fig], v) {
			n++
		}
	}
	return n
}

// below and within make the judges of the usual aims.
func below(aim float64) func(bare, kefu float64) bool {
	return func(_, kefu float64) bool { return kefu < aim }
}

func within(aim float64) func(bare, kefu float64) bool {
	return func(_, kefu float64) bool { return kefu <= aim }
}

// hookLines are the rows for an engine: the aims of rates are SQLite's.
func (o outcome) hookLines() (lines []line) {
	lite, pick := o.engine == engineSQLite, float64(aimPickPg)
	if lite {
		pick = aimPickLite
	}
	for _, n := range hookSizes() {
		l := line{figDrain(n), "drained per second, " + endpointsOf(n), "%.0f", true, "", nil}
		if lite {
			l.aim, l.ok = "≥ 15,000 and ≥ 0.5 × baseline", func(b, k float64) bool { return k >= aimDrain && k >= aimDrainShare*b }
		}
		lines = append(lines, l)
	}
	for _, n := range hookSizes() {
		l := line{figFlow(n), "from appended to delivered and recorded, per second, " + endpointsOf(n), "%.0f", true, "", nil}
		if lite {
			l.aim, l.ok = "≥ 6,000", func(_, k float64) bool { return k >= aimFlow }
		}
		lines = append(lines, l)
	}
	picked := fmt.Sprintf("≤ %.0f", pick)
	return append(lines,
		line{figHookCost, "processor time of the sender per delivery, draining, " + endpointsOf(hookSome) + ", µs", "%.0f", true, "", nil},
		line{figPoster, "Kefu's poster alone per second, beside a plain http.Client", "%.0f", true, "≥ 0.85 × baseline",
			func(b, k float64) bool { return k >= aimPoster*b }},
		line{figHookP50, "idle: commit → first byte at the receiver, p50 in ms", "%.2f", false, picked, within(pick)},
		line{figHookP99, "the same, p99 in ms", "%.2f", false, "", nil},
		line{figHookServeP50, "idle, `kefu serve`: answer to `POST /messages` → first byte at the receiver, p50 in ms", "%.2f", false, picked, within(pick)},
		line{figHookServeP99, "the same, p99 in ms", "%.2f", false, "", nil},
		line{figHookSentP50, "the same from sending the `POST`, p50 in ms", "%.2f", false, "", nil},
		line{figHookSentP99, "the same, p99 in ms", "%.2f", false, "", nil},
		line{figHookLateP50, "second attempts: begun after their due time by, p50 in ms", "%.2f", false, "", nil},
		line{figHookLateP99, "the same, p99 in ms", "%.2f", false, "", nil},
		line{figHookLateMax, "the same, the latest in ms", "%.2f", false, "", nil},
		line{figHookEarly, "second attempts before their due time", "%.0f", false, "0", within(0)},
		line{figHookApartP50, fmt.Sprintf("one endpoint hangs with %d queued: commit → first byte at the others, p50 in ms", hungQueue), "%.1f", false, "", nil},
		line{figHookApartP99, "the same, p99 in ms", "%.1f", false, "< 500", below(aimApart)},
		line{figHookFirst, fmt.Sprintf("one event for %d endpoints: commit → first byte at the first, ms", hookMany), "%.1f", false, "", nil},
		line{figHookMiddle, "the same, at the middle one", "%.1f", false, "", nil},
		line{figHookLast, "the same, at the last", "%.1f", false, "", nil},
		line{figHookHighest, "memory while draining, highest, MiB", "%.0f", false, "", nil},
		line{figHookHeap, "heap in use after draining, most, MiB", "%.1f", false, "", nil},
		line{figHookIdle, fmt.Sprintf("`kefu serve` idle with %d finished deliveries, processor, %% of one core", hookStored), "%.2f", false, "about 0", within(aimIdle)},
		line{figHookRest, "the same, memory, MiB", "%.0f", false, "", nil},
	)
}

func endpointsOf(n int) string {
	if n == 1 {
		return "1 endpoint"
	}
	return fmt.Sprint(n, " endpoints")
}
