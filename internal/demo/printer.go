package demo

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// style is an ANSI sequence; none is written unless colours are on.
type style string

const (
	bold    style = "\x1b[1m"
	faint   style = "\x1b[2m"
	red     style = "\x1b[31m"
	green   style = "\x1b[32m"
	yellow  style = "\x1b[33m"
	blue    style = "\x1b[34m"
	magenta style = "\x1b[35m"
	reset         = "\x1b[0m"
)

const (
	bodyIndent = 12
	bodyLines  = 3
	factLines  = 6
	noStatus   = "–––" // there was no answer
)

// printer writes for a person's eyes. It is not safe for concurrent use: the timeline guards it.
type printer struct {
	w      io.Writer
	lang   Lang
	colour bool
	width  int
}

func (p *printer) in(s style, text string) string {
	if !p.colour || s == "" || text == "" {
		return text
	}
	return string(s) + text + reset
}

func (p *printer) line(format string, args ...any) { _, _ = fmt.Fprintf(p.w, format+"\n", args...) }

func (p *printer) heading(n int, title string) {
	p.line("\n%s", p.in(bold, fmt.Sprintf("%d. %s", n, title)))
}

// fact is what came of a step, below it.
func (p *printer) fact(ok bool, text string) {
	mark, hue := "✅", style("")
	if !ok {
		mark, hue = "❌", red
	}
	for paragraph := range strings.SplitSeq(text, "\n") {
		for _, line := range wrap(paragraph, p.width-bodyIndent, factLines) {
			p.line("%s%s %s", strings.Repeat(" ", bodyIndent-3), mark, p.in(hue, line))
			mark = "  "
		}
	}
}

// crossing is a line for what went over which edge, and under it what it said.
func (p *printer) crossing(c crossing, since time.Duration) {
	status := strconv.Itoa(c.status)
	hue := green
	switch {
	case c.event:
		status = "   "
	case c.status == 0:
		status, hue = noStatus, red
	case c.failed():
		hue = red
	}
	p.line("%s  %s  %s %s", p.in(faint, fmt.Sprintf("%8.3fs", since.Seconds())), p.lanes(c), p.in(hue, status), c.call)
	for _, line := range wrap(c.body, p.width-bodyIndent, bodyLines) {
		p.line("%s%s", strings.Repeat(" ", bodyIndent), p.in(faint, strings.TrimRight(line, " ")))
	}
}

// lanes draws who spoke to whom; it is 30 columns wide.
func (p *printer) lanes(c crossing) string {
	arrow := "◀──"
	if c.right {
		arrow = "──▶"
	}
	hub := p.in(yellow, "Kefu")
	switch c.edge {
	case shopEdge:
		return p.in(blue, "WordPress") + " " + arrow + " " + hub + strings.Repeat(" ", 12)
	case wootEdge: // its name is one letter longer than Discord's
		return strings.Repeat(" ", 13) + hub + " " + arrow + " " + p.in(blue, "Chatwoot")
	case twilioEdge:
		return strings.Repeat(" ", 14) + hub + " " + arrow + " " + p.in(red, "Twilio ")
	default:
		return strings.Repeat(" ", 14) + hub + " " + arrow + " " + p.in(magenta, "Discord")
	}
}

// table prints the judgement. A check that failed says what there is instead.
func (p *printer) table(checks []check) {
	widest := 0
	for _, c := range checks {
		widest = max(widest, columns(c.name))
	}
	for _, c := range checks {
		mark, got := "✅", c.got
		if !c.ok {
			mark, got = "❌", p.in(red, got)
		}
		p.line("  %s %s  %s", mark, pad(c.name, widest), got)
	}
}
