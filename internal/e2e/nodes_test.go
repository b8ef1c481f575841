package e2e

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/storetest"
)

const takeover = 15 * time.Second

// listeners is how many gateway connections are open now.
func (r *rig) listeners() int {
	n := 0
	for _, c := range r.guild.Connections() {
		if c.Open {
			n++
		}
	}
	return n
}

// newPair is a rig whose configuration fits several nodes on one database, which only PostgreSQL can be.
func newPair(t *testing.T) *rig {
	t.Helper()
	return newRig(t, storetest.Postgres(t), options{idle: true, config: settings{"secret_key": "0123456789abcdef0123456789abcdef"}})
}

// second runs another node in this process, with doors of its own, and gives their address.
func (r *rig) second() (base string, stop func()) {
	r.t.Helper()
	addr := freeAddress(r.t)
	stop = r.run(bytes.ReplaceAll(r.configuration(), []byte(`"listen":"`+r.addr), []byte(`"listen":"`+addr)))
	return "http://" + addr, stop
}

// TestAnotherNodeTakesOver kills the node that holds the gateway while staff and customers write: the other one holds it within 15 s.
func TestAnotherNodeTakesOver(t *testing.T) {
	t.Parallel()
	r := newPair(t)
	first := r.spawn()
	one := r.open(1)
	if err := r.guild.WaitReady(r.ctx); err != nil {
		t.Fatal(err)
	}
	base, stop := r.second()
	r.until("the second node is ready", func() bool { return fetch(base+"/readyz").status == 200 })
	two := r.open(2)
	r.talks(one, two, "之前")
	if n := r.listeners(); n != 1 {
		t.Errorf("%d nodes hold the gateway, want 1", n)
	}
	r.kill(first)
	began := time.Now()
	r.stop = stop
	r.addr = base[len("http://"):]
	r.site.SetHook(base)
	r.talks(one, two, "其間")
	r.write(1, "顧客在其間")
	r.until("the other node holds the gateway", func() bool { return r.listeners() == 1 && len(r.guild.Connections()) > 1 })
	if took := time.Since(began); took > takeover {
		t.Errorf("it took %s, want within %s", took, takeover)
	} else {
		t.Logf("the other node held the gateway after %s", took.Round(time.Millisecond))
	}
	r.talks(one, two, "之後")
	r.balanced()
	r.oneChannelEach()
}

// TestNodesHandOver ends the node that holds the gateway in order, and starts it again, there and back.
func TestNodesHandOver(t *testing.T) {
	t.Parallel()
	r := newPair(t)
	r.start()
	one, two := r.open(1), r.open(2)
	base, stop := r.second()
	defer stop()
	r.until("the second node is ready", func() bool { return fetch(base+"/readyz").status == 200 })
	r.site.SetHook(base)
	for round := range 2 {
		r.talks(one, two, fmt.Sprintf("第 %d 輪之前", round))
		began := time.Now()
		known := len(r.guild.Connections())
		r.halt()
		r.talks(one, two, fmt.Sprintf("第 %d 輪其間", round))
		r.write(1, fmt.Sprintf("第 %d 輪顧客", round))
		if round == 0 {
			r.until("the other node holds the gateway", func() bool { return r.listeners() == 1 && len(r.guild.Connections()) > known })
			if took := time.Since(began); took > takeover {
				t.Errorf("it took %s, want within %s", took, takeover)
			}
		}
		r.start()
	}
	if err := r.guild.WaitReady(r.ctx); err != nil {
		t.Fatal(err)
	}
	r.balanced()
	if n := r.listeners(); n != 1 {
		t.Errorf("%d nodes hold the gateway, want 1", n)
	}
}

// TestTwoNodesShareTheWork has hooks go to both nodes at once, with the same keys: each is one message.
func TestTwoNodesShareTheWork(t *testing.T) {
	t.Parallel()
	r := newPair(t)
	r.start()
	base, stop := r.second()
	defer stop()
	r.until("the second node is ready", func() bool { return fetch(base+"/readyz").status == 200 })
	tickets := []ticket{r.open(1), r.open(2), r.open(3)}
	r.guild.Inject(discord.Fault{Kind: discord.FaultDropAfter, Method: "POST", Path: anyMessage, Skip: 3, Count: 2})
	r.site.SetHook("")
	done := make(chan struct{}, len(tickets))
	for _, tk := range tickets {
		go func() {
			defer func() { done <- struct{}{} }()
			for n := range 10 {
				text := fmt.Sprintf("第 %d 單 兩個節點 %d", tk.id, n)
				r.talk.wrote(tk.id, text)
				r.site.CustomerWrites(r.ctx, tk.id, text)
				r.bothTake(base, text, tk.id)
			}
		}()
	}
	for range tickets {
		<-done
	}
	for _, tk := range tickets {
		r.say(tk, fmt.Sprintf("第 %d 單 回覆", tk.id))
	}
	r.balanced()
	r.oneChannelEach()
}

// bothTake sends one hook to both nodes at the same time.
func (r *rig) bothTake(other, text string, id int64) {
	answers := make(chan int, 2)
	for _, base := range []string{r.base(), other} {
		go func() {
			answers <- send(r, base+"/ticket/update", updateBody(id, text), header("webhook-id", text)).status
		}()
	}
	for range cap(answers) {
		if status := <-answers; status != 200 {
			r.t.Errorf("a node answered %d", status)
		}
	}
}
