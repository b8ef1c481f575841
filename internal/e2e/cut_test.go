package e2e

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu/client"
)

// wire is a cable between a client and the doors that can be cut.
type wire struct {
	net.Listener
	to string

	mu    sync.Mutex
	conns map[net.Conn]bool
	wg    sync.WaitGroup
}

func (r *rig) wire() *wire {
	r.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	w := &wire{Listener: l, to: r.addr, conns: map[net.Conn]bool{}}
	w.wg.Go(w.serve)
	r.t.Cleanup(func() {
		_ = l.Close()
		w.cut()
		w.wg.Wait()
	})
	return w
}

func (w *wire) serve() {
	for {
		near, err := w.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		w.mu.Lock()
		w.conns[near], w.conns[far] = true, true
		w.mu.Unlock()
		for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
			w.wg.Go(func() {
				_, _ = io.Copy(pair[0], pair[1])
				_, _ = pair[0].Close(), pair[1].Close()
			})
		}
	}
}

// cut ends every connection at once, in the middle of whatever it carries. It tells whether there was any.
func (w *wire) cut() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	there := len(w.conns) > 0
	for c := range w.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // what is in the buffers is lost, as on a line
		}
		_ = c.Close()
	}
	clear(w.conns)
	return there
}

// TestCutLinesEndWithTheSameState cuts one client's line at twenty random moments while five thousand messages flow, over cables that lose what
// they carry. It ends with the same state, in the same order, as a client that was never cut.
func TestCutLinesEndWithTheSameState(t *testing.T) {
	const cuts, writers, eachWrites = 20, 50, 100
	eachRig(t, alone(), func(r *rig) {
		seed := uint64(number(r.t, "KEFU_TEST_SEED", int(time.Now().UnixNano()%1_000_000)))
		r.t.Logf("seed %d", seed)
		keys := r.keys(writers, "*:*")
		var convs []string
		for n := range 10 {
			convs = append(convs, r.begin(r.as(client.WithKey(keys[n])), client.NewConversation{Subject: fmt.Sprint("talk ", n)}).ID)
		}
		w := r.wire()
		whole := r.as(client.WithKey(keys[0])).Listen(r.ctx, client.StreamOptions{Since: client.Set[int64](0), Buffer: 100_000})
		defer whole.Close()
		cut := r.as(client.WithKey(keys[1]), "http://"+w.Addr().String()).Listen(r.ctx, client.StreamOptions{Since: client.Set[int64](0), Buffer: 100_000})
		defer cut.Close()
		uncut, mended := r.hear(whole), r.hear(cut)

		ctx, stop := context.WithCancel(r.ctx)
		var all, writing sync.WaitGroup
		all.Go(func() { w.cutAtRandom(ctx, rand.New(rand.NewPCG(seed, 1)), mended, cuts, writers*eachWrites) })
		for i, key := range keys {
			c := r.as(client.WithKey(key))
			writing.Go(func() {
				for n := range eachWrites {
					if _, err := c.Messages.Send(r.ctx, client.NewMessage{ConversationID: convs[(i+n)%len(convs)], Content: fmt.Sprintf("%d 之 %d", i, n)}); err != nil {
						r.t.Error(err)
						return
					}
				}
			})
		}
		writing.Wait()
		done := func(l *listener) func() bool { return func() bool { return len(l.texts()) >= writers*eachWrites } }
		r.until("the whole line has everything", done(uncut))
		r.until("the line that was cut has everything", done(mended))
		stop()
		all.Wait()
		want, got := flow(uncut.all()), flow(mended.all())
		if diff := cmp.Diff(want, got); diff != "" {
			r.t.Errorf("%d and %d events; the line that was cut ended otherwise (-whole +cut):\n%.4000s", len(want), len(got), diff)
		}
		r.sameAsStored(keys, convs, uncut)
	})
}

// cutAtRandom cuts whenever the client has seen so many of the messages, at moments that are spread over all of them.
func (w *wire) cutAtRandom(ctx context.Context, rnd *rand.Rand, l *listener, cuts, messages int) {
	moments := make([]int, cuts)
	for i := range moments {
		moments[i] = rnd.IntN(messages * 9 / 10)
	}
	slices.Sort(moments)
	for _, at := range moments {
		if !wait(ctx, func() bool { return ctx.Err() != nil || len(l.all()) >= at && w.cut() }) {
			return
		}
	}
}

// flow is what a client has of its events: all that makes its state, in its order.
func flow(events []client.Event) []string {
	out := make([]string, 0, len(events))
	for _, e := range events {
		if e.Position > 0 { // what has no position is never kept
			out = append(out, fmt.Sprintf("%d %s %s %s", e.Position, e.Name, e.ConversationID, e.Data))
		}
	}
	return out
}

// sameAsStored holds what a client saw against what REST tells, conversation by conversation.
func (r *rig) sameAsStored(keys, convs []string, l *listener) {
	r.t.Helper()
	seen := map[string][]string{}
	for _, e := range l.all() {
		if e.Message != nil {
			seen[e.ConversationID] = append(seen[e.ConversationID], e.Message.Content)
		}
	}
	for i, id := range convs {
		if diff := cmp.Diff(texts(r.messages(r.as(client.WithKey(keys[20+i])), id)), seen[id]); diff != "" {
			r.t.Errorf("conversation %d was shown otherwise than it is stored (-stored +shown):\n%.2000s", i, diff)
		}
	}
}
