package e2e

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

// ledger is what people wrote, by ticket: the customer on the site, staff in Discord.
type ledger struct {
	mu              sync.Mutex
	customer, staff map[int64][]string
}

func newLedger() *ledger {
	return &ledger{customer: map[int64][]string{}, staff: map[int64][]string{}}
}

func (l *ledger) wrote(ticket int64, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.customer[ticket] = append(l.customer[ticket], text)
}

func (l *ledger) said(ticket int64, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.staff[ticket] = append(l.staff[ticket], text)
}

// count is how many texts there are in all.
func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, side := range []map[int64][]string{l.customer, l.staff} {
		for _, list := range side {
			n += len(list)
		}
	}
	return n
}

// tickets are the ids of all tickets.
func (l *ledger) tickets() []int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := slices.Concat(slices.Collect(maps.Keys(l.customer)), slices.Collect(maps.Keys(l.staff)))
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (l *ledger) of(ticket int64) (customer, staff []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.customer[ticket]), slices.Clone(l.staff[ticket])
}

// faults are the texts of a ticket that did not do what they must.
type faults struct{ lost, doubled, moved []string }

func (f faults) none() bool { return len(f.lost)+len(f.doubled)+len(f.moved) == 0 }

func (f faults) String() string {
	return fmt.Sprintf("lost %d %.300q, doubled %d %.300q, out of order %d %.300q", len(f.lost), f.lost, len(f.doubled), f.doubled, len(f.moved), f.moved)
}

// compare holds what arrived against what was sent. A place may hold a text once; a thread that was made again may tell it again. So
// each place is looked at alone, and all together must have everything.
func compare(sent []string, places [][]string) faults {
	var f faults
	rank := map[string]int{}
	for i, text := range sent {
		rank[text] = i
	}
	anywhere := map[string]bool{}
	for _, place := range places {
		last, seen := -1, map[string]bool{}
		for _, text := range place {
			i, ours := rank[text]
			if !ours {
				continue
			}
			if seen[text] {
				f.doubled = append(f.doubled, text)
			} else if i < last {
				f.moved = append(f.moved, text)
			}
			last, seen[text], anywhere[text] = max(last, i), true, true
		}
	}
	for _, text := range sent {
		if !anywhere[text] {
			f.lost = append(f.lost, text)
		}
	}
	return f
}

// sheet is the comparison of all tickets on both sides.
type sheet struct {
	lines []string
	// beyond says that waiting mends nothing: what is doubled or out of order stays so.
	beyond bool
}

func (s sheet) well() bool { return len(s.lines) == 0 }

func (s sheet) String() string { return strings.Join(s.lines, "\n") }

func (s *sheet) add(what string, f faults) {
	if !f.none() {
		s.lines = append(s.lines, what+": "+f.String())
	}
	s.beyond = s.beyond || len(f.doubled)+len(f.moved) > 0
}

// balance compares every ticket on both sides.
func balance(l *ledger, site *wordpress.Server, guild *discord.Server) (s sheet) {
	places := inDiscord(guild)
	for _, id := range l.tickets() {
		customer, staff := l.of(id)
		s.add(fmt.Sprintf("ticket %d, customer to desk", id), compare(customer, places))
		var replies []string
		for _, m := range site.Replies(id) {
			replies = append(replies, m.Text)
		}
		s.add(fmt.Sprintf("ticket %d, staff to customer", id), compare(staff, [][]string{replies}))
	}
	return s
}

// inDiscord are the texts of all messages that the bot ever posted, by channel.
func inDiscord(guild *discord.Server) [][]string {
	byChannel := map[string][]string{}
	for _, m := range guild.Ledger() {
		if m.Ephemeral {
			continue
		}
		for _, e := range m.Embeds {
			byChannel[m.ChannelID] = append(byChannel[m.ChannelID], unescaped(e.Description))
		}
	}
	return slices.Collect(maps.Values(byChannel))
}

// verdict is the end of every test: all texts arrived, nothing waits, and nobody broke a rule.
func (r *rig) verdict() {
	if !r.t.Failed() && !r.o.unbalanced {
		r.balanced()
	}
	r.lawful()
	for _, secret := range []string{r.guild.Token(), wordpress.DefaultPassword} {
		if strings.Contains(r.log.String(), secret) {
			r.t.Error("a secret is in the log")
		}
	}
}

// balanced waits until every text arrived and nothing waits, and fails with what is missing.
func (r *rig) balanced() {
	r.t.Helper()
	if r.stop == nil {
		r.start()
	}
	var last sheet
	var waiting int
	settled := func() bool {
		last, waiting = balance(r.talk, r.site, r.guild), r.waiting()
		return last.beyond || last.well() && waiting == 0
	}
	if !wait(r.ctx, settled) || last.beyond {
		r.t.Errorf("not in balance (%d deliveries wait):\n%s", waiting, last)
	}
}

var waitingLine = regexp.MustCompile(`(?m)^kefu_deliveries_waiting\{.*\} (\d+)$`)

// waiting is how many deliveries are not final, as the program itself tells; -1 when it does not.
func (r *rig) waiting() int { return waitingAt(r.base()) }

func waitingAt(base string) int {
	page := fetch(base + "/metrics")
	if page.status != http.StatusOK {
		return -1
	}
	n := 0
	for _, m := range waitingLine.FindAllStringSubmatch(page.body, -1) {
		count, _ := strconv.Atoi(m[1])
		n += count
	}
	return n
}

// reply is an answer of the program's doors.
type reply struct {
	status int
	header http.Header
	body   string
}

// fetch gets a page; status 0 when nobody answered.
func fetch(url string) reply {
	res, err := stranger().Get(url)
	if err != nil {
		return reply{}
	}
	return readReply(res)
}

func readReply(res *http.Response) reply {
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return reply{}
	}
	return reply{status: res.StatusCode, header: res.Header, body: string(body)}
}

// logbook keeps the program's log for a test that fails.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func newLogbook() *logbook { return &logbook{} }

func (l *logbook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
