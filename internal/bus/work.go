package bus

import (
	"context"
	"time"
)

// Work calls work at once, then after each signal on a topic, and when nothing was signalled for as long as work said last: signals are
// hints, and may be lost. It returns nil when ctx ends.
func (b *Bus) Work(ctx context.Context, topic string, work func(context.Context) (look time.Duration)) error {
	wake, cancel := b.Subscribe(topic)
	defer cancel()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-timer.C:
		}
		timer.Reset(work(ctx))
	}
}
