package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
)

func TestLanesKeepOrderWithinAChannel(t *testing.T) {
	t.Parallel()
	l := newLanes()
	var mu sync.Mutex
	done := map[string][]int{}
	for n := range 2000 {
		channel := fmt.Sprint(n % 7)
		err := l.add(t.Context(), channel, func() {
			mu.Lock()
			defer mu.Unlock()
			done[channel] = append(done[channel], n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	l.wait()
	total := 0
	for channel, list := range done {
		total += len(list)
		if !slices.IsSorted(list) {
			t.Errorf("channel %s: %v", channel, list)
		}
	}
	if total != 2000 || len(l.queues) != 0 || len(l.room) != 0 {
		t.Errorf("%d done, %d lanes and %d places left", total, len(l.queues), len(l.room))
	}
}

// TestLanesAreSideBySideAndBounded blocks one channel: others go on, and whoever adds waits once there is no room.
func TestLanesAreSideBySideAndBounded(t *testing.T) {
	t.Parallel()
	l := newLanes()
	blocked := make(chan struct{})
	for range laneRoom - 1 {
		if err := l.add(t.Context(), "slow", func() { <-blocked }); err != nil {
			t.Fatal(err)
		}
	}
	other := make(chan struct{})
	if err := l.add(t.Context(), "other", func() { close(other) }); err != nil {
		t.Fatal(err)
	}
	<-other
	// The place of the other channel's job is given back after the job has ended: it is taken here for good, by force of trying.
	if err := l.add(t.Context(), "slow", func() {}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.add(ctx, "slow", func() {}); !errors.Is(err, context.Canceled) {
		t.Errorf("added beyond the room: %v", err)
	}
	close(blocked)
	l.wait()
}
