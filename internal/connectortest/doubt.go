package connectortest

import (
	"context"
	"slices"
	"time"

	"kefu/internal/connector"
)

// longAgo is when an attempt was that the remote has long forgotten of itself.
const longAgo = time.Hour

func doubts() []check {
	return []check{
		{"a lost answer does not double", (*kit).lostAnswer},
		{"a lost answer does not double long after", (*kit).lostAnswerLongAgo},
		{"a split text that broke off goes on where it was", (*kit).brokenOff},
		{"what did not arrive is sent although unsure", (*kit).notThere},
		{"equal messages stay two", (*kit).equalMessages},
		{"time out after the body is uncertain", (*kit).timeOut},
		{"a cancelled send returns at once", (*kit).cancelled},
		{"a send that is cancelled before it begins", (*kit).cancelledBefore},
		{"an open whose answer was lost does not double", (*kit).openTwice},
	}
}

// looks tells whether the connector says that it looks before it sends again. Without it an uncertain outcome is final.
func (k *kit) looks() bool { return slices.Contains(k.about.Capabilities, connector.CapLooks) }

func (k *kit) lostAnswer() { k.lose(time.Now()) }

func (k *kit) lostAnswerLongAgo() {
	if found := k.lose(time.Now().Add(-longAgo)); k.looks() && !found {
		k.t.Error("the receipt does not say that the message was found")
	}
}

// lose loses the answer to a message and sends it again.
func (k *kit) lose(since time.Time) (found bool) {
	k.t.Helper()
	t := k.open(1)
	k.deliver(k.message(t, 1, "ok"))
	k.remote.Break(LoseAnswer, CallSend, 0)
	out := k.message(t, 2, "還在嗎")
	k.uncertain(k.fails(out))
	if n := len(k.remote.Posts(t)); n != 2 {
		k.t.Fatalf("the fault had no effect: %d posts, want 2", n)
	}
	return k.resend(again(out, since), 1)
}

// resend sends again what is there already, from post n on.
func (k *kit) resend(out connector.Outbound, n int) (found bool) {
	k.t.Helper()
	if !k.looks() {
		return false
	}
	got := k.deliver(out)
	if posts := k.remote.Posts(out.Thread); len(posts) != n+1 {
		k.t.Fatalf("%d posts after sending again, want %d: %+v", len(posts), n+1, posts)
	}
	k.complete(out, got, n)
	return got.Found
}

func (k *kit) uncertain(se *connector.SendError) {
	k.t.Helper()
	if se.Class != connector.Uncertain {
		k.t.Errorf("class %s, want %s: %v", se.Class, connector.Uncertain, se)
	}
}

// brokenOff loses the answer to the second part of a long text: the first one is known, the second one is there, the rest is not.
func (k *kit) brokenOff() {
	if k.h.Limit == 0 || !k.looks() {
		return
	}
	for i, since := range []time.Time{time.Now(), time.Now().Add(-longAgo)} {
		t := k.open(i + 1)
		k.remote.Break(LoseAnswer, CallSend, 1)
		text, lines := numbered(4 * k.h.Limit)
		out := k.message(t, 1, text)
		got, se := k.breaksOff(out)
		k.uncertain(se)
		if len(got.Parts) != 1 || got.Parts[0].N != 0 {
			k.t.Errorf("beside the error the receipt has %+v, want the first part", got.Parts)
		}
		out.Known = got.Parts
		k.complete(out, k.deliver(again(out, since)), 0)
		k.everyLine(k.texts(t), lines)
	}
}

// notThere breaks the connection before anything was done: the attempt cannot know that, the next one must find out.
func (k *kit) notThere() {
	if !k.looks() {
		return
	}
	for i, since := range []time.Time{time.Now(), time.Now().Add(-longAgo)} {
		t := k.open(i + 1)
		k.remote.Break(Reset, CallSend, 0)
		out := k.message(t, 1, "hello")
		_ = k.fails(out)
		got := k.deliver(again(out, since))
		k.complete(out, got, 0)
		if got.Found || len(k.remote.Posts(t)) != 1 {
			k.t.Errorf("found %t, posts %+v", got.Found, k.remote.Posts(t))
		}
	}
}

// equalMessages sends the same words twice, the second time unsure: what is there is the first message, and not this one.
func (k *kit) equalMessages() {
	t := k.open(1)
	k.deliver(k.message(t, 1, "ok"))
	out := k.message(t, 2, "ok")
	if k.looks() {
		out = again(out, time.Now().Add(-longAgo))
	}
	if got := k.deliver(out); got.Found || len(k.remote.Posts(t)) != 2 {
		k.t.Errorf("found %t, posts %+v", got.Found, k.remote.Posts(t))
	}
}

func (k *kit) timeOut() { k.interrupt(context.DeadlineExceeded) }

func (k *kit) cancelled() { k.interrupt(context.Canceled) }

// interrupt ends a send once the remote has done what it asks, and before it answers.
func (k *kit) interrupt(cause error) {
	k.t.Helper()
	t := k.open(1)
	k.remote.Break(HoldAnswer, CallSend, 0)
	ctx, end := endable(cause)
	defer end()
	out := k.message(t, 1, "slow")
	failed := make(chan error, 1)
	go func() {
		_, err := k.send(ctx, out)
		failed <- err
	}()
	k.until("the message is there", func() bool { return len(k.remote.Posts(t)) == 1 })
	end()
	select {
	case err := <-failed:
		k.uncertain(connector.Failure(err))
	case <-k.ctx.Done():
		k.t.Fatal("send did not return when its context ended")
	}
	k.resend(again(out, time.Now().Add(-longAgo)), 0)
}

// cancelledBefore sends under a context that has ended: it must not take long, nothing may arrive, and the message is not given up.
func (k *kit) cancelledBefore() {
	t := k.open(1)
	ctx, cancel := context.WithCancel(k.ctx)
	cancel()
	returned := make(chan *connector.SendError, 1)
	go func() {
		_, err := k.c.Send(ctx, k.message(t, 1, "never"))
		k.secrets.note(err)
		returned <- connector.Failure(err)
	}()
	select {
	case se := <-returned:
		if se.Class == connector.Permanent || se.Class == connector.Gone || se.Err == nil {
			k.t.Errorf("got %v", se)
		}
	case <-k.ctx.Done():
		k.t.Fatal("send did not return although its context had ended")
	}
	if posts := k.remote.Posts(t); len(posts) != 0 {
		k.t.Errorf("it was sent all the same: %+v", posts)
	}
}

// openTwice loses the answer to the making of a thread, and opens again.
func (k *kit) openTwice() {
	if k.can.Opener == nil {
		return
	}
	k.open(1) // what an opener makes once for all threads is there then
	k.remote.Break(LoseAnswer, CallOpen, 0)
	before := k.state()
	o := opening(2)
	_, err := k.can.Opener.Open(k.ctx, o)
	k.secrets.note(err)
	if se := connector.Failure(err); err == nil || se.Class != connector.Uncertain {
		k.t.Fatalf("got %v, want %s", err, connector.Uncertain)
	}
	made := k.state()
	if made == before {
		k.t.Fatal("the fault had no effect: there is no thread")
	}
	o.Unsure = true
	t, err := k.can.Opener.Open(k.ctx, o)
	if err != nil || t.ExternalID == "" {
		k.t.Fatalf("open again: %+v, %v", t, err)
	}
	if after := k.state(); after != made {
		k.t.Errorf("a second thread was made:\n%s\n%s", made, after)
	}
	k.deliver(k.message(t, 1, "in the found one"))
}

// ending is a context that ends when it is told to, with the error that it is told.
type ending struct {
	context.Context
	done  chan struct{}
	cause error
}

func endable(cause error) (ctx context.Context, end func()) {
	e := &ending{Context: context.Background(), done: make(chan struct{}), cause: cause}
	var closed bool
	return e, func() {
		if !closed {
			close(e.done)
		}
		closed = true
	}
}

// Done is closed by end.
func (e *ending) Done() <-chan struct{} { return e.done }

// Err is the cause once it has ended.
func (e *ending) Err() error {
	select {
	case <-e.done:
		return e.cause
	default:
		return nil
	}
}
