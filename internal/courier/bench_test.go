package courier_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/courier"
	"kefu/internal/ident"
	"kefu/internal/secret"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

// BenchmarkDrain sends and records a backlog with attempts that cost nothing: what is left is the courier and the database.
func BenchmarkDrain(b *testing.B) {
	for _, endpoints := range []int{1, 20, 500} {
		b.Run(fmt.Sprintf("endpoints=%d", endpoints), func(b *testing.B) {
			storetest.EachB(b, func(b *testing.B, url string) { drain(b, url, endpoints) })
		})
	}
}

func drain(b *testing.B, url string, endpoints int) {
	db, err := sqldb.Open(b.Context(), url, sqldb.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	box, err := secret.NewBox(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	s, signals := store.New(db), bus.New()
	if _, err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	rules := webhook.New(webhook.Options{Store: s, Bus: signals, Box: box, Log: slog.New(slog.DiscardHandler), Version: "bench"})
	defer rules.Close()
	for range endpoints {
		_, err := rules.CreateEndpoint(b.Context(), operator(), webhook.EndpointChange{Name: kefu.Some("bench"), URL: kefu.Some("https://93.184.215.14/"),
			Events: kefu.Some([]string{"message.received"})})
		if err != nil {
			b.Fatal(err)
		}
	}
	fill(b, s, b.N, endpoints)
	ctx, cancel := context.WithCancel(b.Context())
	var final atomic.Int64
	done := make(chan struct{})
	want := int64((b.N + endpoints - 1) / endpoints * endpoints)
	c := courier.New(courier.Options{Store: s, Webhooks: rules, Bus: signals, Log: slog.New(slog.DiscardHandler), Node: "bench",
		Post: func(context.Context, webhook.Request) webhook.Result {
			return webhook.Result{Status: 200, StartedAt: time.Now(), Address: "127.0.0.1:1"}
		},
		Final: func(kefu.DeliveryState) {
			if final.Add(1) == want {
				close(done)
			}
		}})
	b.ResetTimer()
	b.ReportAllocs()
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	<-done
	b.StopTimer()
	b.ReportMetric(float64(want)/b.Elapsed().Seconds(), "deliveries/s")
	cancel()
	<-ended
}

// fill makes n deliveries or a few more: one for each event and endpoint.
func fill(b *testing.B, s *store.Store, n, endpoints int) {
	data := json.RawMessage(`{"message_id":"msg_06c0000000000000000000000g","conversation_id":"cnv_06c0000000000000000000000g","seq":7,"content":"想請問一下，這個訂單什麼時候會出貨？我上週三就付款了，到現在還沒有收到通知，謝謝。",` +
		`"content_type":"text","attachments":[],"sender":{"type":"contact","id":"con_06c0000000000000000000000g","name":"王小明"},"private":false,"created_at":"2026-11-21T10:00:00.123456Z"}`)
	for left := (n + endpoints - 1) / endpoints; left > 0; {
		batch := min(left, max(5000/endpoints, 1))
		left -= batch
		err := s.Update(b.Context(), func(tx *store.Tx) error {
			for range batch {
				if err := tx.AppendEvent(kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: "message.received", Actor: kefu.System(), Data: data}); err != nil {
					return err
				}
			}
			_, _, err := tx.PlaceEvents(batch)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
