package bus

import "sync"

// Bus tells subscribers of a topic to look now. It is safe for concurrent use; the zero value is not usable.
type Bus struct {
	mu     sync.Mutex
	topics map[string]map[chan struct{}]struct{}
}

// New makes an in-process bus.
func New() *Bus { return &Bus{topics: make(map[string]map[chan struct{}]struct{})} }

// Signal wakes the subscribers of a topic. It never blocks.
func (b *Bus) Signal(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ch := range b.topics[topic] {
		select {
		case ch <- struct{}{}:
		default: // a signal is waiting already
		}
	}
}

// Subscribe gives a channel that receives after each Signal, at least once for those since the last receive, and a function that ends it.
func (b *Bus) Subscribe(topic string) (wake <-chan struct{}, cancel func()) {
	ch := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[topic] == nil {
		b.topics[topic] = make(map[chan struct{}]struct{})
	}
	b.topics[topic][ch] = struct{}{}
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.topics[topic], ch)
	}
}

// Topics.
const (
	Deliveries = "deliveries" // something may be due for sending
	Events     = "events"     // something waits for its position
	Syncs      = "syncs"      // a comparison with a source of truth may be due
	Placed     = "placed"     // events have got their positions
	BotTurns   = "bot turns"  // the bot may have to answer
	Waiting    = "waiting"    // somebody waits for a person
	Looks      = "looks"      // something happened at a thread that is to be read
	Webhooks   = "webhooks"   // something may be due for an endpoint, or endpoints have changed
)
