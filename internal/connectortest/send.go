package connectortest

import (
	"fmt"
	"strings"
	"sync"

	"kefu/internal/connector"
)

func sends() []check {
	return []check{
		{"send delivers and the receipt is complete", (*kit).delivers},
		{"what is known to have arrived is not sent again", (*kit).knownParts},
		{"a long text is split and nothing is lost", (*kit).longText},
		{"no U+0000 goes out", (*kit).nul},
		{"mentions do not ping", (*kit).mentions},
		{"threads are sent to at once", (*kit).atOnce},
	}
}

// complete wants a receipt to tell of every post there is in the thread from the n-th on, in order.
func (k *kit) complete(out connector.Outbound, got connector.Receipt, from int) {
	k.t.Helper()
	posts := k.remote.Posts(out.Thread)[from:]
	if len(got.Parts) != len(posts) {
		k.t.Fatalf("the receipt has %d parts, the remote %d posts: %+v, %+v", len(got.Parts), len(posts), got, posts)
	}
	for i, p := range got.Parts {
		switch {
		case p.N != i:
			k.t.Errorf("part %d says that it is %d", i, p.N)
		case p.ExternalID == "" && p.Fingerprint == "":
			k.t.Errorf("part %d can be known by nothing when it comes back", i)
		case p.ExternalID != "" && p.ExternalID != posts[i].ID:
			k.t.Errorf("part %d is %q, the remote has %q", i, p.ExternalID, posts[i].ID)
		case k.can.Fingerprint != nil && p.Fingerprint != k.can.Fingerprint.Fingerprint(out.Message):
			k.t.Errorf("part %d has fingerprint %q, told before was %q", i, p.Fingerprint, k.can.Fingerprint.Fingerprint(out.Message))
		}
	}
}

// texts joins what stands in a thread.
func (k *kit) texts(t connector.Thread) string {
	var all []string
	for _, p := range k.remote.Posts(t) {
		all = append(all, p.Text)
	}
	return strings.Join(all, "\n")
}

func (k *kit) delivers() {
	t := k.open(1)
	for i, text := range []string{"您好，訂單已出貨。", "second line\nthird line 🐉"} {
		out := k.message(t, int64(i+1), text)
		got := k.deliver(out)
		k.complete(out, got, i)
		if posts := k.remote.Posts(t); got.Found || !strings.Contains(posts[i].Text, text) {
			k.t.Errorf("found %t, the remote has %q, sent was %q", got.Found, posts[i].Text, text)
		}
	}
}

// knownParts sends a message whose parts are all known: nothing may move.
func (k *kit) knownParts() {
	t := k.open(1)
	out := k.message(t, 1, "once")
	out.Known = k.deliver(out).Parts
	if got := k.deliver(out); len(got.Parts) != len(out.Known) || len(k.remote.Posts(t)) != len(out.Known) {
		k.t.Errorf("known %+v, receipt %+v, posts %+v", out.Known, got.Parts, k.remote.Posts(t))
	}
}

func (k *kit) longText() {
	t := k.open(1)
	text, lines := numbered(max(3*k.h.Limit, 20_000))
	out := k.message(t, 1, text)
	k.complete(out, k.deliver(out), 0)
	posts := k.remote.Posts(t)
	if k.h.Limit > 0 && len(posts) < 3 {
		k.t.Errorf("%d characters in %d posts", len(text), len(posts))
	}
	for i, p := range posts {
		if k.h.Limit > 0 && len([]rune(p.Text)) > k.h.Limit {
			k.t.Errorf("post %d has %d characters, over %d", i, len([]rune(p.Text)), k.h.Limit)
		}
	}
	k.everyLine(k.texts(t), lines)
}

// numbered makes a text of n characters or a little more, in lines that can be told apart.
func numbered(n int) (text string, lines int) {
	var b strings.Builder
	for ; b.Len() < n; lines++ {
		fmt.Fprintf(&b, "line %06d of a text that is quite long\n", lines)
	}
	return b.String(), lines
}

// everyLine wants each line once, and in order.
func (k *kit) everyLine(all string, lines int) {
	k.t.Helper()
	at := -1
	for i := range lines {
		line := fmt.Sprintf("line %06d", i)
		found := strings.Index(all, line)
		if found <= at || strings.Count(all, line) != 1 {
			k.t.Fatalf("%q is there %d times, at %d after %d", line, strings.Count(all, line), found, at)
		}
		at = found
	}
}

func (k *kit) nul() {
	t := k.open(1)
	k.deliver(k.message(t, 1, "before\x00after"))
	if all := k.texts(t); strings.Contains(all, "\x00") || !strings.Contains(all, "before") || !strings.Contains(all, "after") {
		k.t.Errorf("the remote has %q", all)
	}
}

func (k *kit) mentions() {
	t := k.open(1)
	k.deliver(k.message(t, 1, "@everyone @here <@1> <@!1> <@&1> @小美"))
	if n := k.remote.Pings(t); n != 0 {
		k.t.Errorf("%d were called", n)
	}
}

// atOnce sends to several threads at the same time, each in its own order. It is for the race detector as well.
func (k *kit) atOnce() {
	const threads, each = 6, 4
	var all sync.WaitGroup
	open := make([]connector.Thread, threads)
	for n := range open {
		open[n] = k.open(n + 1)
	}
	for n, t := range open {
		all.Go(func() {
			for i := range each {
				if _, err := k.send(k.ctx, k.message(t, int64(i+1), fmt.Sprintf("line %06d of thread %d", i, n))); err != nil {
					k.t.Errorf("thread %d, message %d: %v", n, i, err)
				}
			}
		})
	}
	all.Wait()
	for n, t := range open {
		if posts := k.remote.Posts(t); len(posts) != each || strings.Count(k.texts(t), fmt.Sprintf("of thread %d", n)) != each {
			k.t.Errorf("thread %d has %+v", n, posts)
		}
		k.everyLine(k.texts(t), each)
	}
}
