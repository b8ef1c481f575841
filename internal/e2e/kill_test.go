package e2e

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
	"kefu/internal/storetest"
)

const (
	killTickets   = 10
	openEvery     = 2 * time.Second        // tickets are opened under fire too
	customerEvery = 300 * time.Millisecond // with ten tickets this is near to what Discord's own pace of 50 calls a second carries
	staffEvery    = 900 * time.Millisecond
)

// TestKillAtRandomMomentsUnderLoad kills the program with SIGKILL again and again while customers and staff write, the remotes lose
// answers and refuse calls; then nothing may be lost, doubled or out of order. KEFU_TEST_KILLS says how often (50), KEFU_TEST_SEED makes
// the moments of an earlier run come again as nearly as a machine can.
func TestKillAtRandomMomentsUnderLoad(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		kills, seed := number(t, "KEFU_TEST_KILLS", 50), uint64(number(t, "KEFU_TEST_SEED", int(time.Now().UnixNano()%1_000_000)))
		t.Logf("seed %d", seed)
		r := newRig(t, url, options{idle: true, life: time.Hour, guild: discord.Options{RequestRing: 100_000}, shop: settings{"sweep_every": "5s"}})
		rnd := rand.New(rand.NewPCG(seed, 1))
		p := r.spawn()
		load := r.newLoad()
		load.begin()
		ready := make([]time.Duration, 0, kills)
		for n := range kills {
			r.misbehave(rnd, n)
			load.pass(time.Duration(40+rnd.IntN(560)) * time.Millisecond)
			r.kill(p)
			if n%5 == 4 { // and once more while it starts
				p = r.launch()
				load.pass(time.Duration(rnd.IntN(40)) * time.Millisecond)
				r.kill(p)
			}
			p = r.spawn()
			ready = append(ready, p.ready)
		}
		load.end()
		r.site.ClearFaults()
		r.guild.ClearFaults()
		r.balanced()
		r.oneChannelEach()
		r.restartProcess(p) // a start that finds everything delivered must add nothing
		r.figures(kills, ready, load)
	})
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// misbehave arms a few faults of the remotes: answers lost after the effect, limits, failures.
func (r *rig) misbehave(rnd *rand.Rand, n int) {
	switch n % 5 {
	case 0:
		r.guild.Inject(discord.Fault{Kind: discord.FaultDropAfter, Method: http.MethodPost, Skip: rnd.IntN(4), Count: 2})
	case 1:
		r.site.Inject(wordpress.Fault{Kind: wordpress.FaultDropAfter, Route: wordpress.RouteUpdate, Count: 1})
		r.site.Inject(wordpress.Fault{Kind: wordpress.FaultErrorAfter, Route: wordpress.RouteUpdate, Count: 1})
	case 2:
		r.guild.Inject(discord.Fault{Kind: discord.FaultLimitJSON, Method: http.MethodPost, RetryAfter: 200 * time.Millisecond, Count: 1})
		r.guild.Inject(discord.Fault{Kind: discord.FaultErrorJSON, Status: 500, Method: http.MethodPost, Count: 1})
	case 3:
		r.site.Inject(wordpress.Fault{Kind: wordpress.FaultErrorHTML, Count: 1})
		r.site.Inject(wordpress.Fault{Kind: wordpress.FaultLimitJSON, RetryAfter: time.Second, Route: wordpress.RouteUpdate, Count: 1})
	case 4:
		r.guild.Inject(discord.Fault{Kind: discord.FaultResetAfter, Method: http.MethodPost, Skip: rnd.IntN(4), Count: 1})
		r.guild.Inject(discord.Fault{Kind: discord.FaultErrorHTML, Status: 502, Count: 1})
	}
}

// oneChannelEach wants each ticket to have one channel, and never to have had another.
func (r *rig) oneChannelEach() {
	r.t.Helper()
	homes := map[string]string{}
	for _, m := range r.guild.Ledger() {
		ch, _ := r.guild.Channel(m.ChannelID)
		if other, known := homes[ch.Name]; known && other != ch.ID {
			r.t.Errorf("the bot wrote in two channels %s", ch.Name)
		}
		homes[ch.Name] = ch.ID
	}
	named := map[string]int{}
	for _, ch := range r.guild.Channels() {
		if named[ch.Name]++; named[ch.Name] > 1 {
			r.t.Errorf("there are %d channels %q", named[ch.Name], ch.Name)
		}
	}
}

func (r *rig) restartProcess(p *process) {
	r.t.Helper()
	asked := r.site.Requests(wordpress.RouteGet)
	r.terminate(p)
	p = r.spawn()
	r.until("every ticket was compared with the site", func() bool { return r.site.Requests(wordpress.RouteGet) >= asked+len(r.site.Tickets()) })
	r.terminate(p)
	r.stop = nil
}

// figures prints what docs/reliability.md tells. The program must not run.
func (r *rig) figures(kills int, ready []time.Duration, l *load) {
	r.t.Helper()
	slices.Sort(ready)
	unsettled := r.unsettled()
	last := balance(r.talk, r.site, r.guild)
	r.t.Logf("%d kills and %d more while it started, %d messages accepted (%d from customers by %d hooks sent, %d by staff); ready after a kill: p50 %d ms, max %d ms; "+
		"lost, doubled, out of order: %s; uncertain or failed: %d %q", kills, kills/5, r.talk.count(), l.hooks.Load(), l.tries.Load(), l.staff.Load(),
		ready[len(ready)/2].Milliseconds(), ready[len(ready)-1].Milliseconds(), cmp.Or(last.String(), "0, 0, 0"), len(unsettled), unsettled)
	if !last.well() {
		r.t.Errorf("the last start was not harmless:\n%s", last)
	}
}

// load is customers and staff who write at once until they are told to end.
type load struct {
	r     *rig
	done  chan struct{}
	wg    sync.WaitGroup
	hooks atomic.Int64 // accepted
	tries atomic.Int64
	staff atomic.Int64
}

func (r *rig) newLoad() *load { return &load{r: r, done: make(chan struct{})} }

// begin opens the tickets, one after the other, and lets everybody write.
func (l *load) begin() {
	l.r.site.SetHook("") // the hooks are sent by the test, so that it is known which ones were accepted
	for i := range killTickets {
		id := int64(i + 1)
		l.wg.Go(func() {
			if i > 0 && !l.pass(time.Duration(i)*openEvery) {
				return
			}
			l.r.talk.wrote(id, firstText(id))
			l.r.site.CustomerOpens(l.r.ctx, wordpress.Opening{ID: id, Text: firstText(id)})
			l.wg.Go(func() { l.customer(id) })
			l.agent(id)
		})
	}
}

// end lets everybody finish the sentence, and waits.
func (l *load) end() {
	close(l.done)
	l.wg.Wait()
}

// pass lets time pass: it is the moment of the next kill, and no synchronisation.
func (l *load) pass(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.done:
		return false
	}
}

// customer writes one text after the other, each when the hook of the one before was taken, as a person who waits for the page does.
func (l *load) customer(id int64) {
	l.deliver(fmt.Sprintf("c%d-0", id), "/ticket/create", createBody(id))
	for n := 1; l.pass(customerEvery); n++ {
		text := fmt.Sprintf("第 %d 單 顧客 %d", id, n)
		l.r.talk.wrote(id, text)
		l.r.site.CustomerWrites(l.r.ctx, id, text)
		l.deliver(fmt.Sprintf("c%d-%d", id, n), "/ticket/update", updateBody(id, text))
	}
}

// deliver repeats a hook under one id until it is taken.
func (l *load) deliver(key, path, body string) {
	taken := wait(l.r.ctx, func() bool {
		l.tries.Add(1)
		got := l.r.send(path, body, header("webhook-id", key))
		if got.status != 0 && got.status != http.StatusOK && got.status != http.StatusServiceUnavailable {
			l.r.t.Errorf("hook %s was answered %d %s", key, got.status, got.body)
		}
		return got.status == http.StatusOK
	})
	if !taken {
		l.r.t.Errorf("hook %s was not taken within %s", key, patience)
	}
	l.hooks.Add(1)
}

// agent writes in the ticket's channel, whether or not the program runs.
func (l *load) agent(id int64) {
	var channel string
	if !wait(l.r.ctx, func() bool {
		ch, ok := l.r.guild.ChannelNamed(channelName(id))
		channel = ch.ID
		return ok
	}) {
		l.r.t.Errorf("ticket %d has no channel", id)
		return
	}
	for n := 1; l.pass(staffEvery); n++ {
		text := fmt.Sprintf("第 %d 單 客服 %d", id, n)
		l.r.talk.said(id, text)
		if _, err := l.r.guild.Say(channel, l.r.amy, text); err != nil {
			l.r.t.Errorf("staff could not write: %v", err)
		}
		l.staff.Add(1)
	}
}

func TestSigtermEndsInOrder(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		r := newRig(t, url, options{idle: true})
		p := r.spawn()
		tk := r.open(1)
		// A reply is on its way to a slow site when the signal comes.
		r.site.Inject(wordpress.Fault{Kind: wordpress.FaultDelay, Delay: 1500 * time.Millisecond, Route: wordpress.RouteUpdate, Count: 1})
		before := r.site.Requests(wordpress.RouteUpdate)
		r.say(tk, "在關閉時送出的回覆")
		r.until("the reply is on its way", func() bool { return r.site.Requests(wordpress.RouteUpdate) > before })
		began := time.Now()
		r.terminate(p)
		r.stop = nil
		if took := time.Since(began); took > 12*time.Second {
			t.Errorf("it took %s", took)
		}
		if n := len(r.site.Replies(1)); n != 1 {
			t.Errorf("%d replies when the program has ended, want 1: what is in flight is finished", n)
		}
		if list := r.unsettled(); len(list) != 0 {
			t.Errorf("claims or doubts are left: %q", list)
		}
		if fetch(r.base()+"/healthz").status != 0 {
			t.Error("the doors are still open")
		}
		if !strings.Contains(r.log.String(), "kefu has stopped") {
			t.Error("the log does not tell the end")
		}
	})
}
