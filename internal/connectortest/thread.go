package connectortest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kefu"
	"kefu/internal/connector"
)

// open gives a thread to send to, entered into the directory. Of a connector that opens threads it is one that it has opened.
func (k *kit) open(n int) connector.Thread {
	k.t.Helper()
	var t connector.Thread
	if k.can.Opener == nil {
		t = k.remote.Thread(n)
	} else {
		var err error
		if t, err = k.can.Opener.Open(k.ctx, opening(n)); err != nil {
			k.secrets.note(err)
			k.t.Fatalf("open: %v", err)
		}
	}
	if t.ExternalID == "" {
		k.t.Fatal("the thread has no external id")
	}
	k.dir.Put(t)
	return t
}

func opening(n int) connector.Opening {
	return connector.Opening{
		LinkID: kefu.LinkID(fmt.Sprintf("lnk_%d", n)), ConversationID: kefu.ConversationID(fmt.Sprintf("cnv_%026d", n)), Name: fmt.Sprintf("#網站-客-%04d", n),
		Ticket: kefu.Ticket{Number: int64(n), Title: "Conformance"}, Customer: customer(), Subject: "Conformance",
	}
}

func customer() kefu.Contact { return kefu.Contact{Name: "DemoUser", Email: "demo@example.com"} }

// message is one on its way to a thread: from the customer to a desk, from an agent to a customer.
func (k *kit) message(t connector.Thread, seq int64, text string) connector.Outbound {
	from := kefu.Author{Kind: kefu.AuthorContact, Name: "DemoUser"}
	if t.Role != kefu.RoleDesk {
		from = kefu.Author{Kind: kefu.AuthorAgent, Name: "小美", Via: "Console"}
	}
	id := fmt.Sprintf("%s_%d", t.ExternalID, seq)
	return connector.Outbound{
		DeliveryID: kefu.DeliveryID("dlv_" + id), Thread: t, Customer: customer(),
		Message: kefu.Message{ID: kefu.MessageID("msg_" + id), ConversationID: t.ConversationID, Seq: seq, Author: from,
			Content: kefu.Content{Type: kefu.ContentText, Text: text}},
		SentBefore: func(fingerprint string) (int, error) { return k.sent.count(t.ExternalID, fingerprint), nil },
	}
}

// again is the same message on its next attempt: the first one may have had its effect since then.
func again(out connector.Outbound, since time.Time, known []connector.Part) connector.Outbound {
	out.Unsure, out.UnsureSince, out.Known = true, since, known
	return out
}

// send sends as the dispatcher does: what the remote puts off for a moment is sent again after it.
func (k *kit) send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	for {
		got, err := k.c.Send(ctx, out)
		k.secrets.note(err)
		var se *connector.SendError
		if err == nil {
			k.sent.add(out.Thread.ExternalID, got.Parts)
		}
		if !errors.As(err, &se) || se.Class != connector.Retryable || se.RetryAfter <= 0 || se.RetryAfter > time.Second {
			return got, err
		}
		select {
		case <-time.After(se.RetryAfter):
		case <-ctx.Done():
			return got, err
		}
		out.Known = got.Parts
	}
}

// deliver sends what must arrive.
func (k *kit) deliver(out connector.Outbound) connector.Receipt {
	k.t.Helper()
	got, err := k.send(k.ctx, out)
	if err != nil {
		k.t.Fatalf("send: %v", err)
	}
	return got
}

// fails sends what must fail, and gives how.
func (k *kit) fails(ctx context.Context, out connector.Outbound) *connector.SendError {
	k.t.Helper()
	got, err := k.send(ctx, out)
	if err == nil {
		k.t.Fatalf("send succeeded: %+v", got)
	}
	var se *connector.SendError
	if !errors.As(err, &se) {
		k.t.Fatalf("the error is no *SendError: %v", err)
	}
	if se.Reason == "" || se.Scope == "" {
		k.t.Errorf("no reason in words, or no scope: %v", err)
	}
	return se
}

// ledger is what Kefu knows to have arrived.
type ledger struct {
	mu     sync.Mutex
	prints map[string]int
}

func (l *ledger) add(thread string, parts []connector.Part) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prints == nil {
		l.prints = map[string]int{}
	}
	seen := map[string]bool{} // parts of one delivery count once
	for _, p := range parts {
		if !seen[p.Fingerprint] {
			l.prints[thread+"\x00"+p.Fingerprint]++
		}
		seen[p.Fingerprint] = true
	}
}

func (l *ledger) count(thread, fingerprint string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.prints[thread+"\x00"+fingerprint]
}
