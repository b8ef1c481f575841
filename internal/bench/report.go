package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// line is one row of the first table. ok judges Kefu's figure beside the baseline's; nil when there is no aim.
type line struct {
	fig    figure
	label  string
	format string
	bare   bool // the baseline has it, too
	aim    string
	ok     func(bare, kefu float64) bool
}

func lines() []line {
	return []line{
		{figAccept1, "hooks accepted per second, 1 sender", "%.0f", true, "", nil},
		{figAccept8, "hooks accepted per second, 8 senders", "%.0f", true, "", nil},
		{figAccept64, "hooks accepted per second, 64 senders", "%.0f", true, "≥ 0.3 × baseline and ≥ 1,500",
			func(b, k float64) bool { return k >= 0.3*b && k >= 1500 }},
		{figP50, "hook → Discord call at 200/s, p50 in ms", "%.2f", true, "≤ baseline + 5", func(b, k float64) bool { return k <= b+5 }},
		{figP99, "hook → Discord call at 200/s, p99 in ms", "%.2f", true, "", nil},
		{figRelay, "messages relayed end to end per second", "%.0f", true, "≥ 0.25 × baseline and ≥ 500",
			func(b, k float64) bool { return k >= 0.25*b && k >= 500 }},
		{figCost, "processor time of the server per relayed message, µs", "%.0f", true, "", nil},
		{figRest, "memory at rest, MiB", "%.0f", true, "≤ 80", func(_, k float64) bool { return k <= 80 }},
		{figLoaded, "memory under all of the above, highest, MiB", "%.0f", true, "≤ 80", func(_, k float64) bool { return k <= 80 }},
		{figReady, "start to ready with the stored messages, ms", "%.0f", false, "≤ 300", func(_, k float64) bool { return k <= 300 }},
	}
}

// limited are the rows of the second table.
func limited() []line {
	return []line{
		{figCalmP50, fmt.Sprintf("%d/s: hook → Discord call, p50 in ms", calmRate), "%.1f", false, "", nil},
		{figCalmP99, fmt.Sprintf("%d/s: hook → Discord call, p99 in ms", calmRate), "%.1f", false, "", nil},
		{figCalmAge, fmt.Sprintf("%d/s: highest age of the queue, s", calmRate), "%.1f", false, "", nil},
		{figCrowdAge, fmt.Sprintf("%d/s: highest age of the queue, s", crowdRate), "%.1f", false, "", nil},
		{figCrowdEnd, fmt.Sprintf("%d/s: all out after, s", crowdRate), "%.1f", false, "", nil},
		{figCrowdOut, fmt.Sprintf("%d/s: messages per second that Discord let through", crowdRate), "%.1f", false, "", nil},
	}
}

// report writes the tables.
func report(p plan, all []outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s on %s, %d cores shared by everything (senders, server, fakes, database), %s, %s/%s, Linux %s.\n\n",
		time.Now().UTC().Format(time.RFC3339), processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel())
	fmt.Fprintf(&b, "Command: `make bench ARGS=\"%s\"`: %s a timed point, %d messages relayed over %d tickets, %d stored messages, median of %d.\n\n",
		strings.Join(p.args, " "), p.point, p.messages, channels, p.stored, p.repeat)
	for _, o := range all {
		fmt.Fprintf(&b, "### %s\n\n| | baseline | Kefu | Kefu / baseline | aim | |\n|---|--:|--:|--:|---|---|\n", o.title())
		for _, l := range lines() {
			b.WriteString(l.row(o))
		}
		b.WriteString("\n")
	}
	if !p.limits {
		return b.String()
	}
	b.WriteString("### With Discord's real limits (50 calls a second for the bot, 5 messages in 5 s for a channel), pacing on\n\n|")
	head, rule := "", "|---|"
	for _, o := range all {
		head, rule = head+" | "+o.title(), rule+"--:|"
	}
	fmt.Fprintf(&b, "%s |\n%s\n", head, rule)
	for _, l := range limited() {
		b.WriteString("| " + l.label)
		for _, o := range all {
			b.WriteString(" | " + cell(o.kefu, l))
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

func (o outcome) title() string {
	return map[string]string{engineSQLite: "SQLite", enginePostgres: "PostgreSQL"}[o.engine]
}

func (l line) row(o outcome) string {
	ratio, sign, bare := "", "", ""
	if l.bare {
		bare = cell(o.bare, l)
		if base := o.bare[l.fig]; base > 0 {
			ratio = fmt.Sprintf("%.2f", o.kefu[l.fig]/base)
		}
	}
	if _, measured := o.kefu[l.fig]; l.ok != nil && measured {
		sign = map[bool]string{true: "✅", false: "❌"}[l.ok(o.bare[l.fig], o.kefu[l.fig])]
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", l.label, bare, cell(o.kefu, l), ratio, l.aim, sign)
}

func cell(f figures, l line) string {
	v, ok := f[l.fig]
	if !ok {
		return "–"
	}
	return fmt.Sprintf(l.format, v)
}

// processor names the machine's processor; its architecture where /proc does not tell.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	_, rest, found := strings.Cut(string(text), "model name")
	name, _, _ := strings.Cut(rest, "\n")
	if !found {
		return runtime.GOARCH
	}
	return strings.Trim(name, "\t :")
}

func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "?"
	}
	return strings.TrimSpace(string(text))
}

// marks stand around what -out replaces. The relay's are older than the parts.
func marks(part string) (begin, end string) {
	name := map[string]string{partRelay: "bench", partAPI: "bench api", partWebhooks: "bench webhooks", partKnowledge: "bench knowledge", partPairs: "bench pairs"}[part]
	return "<!-- " + name + ": begin -->\n", "<!-- " + name + ": end -->\n"
}

func replaceBetweenMarkers(file, part, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	beginMark, endMark := marks(part)
	head, rest, begins := bytes.Cut(old, []byte(beginMark))
	_, tail, ends := bytes.Cut(rest, []byte(endMark))
	if !begins || !ends {
		return errors.New(file + " has no markers for the table: " + strings.TrimSpace(beginMark) + " and " + strings.TrimSpace(endMark))
	}
	return os.WriteFile(file, bytes.Join([][]byte{head, []byte(beginMark), []byte(text), []byte(endMark), tail}, nil), 0o644)
}
