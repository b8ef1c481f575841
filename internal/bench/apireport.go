package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// Aims of the open API.
const (
	aimCreate     = 0.3   // of the baseline
	aimList       = 10.0  // ms
	aimListWrites = 30.0  // ms
	aimRare       = 50.0  // ms, of terms in less than 1 % of the messages
	aimAny        = 300.0 // ms
	aimSocket     = 40.0  // kB
	aimIdle       = 1.0   // percent of one core: "about 0"
	aimPings      = 3.0   // the same with sockets, each of which pings twice a minute
)

// apiLine is one row: cells of the baseline, the small and the large database.
type apiLine struct {
	label              string
	bare, small, large string
	aim                string
	judged, ok         bool
}

func (l apiLine) row() string {
	sign := ""
	if l.judged {
		sign = map[bool]string{true: "✅", false: "❌ **MISSED**"}[l.ok]
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", l.label, l.bare, l.small, l.large, l.aim, sign)
}

// apiReport writes the tables of the open API.
func apiReport(p plan, all []outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s on %s, %d cores shared by everything (those who ask, server, database), %s, %s/%s, Linux %s.\n\n",
		time.Now().UTC().Format(time.RFC3339), processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel())
	fmt.Fprintf(&b, "Command: `make bench ARGS=\"%s\"`: %s a point of creation, twice as long a point of lists and searches, median of %d.\n\n",
		strings.Join(p.args, " "), p.point, p.repeat)
	for _, o := range all {
		fmt.Fprintf(&b, "### The open API on %s\n\n| | baseline | Kefu, %s messages | Kefu, %s messages | aim | |\n|---|--:|--:|--:|---|---|\n", o.title(), thousands(p.sizes[0]), thousands(p.sizes[len(p.sizes)-1]))
		for _, l := range o.apiLines(p) {
			b.WriteString(l.row())
		}
		b.WriteString("\n")
	}
	return b.String()
}

func thousands(n int) string {
	if n%1_000_000 == 0 {
		return fmt.Sprintf("%d M", n/1_000_000)
	}
	return fmt.Sprintf("%d k", n/1000)
}

// missed counts the aims that were not reached.
func (o outcome) missed(p plan) (n int) {
	for _, l := range o.apiLines(p) {
		if l.judged && !l.ok {
			n++
		}
	}
	return n
}

func (o outcome) apiLines(p plan) []apiLine {
	lines := o.createLines()
	for _, what := range []string{listTalks, listMessages} {
		for _, who := range []string{kindAdmin, kindFew} {
			for _, writes := range []bool{false, true} {
				lines = append(lines, o.listLine(what, who, writes))
			}
		}
	}
	for _, who := range []string{kindAdmin, kindTeam, kindFew} {
		for _, t := range searched(who) {
			lines = append(lines, o.searchLine(t, who))
		}
	}
	lines = append(lines, apiLine{label: "messages indexed per second, the first time", large: o.cell(figIndexed, "%.0f")})
	return append(lines, o.socketLines(p)...)
}

func (o outcome) cell(f figure, format string) string {
	if v, ok := o.kefu[f]; ok {
		return fmt.Sprintf(format, v)
	}
	return ""
}

// judge says whether a figure was measured, and whether it is at most the aim.
func (o outcome) judge(l apiLine, aim float64, of ...figure) apiLine {
	l.ok = true
	for _, f := range of {
		if v, measured := o.kefu[f]; measured {
			l.judged = true
			l.ok = l.ok && v <= aim
		}
	}
	return l
}

func (o outcome) createLines() (lines []apiLine) {
	for _, c := range []struct {
		clients string
		fig     figure
		large   figure
	}{{"1 client", figCreate1, ""}, {"8 clients", figCreate8, ""}, {"64 clients", figCreate64, figCreateLarge}} {
		bare := o.bare[c.fig]
		l := apiLine{label: "messages created per second, " + c.clients, bare: fmt.Sprintf("%.0f", bare), small: o.cell(c.fig, "%.0f"),
			large: o.cell(c.large, "%.0f"), aim: "≥ 0.3 × baseline"}
		if v, ok := o.kefu[c.fig]; ok && bare > 0 {
			l.small += fmt.Sprintf(" (%.2f)", v/bare)
			l.judged, l.ok = true, v >= aimCreate*bare
		}
		lines = append(lines, l)
	}
	return append(lines, apiLine{label: "processor time of the server per message, 64 clients, µs", bare: fmt.Sprintf("%.0f", o.bare[figCreateCost]), small: o.cell(figCreateCost, "%.0f")})
}

func (o outcome) listLine(what, who string, writes bool) apiLine {
	small, large := figList(what, who, writes, false), figList(what, who, writes, true)
	l := apiLine{label: fmt.Sprintf("%d %s at %d/s, %s, p99 in ms", pageWanted, what, listRate, seesWords(who)), small: o.cell(small, "%.1f"), large: o.cell(large, "%.1f")}
	aim := aimList
	if writes {
		aim = aimListWrites
		l.label += fmt.Sprintf(", beside %d writes/s", writeRate)
	}
	l.aim = fmt.Sprintf("≤ %.0f", aim)
	return o.judge(l, aim, small, large)
}

func (o outcome) searchLine(t term, who string) apiLine {
	p50, p95 := figSearch(t, who, "p50"), figSearch(t, who, "p95")
	l := apiLine{label: fmt.Sprintf("search %s (in %.3g %% of the messages), %s, p50 and p95 in ms", t.word, 100*t.share, seesWords(who)),
		large: o.cell(p50, "%.1f and ") + o.cell(p95, "%.1f")}
	if t == otherTeams() {
		l.label = strings.Replace(l.label, "of the messages", "of the messages, all of another team", 1)
	}
	aim := aimAny
	if t.share < 0.01 {
		aim = aimRare
	}
	l.aim = fmt.Sprintf("p95 ≤ %.0f", aim)
	return o.judge(l, aim, p95)
}

func (o outcome) socketLines(p plan) []apiLine {
	n := p.sockets
	fan := ""
	if _, ok := o.kefu[figFanLast]; ok {
		fan = fmt.Sprintf("%.1f, %.1f, %.1f", o.kefu[figFanFirst], o.kefu[figFanMedian], o.kefu[figFanLast])
	}
	return []apiLine{
		o.judge(apiLine{label: fmt.Sprintf("memory of an idle WebSocket, of %d, kB", n), small: o.cell(figSocket, "%.1f"), aim: "≤ 40"}, aimSocket, figSocket),
		{label: fmt.Sprintf("from POST to the first, the middle and the last of %d WebSockets, ms", n), small: fan},
		o.judge(apiLine{label: "processor when idle, % of one core", small: o.cell(figIdle, "%.2f"), aim: "about 0"}, aimIdle, figIdle),
		o.judge(apiLine{label: fmt.Sprintf("the same with %d WebSockets that ping every %s", n, pingEvery), small: o.cell(figIdleSockets, "%.2f"), aim: "about 0"}, aimPings, figIdleSockets),
	}
}
