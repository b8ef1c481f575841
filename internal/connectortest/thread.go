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
		SentBefore: func(fingerprint string) (int, error) {
			return k.sent.others(t, fingerprint, kefu.DeliveryID("dlv_"+id)), nil
		},
	}
}

// again is the same message on its next attempt: the first one may have had its effect since then.
func again(out connector.Outbound, since time.Time) connector.Outbound {
	out.Unsure, out.UnsureSince = true, since
	return out
}

// send sends as the dispatcher does: what the remote puts off for a moment is sent again after it.
func (k *kit) send(ctx context.Context, out connector.Outbound) (connector.Receipt, error) {
	for {
		got, err := k.c.Send(ctx, out)
		k.secrets.note(err)
		var se *connector.SendError
		if err == nil {
			k.sent.add(out, got.Parts)
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
func (k *kit) fails(out connector.Outbound) *connector.SendError {
	k.t.Helper()
	_, se := k.breaksOff(out)
	return se
}

// breaksOff sends what must fail, and gives how, beside what arrived before it did.
func (k *kit) breaksOff(out connector.Outbound) (connector.Receipt, *connector.SendError) {
	k.t.Helper()
	got, err := k.send(k.ctx, out)
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
	return got, se
}

// ledger is what Kefu knows to have arrived: the deliveries of each thread by their fingerprints.
type ledger struct {
	mu         sync.Mutex
	deliveries map[string]map[kefu.DeliveryID]bool
}

func ledgerKey(t connector.Thread, fingerprint string) string {
	return t.ExternalID + "\x00" + fingerprint
}

func (l *ledger) add(out connector.Outbound, parts []connector.Part) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deliveries == nil {
		l.deliveries = map[string]map[kefu.DeliveryID]bool{}
	}
	for _, p := range parts {
		key := ledgerKey(out.Thread, p.Fingerprint)
		if l.deliveries[key] == nil {
			l.deliveries[key] = map[kefu.DeliveryID]bool{}
		}
		l.deliveries[key][out.DeliveryID] = true
	}
}

// others counts the deliveries that have a fingerprint, but for the one that asks.
func (l *ledger) others(t connector.Thread, fingerprint string, asking kefu.DeliveryID) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.deliveries[ledgerKey(t, fingerprint)]
	if known[asking] {
		return len(known) - 1
	}
	return len(known)
}
