package stream

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"kefu"
	"kefu/internal/switchboard"
)

// TestResumeHasNoHoleAndNoDouble cuts lines at random moments while messages flow. Each client takes up from the position that it has, in
// every way that there is, and ends with the same messages in the same order as one that was never cut.
func TestResumeHasNoHoleAndNoDouble(t *testing.T) {
	const messages, clients = 300, 6
	each(t, func(t *testing.T, r *rig) {
		boss := r.agent("boss", kefu.RoleAdmin)
		conv, ken := r.talk("ken", switchboard.NewConversation{})
		start := r.position()
		var want []string
		for i := range messages {
			want = append(want, fmt.Sprint(i))
		}
		got := make([][]string, clients)
		var running sync.WaitGroup
		for i := range clients {
			running.Go(func() { got[i] = r.follow(ken, start, messages, i) })
		}
		for i := range messages {
			r.say(boss, conv.ID, fmt.Sprint(i))
			if i%50 == 0 { // rights that change on the way change nothing here
				r.rightsChanged(ken.ID)
			}
		}
		running.Wait()
		for i, texts := range got {
			if !slices.Equal(texts, want) {
				t.Errorf("client %d: %d messages, not the same in the same order: %v", i, len(texts), texts)
			}
		}
	}, func(l *Limits) { l.Grace = time.Minute }) // a busy machine must not count as a client that asks late
}

// follow collects messages over lines that are cut again and again; the first client's is not.
func (r *rig) follow(by kefu.Caller, since int64, messages, n int) (texts []string) {
	chance := rand.New(rand.NewPCG(1, uint64(n)))
	for len(texts) < messages {
		c := r.dial(by)
		switch n % 3 {
		case 0:
			c.sendf(`{"type":"subscribe","data":{"since":%d}}`, since)
		case 1:
			c.sendf(`{"type":"subscribe","data":{"since":%d,"events":["message.*"]}}`, since)
		default: // late, when it is live already: what came before the answer does not count
			c.send(`{"type":"ping"}`)
			c.until(typePong, "")
			c.subscribed(fmt.Sprintf(`{"since":%d}`, since))
		}
		for left := 1 + chance.IntN(60); len(texts) < messages && (left > 0 || n == 0); left-- {
			f, err := c.next()
			if err != nil {
				r.t.Errorf("client %d: %v", n, err)
				return texts
			}
			if f.Position == nil {
				continue
			}
			if *f.Position <= since {
				r.t.Errorf("client %d: position %d after %d", n, *f.Position, since)
			}
			since = *f.Position
			if f.Type == typeMessage {
				texts = append(texts, f.text())
			}
		}
		_ = c.ws.CloseNow()
	}
	return texts
}

func (r *rig) position() int64 {
	r.t.Helper()
	// What was written so far has its position once there is nothing left to be placed.
	last := int64(-1)
	eventually(r.t, func() bool {
		page, err := r.Feed(r.t.Context(), 0, 200)
		if err != nil {
			r.t.Fatal(err)
		}
		still := page.Last == last && last > 0
		last = page.Last
		if !still {
			time.Sleep(50 * time.Millisecond)
		}
		return still
	})
	return last
}

func TestWhatIsNoLongerKeptIsToldAsAGap(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		boss := r.agent("boss", kefu.RoleAdmin)
		conv, _ := r.talk("ken", switchboard.NewConversation{Content: "old"})
		last := r.position()
		if _, err := r.PruneEvents(t.Context(), time.Now().Add(time.Hour), 2); err != nil {
			t.Fatal(err)
		}
		c := r.dial(boss)
		c.send(`{"type":"subscribe","data":{"since":0}}`)
		if f := c.read(); f.Type != typeGap || f.Data["from"] != 1. || f.Data["to"] != 2. {
			t.Errorf("%s", f.raw)
		}
		if f := c.read(); f.Position == nil || *f.Position != 3 {
			t.Errorf("%s", f.raw)
		}
		if _, err := r.PruneEvents(t.Context(), time.Now().Add(time.Hour), 1000); err != nil {
			t.Fatal(err)
		}
		c = r.dial(boss)
		c.sendf(`{"type":"subscribe","data":{"since":%d}}`, last-1)
		if f := c.until(typeGap, ""); f.Data["from"] != float64(last) {
			t.Errorf("%s", f.raw)
		}
		c = r.dial(boss)
		c.sendf(`{"type":"subscribe","data":{"since":%d}}`, last+1000)
		if f := c.until(typeGap, ""); f.Data["from"] != 1. {
			t.Errorf("a position that never was: %s", f.raw)
		}
		r.say(boss, conv.ID, "live")
		if said := c.texts("live"); len(said) != 1 {
			t.Errorf("%v", said)
		}
	})
}

// TestPongMovesAFilteredClientOn: one who is shown nothing still learns from where to come back.
func TestPongMovesAFilteredClientOn(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		boss := r.agent("boss", kefu.RoleAdmin)
		conv, _ := r.talk("ken", switchboard.NewConversation{})
		_, lee := r.talk("lee", switchboard.NewConversation{})
		c := r.dial(lee).live(r)
		watch := r.dial(boss).live(r)
		r.say(boss, conv.ID, "hidden")
		at := watch.until(typeMessage, "new")
		c.send(`{"type":"ping"}`)
		f := c.until(typePong, "")
		if *f.Position < *at.Position {
			t.Errorf("%s after %d", f.raw, *at.Position)
		}
	})
}

func TestWithoutAPositionItBeginsNow(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		boss := r.agent("boss", kefu.RoleAdmin)
		conv, ken := r.talk("ken", switchboard.NewConversation{Content: "before"})
		r.position()
		silent, asking, pinging := r.dial(ken), r.dial(ken).subscribed(`{}`), r.dial(ken)
		pinging.send(`{"type":"ping"}`)
		pinging.until(typePong, "")
		r.say(boss, conv.ID, "after")
		for _, c := range []*client{silent, asking, pinging} {
			if said := c.texts("after"); len(said) != 1 {
				t.Errorf("%v", said)
			}
		}
	})
}
