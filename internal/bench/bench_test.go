package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

func TestStampSurvivesAMessage(t *testing.T) {
	s := stamp{ticket: 17, sent: 1763738083000000001}
	got, ok := findStamp([]byte(`{"embeds":[{"description":"` + s.String() + words + `"}]}`))
	if !ok || got != s {
		t.Errorf("found %v, %v in the message of %v", got, ok, s)
	}
	for _, text := range []string{"", "bench", "bench 1 2", "bench x 2.", "bench 1 .", `{"content":"hello"}`} {
		if got, ok := findStamp([]byte(text)); ok {
			t.Errorf("found %v in %q", got, text)
		}
	}
}

func TestLedgerSeesWhatIsDoubledAndDisplaced(t *testing.T) {
	l := newLedger()
	start := time.Unix(1000, 0)
	sent := func(ticket int, after time.Duration) stamp { return stamp{ticket, start.Add(after).UnixNano()} }
	l.note(sent(1, 0), start.Add(10*time.Millisecond))
	l.note(sent(1, 2*time.Second), start.Add(2*time.Second+30*time.Millisecond))
	l.note(sent(1, time.Second), start.Add(time.Second+20*time.Millisecond)) // after a later one
	l.note(sent(1, 0), start.Add(time.Minute))                               // once more
	l.note(sent(2, 0), start.Add(40*time.Millisecond))                       // another ticket
	want := arrivals{Received: 4, Doubled: 1, Displaced: 1, P50: 20 * time.Millisecond, P99: 30 * time.Millisecond, Max: 40 * time.Millisecond,
		Last: start.Add(2*time.Second + 30*time.Millisecond).UnixNano()}
	if diff := cmp.Diff(want, l.report()); diff != "" {
		t.Error(diff)
	}
	if l.reset(); l.report().Received != 0 {
		t.Error("reset forgot nothing")
	}
}

func TestMedians(t *testing.T) {
	got := medians([]figures{{figP50: 3, figRelay: 10}, {figP50: 1}, {figP50: 2}})
	if diff := cmp.Diff(figures{figP50: 2, figRelay: 10}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTableJudgesTheAims(t *testing.T) {
	o := outcome{engine: engineSQLite, bare: figures{figAccept64: 10_000, figP50: 1}, kefu: figures{figAccept64: 2900, figP50: 5.9}}
	text := report(plan{}, []outcome{o})
	for _, want := range []string{
		"| hooks accepted per second, 64 senders | 10000 | 2900 | 0.29 | ≥ 0.3 × baseline and ≥ 1,500 | ❌ |",
		"| hook → Discord call at 200/s, p50 in ms | 1.00 | 5.90 | 5.90 | ≤ baseline + 5 | ✅ |",
		"| memory at rest, MiB | – | – |  | ≤ 80 |  |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
}

func TestTableGoesBetweenTheMarkers(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	beginMark, endMark := marks(partAPI)
	write("before\n" + beginMark + "old\n" + endMark + "after\n")
	if err := replaceBetweenMarkers(file, partAPI, "new\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("before\n"+beginMark+"new\n"+endMark+"after\n", string(got)); diff != "" {
		t.Error(diff)
	}
	write("no markers")
	if err := replaceBetweenMarkers(file, partRelay, "new\n"); err == nil {
		t.Error("a page without markers was written to")
	}
}

// TestSendersKeepTheirTickets lets more tickets than senders be opened and written to: no two senders share one, none is left out.
func TestSendersKeepTheirTickets(t *testing.T) {
	var mu sync.Mutex
	got := map[string]int{}
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		s, ok := findStamp(body)
		if err != nil || !ok {
			t.Errorf("no stamp in %s (%v)", body, err)
		}
		mu.Lock()
		defer mu.Unlock()
		got[r.URL.Path]++
		got[r.RemoteAddr+" "+string(rune('a'+s.ticket))]++
	}))
	defer srv.Close()
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, l := range []*load{{host: host, senders: 3, tickets: 7, create: true}, {host: host, senders: 3, tickets: 7, count: 70}} {
		if _, err := l.run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got["/ticket/create"] != 7 || got["/ticket/update"] != 70 {
		t.Errorf("sent %v, want 7 openings and 70 messages", got)
	}
	// Each load has its own connections: two for each ticket, unless two senders shared one.
	if pairs := len(got) - 2; pairs > 14 {
		t.Errorf("%d pairs of connection and ticket, want at most 14: senders share tickets", pairs)
	}
}

func TestLoadFailsWithTheAnswer(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the disk is full", http.StatusServiceUnavailable)
	}))
	defer srv.Close()
	l := &load{host: strings.TrimPrefix(srv.URL, "http://"), senders: 1, tickets: 1, count: 5}
	if _, err := l.run(t.Context()); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("error is %v, want one with the server's words", err)
	}
}

func TestBaselineCommits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		ctx, cancel := context.WithCancel(t.Context())
		c, err := openCommitter(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { cancel(); c.close() }()
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				if err := c.commit(t.Context(), row{ticket: i, sender: "s", text: "t", at: 1}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = db.View(t.Context(), func(tx *sqldb.Tx) error {
			var n int
			if err := tx.QueryRow("SELECT COUNT(*) FROM message").Scan(&n); err != nil || n != 20 {
				t.Errorf("%d rows, %v; want 20", n, err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestSeedFits holds the seed's columns against the schema: a start is timed with what it writes.
func TestSeedFits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		const messages = 250
		if err := seed(t.Context(), url, messages); err != nil {
			t.Fatal(err)
		}
		db, err := sqldb.Open(t.Context(), url, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = store.New(db).View(t.Context(), func(tx *store.Tx) error {
			n, err := tx.CountMessages()
			if err != nil || n != messages {
				t.Errorf("%d messages, %v; want %d", n, err, messages)
			}
			last, err := tx.LastPosition()
			if err != nil || last != messages {
				t.Errorf("last position %d, %v; want %d", last, err, messages)
			}
			waiting, err := tx.QueueSizes()
			if len(waiting) > 0 {
				t.Errorf("waiting: %v, want nothing", waiting)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
