package connectortest

import (
	"net"
	"slices"
	"strings"

	"kefu"
	"kefu/internal/connector"
)

func failures() []check {
	return []check{
		{"a refused connection is retryable", (*kit).refusedConnection},
		{"429 as data says when", func(k *kit) { k.limited(LimitJSON) }},
		{"429 as a page says when", func(k *kit) { k.limited(LimitHTML) }},
		{"401 has its class", (*kit).denied},
		{"500 as a page is not the end", (*kit).failedPage},
		{"a thread that is gone", (*kit).gone},
	}
}

// nothing wants that a failed send left nothing, and that the same message goes out afterwards.
func (k *kit) nothing(out connector.Outbound) {
	k.t.Helper()
	if posts := k.remote.Posts(out.Thread); len(posts) != 0 {
		k.t.Fatalf("it arrived all the same: %+v", posts)
	}
	k.complete(out, k.deliver(out), 0)
}

// refusedConnection sends to an address where nobody listens any more.
func (k *kit) refusedConnection() {
	l, err := (&net.ListenConfig{}).Listen(k.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		k.t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		k.t.Fatal(err)
	}
	t := k.open(1)
	there := k.c
	k.c = k.build(k.with(map[string]any{k.h.Address: "http://" + address}))
	out := k.message(t, 1, "hello")
	if se := k.fails(out); se.Class != connector.Retryable {
		k.t.Errorf("class %s, want %s: %v", se.Class, connector.Retryable, se)
	}
	k.c = there
	k.nothing(out)
}

func (k *kit) limited(f Fault) {
	k.t.Helper()
	t := k.open(1)
	k.remote.Break(f, CallSend, 0)
	out := k.message(t, 1, "hello")
	se := k.fails(out)
	if se.Class != connector.Retryable || se.RetryAfter < Wait-Wait/10 || se.RetryAfter > Wait+Wait/10 {
		k.t.Errorf("class %s, retry after %s; want %s after %s: %v", se.Class, se.RetryAfter, connector.Retryable, Wait, se)
	}
	if posts := k.remote.Posts(t); len(posts) != 0 {
		k.t.Errorf("it arrived all the same: %+v", posts)
	}
}

func (k *kit) denied() {
	t := k.open(1)
	k.remote.Break(Deny, CallSend, 0)
	out := k.message(t, 1, "hello")
	if se := k.fails(out); se.Class != k.h.Denied || se.Scope != connector.ScopeInbox {
		k.t.Errorf("class %s, scope %s; want %s, %s: %v", se.Class, se.Scope, k.h.Denied, connector.ScopeInbox, se)
	}
	k.nothing(out)
}

func (k *kit) failedPage() {
	t := k.open(1)
	k.remote.Break(FailHTML, CallSend, 0)
	out := k.message(t, 1, "hello")
	se := k.fails(out)
	if !slices.Contains([]connector.Class{connector.Uncertain, connector.Retryable}, se.Class) {
		k.t.Errorf("class %s: %v", se.Class, se)
	}
	if strings.Contains(se.Reason, "<") {
		k.t.Errorf("the reason shows the page: %q", se.Reason)
	}
	k.nothing(out)
}

// gone: a desk's thread is opened again, a customer's cannot be.
func (k *kit) gone() {
	t := k.open(1)
	k.deliver(k.message(t, 1, "hello"))
	k.remote.Vanish(t)
	want := connector.Gone
	if t.Role == kefu.RoleCustomer {
		want = connector.Permanent
	}
	if se := k.fails(k.message(t, 2, "anybody there?")); se.Class != want {
		k.t.Errorf("class %s, want %s: %v", se.Class, want, se)
	}
}
