package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/internal/app"
	"kefu/internal/config"
	"kefu/internal/connect"
	"kefu/internal/storetest"
)

// TestPairingsArePlayed plays pairings for a moment, each medium on each side that it has: all that is written arrives, once and in order.
func TestPairingsArePlayed(t *testing.T) {
	for _, p := range []pairing{{onSite, onDiscord, ""}, {onAPI, onAPI, ""}, {onDiscord, onTwilio, ""}, {onTwilio, onChatwoot, ""}, {onChatwoot, onAPI, ""}} {
		t.Run(p.String(), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, url string) { playPair(t, url, p) })
		})
	}
}

// playPair plays a pairing with the real program in this process.
func playPair(t *testing.T, url string, p pairing) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	m := &match{ground: ground{plan: plan{point: time.Second}, dir: t.TempDir(), database: url}, pairing: p}
	file, err := m.makeKeys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := readLines(file)
	if err != nil {
		t.Fatal(err)
	}
	host, err := freeHost(ctx)
	if err != nil {
		t.Fatal(err)
	}
	played, err := newPair(ctx, p.customer, p.desk, newCrowd(3, 2, host, keys))
	if err != nil {
		t.Fatal(err)
	}
	defer played.close()
	defer startKefu(t, m, host, played.info())()
	if err := played.begin(ctx); err != nil {
		t.Fatal(err)
	}
	for way, write := range map[string]func(context.Context, int, string) error{wayIn: played.customers.ask, wayOut: played.staff.reply} {
		got, err := played.crowd.point(ctx, way, 100*time.Millisecond, write)
		if err != nil || got.Received < 3 || got.Rate <= 0 || got.P50 <= 0 {
			t.Errorf("%s: %+v, %v", way, got, err)
		}
	}
}

// startKefu runs the program in this process; the returned function ends it.
func startKefu(t *testing.T, m *match, host string, info pairInfo) (stop func()) {
	t.Helper()
	raw, err := json.Marshal(m.configuration(host, info))
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse("the bench's configuration", raw, nil, connect.Descriptors())
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, app.Options{Version: "test", Log: slog.New(slog.DiscardHandler), Factories: connect.All(), NoPacing: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() {
		if err := a.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return func() { cancel(); running.Wait(); a.Close() }
}

// TestCrowdSeesWhatIsWrong lets messages be lost, doubled and displaced on their way.
func TestCrowdSeesWhatIsWrong(t *testing.T) {
	for name, tc := range map[string]struct {
		carry func(c *crowd, s stamp)
		want  string
	}{
		"all is well": {func(c *crowd, s stamp) { c.seen(s, "", wayOut) }, ""},
		"lost":        {func(*crowd, stamp) {}, "0 of 2 messages arrived"},
		"doubled":     {func(c *crowd, s stamp) { c.seen(s, "", wayOut); c.seen(s, "", wayOut) }, "Doubled:"},
		"displaced": {func(c *crowd, s stamp) {
			c.seen(stamp{s.ticket, s.sent + int64(time.Hour)}, "", wayOut)
			c.seen(s, "", wayOut)
		}, "Displaced:"},
		"the other way": {func(c *crowd, s stamp) { c.seen(s, "somewhere", wayIn) }, "0 of 2 messages arrived"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCrowd(1, 2, "", nil)
			c.patience = 50 * time.Millisecond
			got, err := c.point(t.Context(), wayOut, 20*time.Millisecond, func(_ context.Context, _ int, text string) error {
				if s, ok := findStamp([]byte(text)); ok {
					tc.carry(c, s)
				}
				return nil
			})
			if tc.want == "" && (err != nil || got.Received == 0) || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("%+v, %v; want an error with %q", got, err, tc.want)
			}
		})
	}
}

// TestCrowdFindsThreads tells the threads of both sides apart.
func TestCrowdFindsThreads(t *testing.T) {
	c := newCrowd(2, 1, "", nil)
	c.streets.lives("dm", 0)
	s := newStamp(0)
	for _, at := range []string{"dm", "desk", "another"} {
		c.arrived("application/json", []byte(`{"content":"`+s.String()+`"}`), []string{"", at})
	}
	if got := c.streets.at(0); got != "desk" {
		t.Errorf("staff see talk 0 in %q, want the first thread that is no customer's", got)
	}
	c.measure(wayIn)
	c.seen(s, "desk", wayIn)
	if c.ledger.count() != 0 {
		t.Error("the opening was counted as something that is measured")
	}
	c.measure(wayOut)
	s = newStamp(0)
	form := "Author=x&Body=" + strings.ReplaceAll(s.String(), " ", "+")
	c.arrived("application/x-www-form-urlencoded; charset=utf-8", []byte(form), []string{"", "dm"})
	if c.ledger.count() != 1 {
		t.Error("a form is not read")
	}
	c.arrived("application/json", []byte(s.String()), []string{"", "desk"})
	if c.ledger.count() != 1 || c.ledger.report().Doubled != 0 {
		t.Error("what arrived on the other side was counted")
	}
}

func TestPairTableJudges(t *testing.T) {
	first, again := reference(), pairing{onSite, onDiscord, pairAgain}
	slow, broken := pairing{onAPI, onDiscord, ""}, pairing{onDiscord, onDiscord, ""}
	f := figures{}
	for p, rate := range map[pairing]float64{first: 1100, again: 900, slow: 499} {
		f[p.figure(wayIn+pairRate)], f[p.figure(wayOut+pairRate)] = rate, rate+500
		f[p.figure(wayIn+pairP99)] = 12.34
	}
	f[broken.figure(wayIn+pairRate)] = 5000 // one way alone could be measured
	p := plan{part: partPairs, points: "api-discord,discord-discord"}
	o := outcome{engine: engineSQLite, kefu: f}
	text := pairReport(p, []outcome{o})
	for _, want := range []string{
		"| site | Discord | 1100 | 1.10 | 0.0 | 12.3 | 1600 | 1.07 | 0.0 | 0.0 | met |",
		"| API | Discord | 499 | 0.50 | 0.0 | 12.3 | 999 | 0.67 | 0.0 | 0.0 | **missed** |",
		"| Discord, direct messages | Discord | 5000 | 5.00 | 0.0 | 0.0 | – | – | – | – | FAILED |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
	if n := o.pairsMissed(p); n != 2 {
		t.Errorf("%d ways are missed, want 2", n)
	}
	if n := len(pairings()); n != 21 {
		t.Errorf("%d pairings, want 20 and the reference again", n)
	}
}

func TestComplaintsLeaveInformationOut(t *testing.T) {
	m := &match{ground: ground{dir: t.TempDir()}}
	file, err := (&house{ground: m.ground}).write("log", "x level=INFO y")
	if err != nil {
		t.Fatal(err)
	}
	if got := complaints(file); got != "" {
		t.Errorf("%q is left of mere information", got)
	}
	if got := complaints(filepath.Join(m.dir, "none")); !strings.Contains(got, "none") {
		t.Errorf("%q does not say that there is no log", got)
	}
}
