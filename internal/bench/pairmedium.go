package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

// medium is what people write with: a fake, and those who use it. One medium may serve both sides of a pairing.
type medium interface {
	// start readies it for its side, or for both.
	start(ctx context.Context, customers, staff bool) error
	// inboxes are what an operator would write, and the ids of those that customers write to and that staff answer in; "" is none.
	inboxes() (list []map[string]any, customers, staff string)
	// ready returns when it can be used, with Kefu running.
	ready(ctx context.Context) error
	// open begins a conversation with a text.
	open(ctx context.Context, talk int, text string) error
	// ask has the customer of a talk write, and reply those who answer it. Neither is called twice at once for one talk.
	ask(ctx context.Context, talk int, text string) error
	reply(ctx context.Context, talk int, text string) error
	close()
}

// streets are where the threads of talks are, on both sides, as calls name them.
type streets struct {
	mu        sync.Mutex
	customers map[string]int
	desk      map[int]string
	found     chan struct{} // has a place for each talk, so that nobody waits to tell
}

func newStreets(talks int) *streets {
	return &streets{customers: map[string]int{}, desk: map[int]string{}, found: make(chan struct{}, talks)}
}

// lives notes a customer's thread.
func (s *streets) lives(place string, talk int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.customers[place] = talk
}

// isCustomers tells whether a thread is a customer's.
func (s *streets) isCustomers(place string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, known := s.customers[place]
	return known
}

// opens notes the thread in which staff see a talk; the first counts.
func (s *streets) opens(talk int, place string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.desk[talk]; known || place == "" {
		return
	}
	s.desk[talk] = place
	s.found <- struct{}{}
}

// at is the thread in which staff see a talk.
func (s *streets) at(talk int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desk[talk]
}

// newMedium makes one; crowd is who is told of what arrives.
func newMedium(name string, c *crowd) (medium, error) {
	switch name {
	case onSite:
		return &siteMedium{crowd: c}, nil
	case onDiscord:
		return &guildMedium{crowd: c}, nil
	case onAPI:
		return &apiMedium{crowd: c}, nil
	case onChatwoot:
		return &chatwootMedium{crowd: c}, nil
	case onTwilio:
		return &twilioMedium{crowd: c}, nil
	default:
		return nil, fmt.Errorf("there is no medium %q", name)
	}
}

// fakeDoor is a fake behind a ledger, on an address of its own.
type fakeDoor struct {
	host string
	stop context.CancelFunc
	done chan struct{}
}

// openDoor serves a fake; what it takes is told to the crowd.
func openDoor(ctx context.Context, c *crowd, h http.Handler) (*fakeDoor, error) {
	host, err := freeHost(ctx)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	d := &fakeDoor{host: host, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(d.done)
		if err := serve(ctx, host, c.watched(h)); err != nil {
			c.fail(fmt.Errorf("fake: %w", err))
		}
	}()
	return d, nil
}

func (d *fakeDoor) url() string { return "http://" + d.host }

func (d *fakeDoor) close() {
	if d != nil {
		d.stop()
		<-d.done
	}
}
