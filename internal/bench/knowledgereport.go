package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// Aims of the search for articles, p95 in ms.
const (
	aimKnowLite = 20 // on SQLite
	aimKnowPg   = 80 // on PostgreSQL
)

// knowledgeReport writes the tables of the knowledge base.
func knowledgeReport(p plan, all []outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured %s on %s, %d cores shared by everything (those who ask, server, database), %s, %s/%s, Linux %s.\n\n",
		time.Now().UTC().Format(time.RFC3339), processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel())
	fmt.Fprintf(&b, "Command: `make bench ARGS=\"%s\"`: %d articles, %s a rate, median of %d.\n\n", strings.Join(p.args, " "), p.articles, p.point, p.repeat)
	for _, o := range all {
		fmt.Fprintf(&b, "### Articles on %s\n\n| | baseline | Kefu | Kefu / baseline | aim | |\n|---|--:|--:|--:|---|---|\n", o.title())
		for _, l := range o.knowledgeLines() {
			b.WriteString(strings.Replace(l.row(o), "| ❌ |", "| ❌ **MISSED** |", 1))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (o outcome) knowledgeLines() []line {
	aim := float64(aimKnowPg)
	if o.engine == engineSQLite {
		aim = aimKnowLite
	}
	return []line{
		{figKnowP50, fmt.Sprintf("a question at %d/s beside a read of one article, p50 in ms", knowRate), "%.2f", true, "", nil},
		{figKnowP95, "the same, p95 in ms", "%.2f", true, fmt.Sprintf("≤ %.0f", aim), within(aim)},
		{figKnowP99, "the same, p99 in ms", "%.2f", true, "", nil},
		{figKnowPerS, fmt.Sprintf("answered per second, %d clients", knowClients), "%.0f", true, "", nil},
		{figKnowFirst, "start of the program → first question answered, ms", "%.0f", false, "", nil},
		{figKnowRead, "the same, processor time in ms", "%.0f", false, "", nil},
		{figKnowMemory, "memory after all of it, MiB", "%.0f", false, "", nil},
	}
}

// knowledgeMissed counts the aims that were not reached.
func (o outcome) knowledgeMissed() (n int) {
	for _, l := range o.knowledgeLines() {
		if v, measured := o.kefu[l.fig]; measured && l.ok != nil && !l.ok(o.bare[l.fig], v) {
			n++
		}
	}
	return n
}
