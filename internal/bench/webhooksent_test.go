package main

import (
	"log/slog"
	"testing"

	"kefu/internal/bus"
	"kefu/internal/storetest"
)

// TestWebhooksAreSentAndCounted runs the points that are measured by count through the relay, the courier and the receiver.
func TestWebhooksAreSentAndCounted(t *testing.T) {
	for _, point := range []string{hookFlow, hookDrain} {
		t.Run(point, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, url string) {
				r := &hookReceiver{ledger: newHookLedger(false, 0), hangs: -1}
				w := &hookWork{database: url, receiver: openReceiver(t, r), endpoints: 3, hangs: -1, point: point, count: 60, bus: bus.New(),
					log: slog.New(slog.DiscardHandler)}
				told, err := w.work(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := told.complete(r.ledger.report(), true); err != nil || told.Want != 60 || told.Took <= 0 {
					t.Errorf("%+v: %v", told, err)
				}
			})
		})
	}
}
