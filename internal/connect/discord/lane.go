package discord

import (
	"context"
	"sync"
)

// laneRoom is how much may wait in all lanes together; beyond it whoever adds waits, and with it the gateway.
const laneRoom = 256

// lanes does work in order within each channel, and side by side for different channels. A lane lives while it has work.
type lanes struct {
	room   chan struct{}
	mu     sync.Mutex
	queues map[string][]func()
	work   sync.WaitGroup
}

func newLanes() *lanes {
	return &lanes{room: make(chan struct{}, laneRoom), queues: map[string][]func(){}}
}

// add puts a job at the end of a channel's lane. It blocks while there is no room, until ctx ends. Jobs must end with the context that
// they were made with, and must not add to lanes themselves.
func (l *lanes) add(ctx context.Context, channel string, job func()) error {
	select {
	case l.room <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	queue, runs := l.queues[channel]
	l.queues[channel] = append(queue, job)
	if !runs {
		l.work.Go(func() { l.run(channel) })
	}
	return nil
}

func (l *lanes) run(channel string) {
	for {
		job, ok := l.next(channel)
		if !ok {
			return
		}
		job()
		<-l.room
	}
}

func (l *lanes) next(channel string) (job func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.queues[channel]
	if len(queue) == 0 {
		delete(l.queues, channel)
		return nil, false
	}
	l.queues[channel] = queue[1:]
	return queue[0], true
}

// wait returns when every lane has ended; nothing may be added any more.
func (l *lanes) wait() { l.work.Wait() }
