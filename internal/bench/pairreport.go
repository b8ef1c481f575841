package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// title is how people call a medium, on the side of customers or of staff.
func mediumTitle(name string, staff bool) string {
	names := map[string]string{onSite: "site", onDiscord: "Discord, direct messages", onChatwoot: "Chatwoot", onTwilio: "Twilio, texts", onAPI: "API"}
	if staff {
		names = map[string]string{onDiscord: "Discord", onChatwoot: "Chatwoot", onTwilio: "Flex", onAPI: "API"}
	}
	return names[name]
}

// measure is what the pairings are held against, one way: the mean of the reference's two measurements, or the one there is.
func (o outcome) yardstick(way, what string) float64 {
	sum, n := 0.0, 0.0
	for _, turn := range []string{"", pairAgain} {
		if v, ok := o.kefu[pairing{onSite, onDiscord, turn}.figure(way+what)]; ok {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

// carries tells whether a pairing carries its share, one way; measured is false when there is no figure of it.
func (o outcome) carries(p pairing, way string) (share float64, carried, measured bool) {
	v, measured := o.kefu[p.figure(way+pairRate)]
	if base := o.yardstick(way, pairRate); measured && base > 0 {
		share = v / base
	}
	return share, share >= pairShare, measured
}

// pairsMissed counts the ways of pairings that do not carry their share, or could not be measured.
func (o outcome) pairsMissed(p plan) (n int) {
	if !p.has(partPairs) {
		return 0
	}
	for _, one := range p.chosen() {
		for _, way := range []string{wayIn, wayOut} {
			if _, carried, _ := o.carries(one, way); !carried {
				n++
			}
		}
	}
	return n
}

// pairReport writes the tables of the pairings.
func pairReport(p plan, all []outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s on %s, %d cores shared by everything (people, server, fakes, database), %s, %s/%s, Linux %s.\n\n",
		time.Now().UTC().Format(time.RFC3339), processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel())
	fmt.Fprintf(&b, "Command: `make bench ARGS=\"%s\"`: %d open conversations, up to %d messages of each on their way, %s each way, median of %d.\n\n",
		strings.Join(p.args, " "), pairTalks, pairFlight, p.point, p.repeat)
	for _, o := range all {
		fmt.Fprintf(&b, "### %s\n\n", o.title())
		b.WriteString("| customer | staff | to staff, messages/s | of site → Discord | p50 ms | p99 ms | to the customer, messages/s | of Discord → site | p50 ms | p99 ms | half or more |\n")
		b.WriteString("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n")
		for _, one := range p.chosen() {
			b.WriteString(o.pairRow(one))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (o outcome) pairRow(p pairing) string {
	name := mediumTitle(p.customer, false)
	if p.turn != "" {
		name += ", once more"
	}
	row, verdict := fmt.Sprintf("| %s | %s |", name, mediumTitle(p.desk, true)), "met"
	for _, way := range []string{wayIn, wayOut} {
		share, carried, measured := o.carries(p, way)
		if !measured {
			row, verdict = row+" – | – | – | – |", "FAILED"
			continue
		}
		if !carried && verdict == "met" {
			verdict = "**missed**"
		}
		row += fmt.Sprintf(" %.0f | %.2f | %.1f | %.1f |", o.kefu[p.figure(way+pairRate)], share, o.kefu[p.figure(way+pairP50)], o.kefu[p.figure(way+pairP99)])
	}
	return row + " " + verdict + " |\n"
}
