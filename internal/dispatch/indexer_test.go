package dispatch_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/dispatch"
	"kefu/internal/switchboard"
)

// indexes runs an indexer, as a node does, until stop.
func (r *rig) indexes() (stop func()) {
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = dispatch.Indexer{Switchboard: r.Switchboard, Bus: r.bus, Log: slog.New(slog.DiscardHandler)}.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

func (r *rig) found(text string) int {
	r.t.Helper()
	list, err := r.Search(r.t.Context(), kefu.SystemCaller("test"), switchboard.SearchQuery{Text: text, Types: []switchboard.SearchType{"messages"},
		Paging: switchboard.Paging{Limit: 200}})
	if err != nil {
		r.t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, h := range list.Items {
		if seen[h.ID] {
			r.t.Errorf("%s is found twice", h.ID)
		}
		seen[h.ID] = true
	}
	return len(list.Items)
}

// TestMessagesAreFoundWhoeverIndexes has two nodes index, stops each at some time, and begins again after both were down.
func TestMessagesAreFoundWhoeverIndexes(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx, cancel := context.WithCancel(t.Context())
		placed := make(chan struct{})
		go func() {
			defer close(placed)
			_ = dispatch.Relay{Store: r.store, Bus: r.bus, Log: slog.New(slog.DiscardHandler), Node: "n"}.Run(ctx)
		}()
		defer func() {
			cancel()
			<-placed
		}()
		one, two := r.indexes(), r.indexes()
		written := 0
		write := func(n int) {
			for range n {
				in := customer("33", fmt.Sprint("我要退貨 ", written))
				if written == 0 {
					in.Kind = connector.InOpen
				}
				r.take("shop", in)
				written++
			}
		}
		write(30)
		one()
		write(30)
		r.until("what came so far is found", func() bool { return r.found("退货") == written })
		two()
		write(30)
		one = r.indexes()
		r.until("what came meanwhile is found", func() bool { return r.found("退货") == written })
		one()
	})
}
