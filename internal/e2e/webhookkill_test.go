package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"kefu/client"
	"kefu/internal/fake/receiver"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/websig"
)

// consumer is a receiver that does the work of each event once, and counts it by message.
type consumer struct {
	*receiver.Server
	endpoint endpoint

	mu   sync.Mutex
	work map[string]int // by id of the message
}

// consumer starts one, with an endpoint that is told of messages.
func (c *callbacks) consumer(with settings) *consumer {
	c.r.t.Helper()
	secret := websig.NewSecret()
	k := &consumer{work: map[string]int{}}
	k.Server = c.r.receiver(receiver.Options{Secrets: []string{secret}, MaxRequests: 200_000, Take: k.take})
	body := settings{"events": []string{"message.*"}, "secret": secret}
	maps.Copy(body, with)
	k.endpoint = c.create(k.URL()+"/hook", body)
	return k
}

func (k *consumer) take(e receiver.Event) {
	var m struct {
		ID string `json:"message_id"`
	}
	_ = json.Unmarshal(e.Data, &m)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.work[m.ID]++
}

// done is how often the work of a message was done.
func (k *consumer) done(message string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.work[message]
}

func (k *consumer) hasAll(all []client.Message) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, m := range all {
		if k.work[m.ID] == 0 {
			return false
		}
	}
	return true
}

// writers write messages by REST, through whatever happens to the program, until they are told to end.
type writers struct {
	stop  context.CancelFunc
	wg    sync.WaitGroup
	acked [][]client.Message
}

func (r *rig) writers(n int) *writers {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.ctx)
	w := &writers{stop: stop, acked: make([][]client.Message, n)}
	for i, key := range r.keys(n, "*:*") {
		conv := r.begin(r.as(client.WithKey(key)), client.NewConversation{Subject: fmt.Sprint("load ", i)}).ID
		h := &http.Client{Transport: r.transport(), Timeout: 10 * time.Second}
		w.wg.Go(func() { w.acked[i] = r.writeThroughKills(ctx, h, key, conv) })
	}
	r.t.Cleanup(w.wg.Wait)
	r.t.Cleanup(stop)
	return w
}

// end gives every message that was acknowledged.
func (w *writers) end() (all []client.Message) {
	w.stop()
	w.wg.Wait()
	for _, list := range w.acked {
		all = append(all, list...)
	}
	return all
}

// TestKillWebhooks kills the program with SIGKILL again and again while messages are written and receivers fail now and then. Every message
// that was acknowledged reaches both, under one webhook-id with one body however often; who de-duplicates works on each once. KEFU_TEST_KILLS
// says how often (4), KEFU_TEST_SEED makes the moments of an earlier run come again as nearly as a machine can.
func TestKillWebhooks(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		kills, seed := number(t, "KEFU_TEST_KILLS", 4), uint64(number(t, "KEFU_TEST_SEED", int(time.Now().UnixNano()%1_000_000)))
		t.Logf("seed %d", seed)
		o := hooked()
		o.idle, o.life = true, time.Hour
		r := newRig(t, url, o)
		p := r.spawn()
		c := r.callbacks()
		consumers := []*consumer{c.consumer(nil), c.consumer(settings{"max_in_flight": 8})}
		rnd := rand.New(rand.NewPCG(seed, 1))
		load := r.writers(4)
		for n := range kills {
			for _, k := range consumers {
				k.misbehave(rnd, n)
			}
			pause(r.ctx, time.Duration(100+rnd.IntN(900))*time.Millisecond) // the moment of the next kill
			r.kill(p)
			p = r.spawn()
		}
		for _, k := range consumers {
			k.Clear()
		}
		acked := load.end()
		for i, k := range consumers {
			r.got(k.Server, fmt.Sprintf("consumer %d has all of %d messages", i, len(acked)), func() bool { return k.hasAll(acked) })
		}
		r.quiet()
		for i, k := range consumers {
			doubled := r.onceEach(c, k, acked)
			t.Logf("consumer %d: %d kills, %d messages acknowledged, %d requests, %d of them for what had arrived before", i, kills, len(acked), k.Count(), doubled)
		}
		c.untold()
		r.end(p)
	})
}

// misbehave arms a fault: an answer that is lost after the work, a failure, a slow answer.
func (k *consumer) misbehave(rnd *rand.Rand, n int) {
	switch n % 4 {
	case 0:
		k.Set("", receiver.Fault{Reset: true, Done: true, Times: 1 + rnd.IntN(4)})
	case 1:
		k.Set("", receiver.Fault{Status: http.StatusServiceUnavailable, Times: 1 + rnd.IntN(6)})
	case 2:
		k.Set("", receiver.Fault{Delay: 50 * time.Millisecond}) // so that many are on their way
	case 3:
		k.Set("", receiver.Fault{Delay: 100 * time.Millisecond, Status: http.StatusBadGateway, Times: 1 + rnd.IntN(4)})
	}
}

// onceEach holds what a consumer got against what was acknowledged and against the log, and counts what came after it had arrived.
func (r *rig) onceEach(c *callbacks, k *consumer, acked []client.Message) (doubled int) {
	r.t.Helper()
	for _, m := range acked {
		if n := k.done(m.ID); n != 1 {
			r.t.Errorf("the work of message %s was done %d times", m.ID, n)
		}
	}
	first := map[string]receiver.Request{}
	arrived := map[string]bool{}
	for _, req := range k.Requests() {
		before, seen := first[req.ID]
		switch {
		case !seen:
			first[req.ID] = req
		case req.Hash != before.Hash || req.Event.ID != before.Event.ID || req.Delivery != before.Delivery:
			r.t.Errorf("%s came as %s of %s, and then as %s of %s", req.ID, before.Body, before.Delivery, req.Body, req.Delivery)
		}
		if arrived[req.ID] {
			doubled++
		}
		arrived[req.ID] = arrived[req.ID] || req.Status/100 == 2
	}
	logged := map[string]int{}
	for _, d := range c.log("endpoint_id=" + k.endpoint.ID) {
		if logged[d.EventID]++; d.State != "delivered" {
			r.t.Errorf("%s of %s is %s after %d attempts: %s", d.ID, d.EventID, d.State, d.Attempts, d.Error)
		}
	}
	for id := range first {
		if logged[id] != 1 {
			r.t.Errorf("%s is in the log %d times", id, logged[id])
		}
	}
	if len(logged) != len(first) || int64(len(first)) != k.Unique() {
		r.t.Errorf("%d events in the log, %d came, %d were worked on", len(logged), len(first), k.Unique())
	}
	return doubled
}

// sender tells which node has the lease of webhooks.
func (r *rig) sender() (node string) {
	r.t.Helper()
	db, err := sqldb.Open(r.ctx, r.db, sqldb.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	err = store.New(db).View(r.ctx, func(tx *store.Tx) (err error) {
		node, err = tx.LeaseHolder("webhooks")
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return node
}

// TestAnotherNodeSendsWebhooks kills the node that sends while the other one is written to: that one sends what waits and what comes.
func TestAnotherNodeSendsWebhooks(t *testing.T) {
	t.Parallel()
	o := hooked()
	o.idle = true
	o.config["secret_key"] = "0123456789abcdef0123456789abcdef"
	r := newRig(t, storetest.Postgres(t), o)
	first := r.spawn()
	c := r.callbacks()
	r.until("the first node sends", func() bool { return r.sender() != "" })
	was := r.sender()
	base, stop := r.second()
	r.until("the second node is ready", func() bool { return fetch(base+"/readyz").status == 200 })
	r.addr = strings.TrimPrefix(base, "http://") // whoever writes, writes to the second one
	k := c.consumer(nil)
	load := r.writers(4)
	r.until("much has arrived", func() bool { return k.Unique() > 100 })
	if n, unique := k.Count(), k.Unique(); n > unique || r.sender() != was {
		t.Errorf("%d requests for %d events: two nodes send, %s and %s", n, unique, was, r.sender())
	}
	k.Set("", receiver.Fault{Delay: 200 * time.Millisecond}) // so that some are on their way
	before := k.Count()
	r.until("some are on their way", func() bool { return k.Count() > before })
	began := time.Now()
	r.kill(first)
	r.stop = stop
	k.Clear()
	r.until("the other node sends", func() bool { now := r.sender(); return now != "" && now != was })
	t.Logf("another node sent after %s", time.Since(began).Round(time.Millisecond))
	after := k.Unique()
	r.until("what comes is sent", func() bool { return k.Unique() > after+20 })
	acked := load.end()
	r.got(k.Server, fmt.Sprintf("all of %d messages have arrived", len(acked)), func() bool { return k.hasAll(acked) })
	r.quiet()
	t.Logf("%d messages, %d requests for what had arrived before", len(acked), r.onceEach(c, k, acked))
}
