package client

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"
)

// StreamOptions say what a Stream shows. The zero value shows everything that the caller may see, from now on.
type StreamOptions struct {
	// Since is the position after which events begin, for those who kept one; absent is from now on.
	Since Opt[int64]
	// Events are the kinds that are wanted, by the words of webhooks: "message.*" (new ones are message.received and message.sent),
	// "conversation.assigned"; none is all of them.
	Events []string
	// OnPosition is told how far the loop over Events has come: everything up to there has been seen, and its body was left. Keep it, and
	// give it as Since after a restart. It is called by the loop.
	OnPosition func(position int64)
	// OnGap is told that events from a position to another are no longer kept, so that what they told must be read anew. It is called by the
	// loop, before the events that come after the gap.
	OnGap func(from, to int64)
	// OnState is told when the line stands (nil) and why it was cut, or could not be opened, for logs. It must not block.
	OnState func(err error)
	// OnRefused is told what the server said to a frame that nobody waits for: typing, read marks, a status. It must not block.
	OnRefused func(err error)
	// Ticket connects with a single-use ticket in the address, for proxies that take the Authorization header away.
	Ticket bool
	// Buffer is how many events wait for a loop that is slower than the server; then the server is asked again later. 0 is 4096.
	Buffer int
}

// Stream is what happens, in the order in which it happens, and a line for what has to be said at once. It lives over cuts of its
// connection. Make it with Client.Listen, and Close it.
type Stream struct {
	c    *Client
	opts StreamOptions
	stop context.CancelFunc
	done chan struct{}
	in   *inbound
	out  *outbox
	pace pacing
}

// pacing are the times of a Stream; tests shorten them.
type pacing struct {
	ping, silence, dial, first, most time.Duration
}

// ErrClosed is what a Stream that was closed, or whose context ended, says.
var ErrClosed = errors.New("kefu: the stream is closed")

// Listen opens a stream. It returns at once and connects by itself, again and again until ctx ends or the server refuses it for good.
func (c *Client) Listen(ctx context.Context, opts StreamOptions) *Stream {
	return c.listen(ctx, opts, pacing{ping: 30 * time.Second, silence: 75 * time.Second, dial: 15 * time.Second, first: 250 * time.Millisecond, most: 30 * time.Second})
}

func (c *Client) listen(ctx context.Context, opts StreamOptions, pace pacing) *Stream {
	if opts.Buffer <= 0 {
		opts.Buffer = 4096
	}
	opts.Events = slices.Clone(opts.Events)
	ctx, stop := context.WithCancel(ctx)
	s := &Stream{c: c, opts: opts, stop: stop, done: make(chan struct{}), in: newInbound(opts), out: newOutbox(), pace: pace}
	go s.run(ctx)
	return s
}

// Close ends the stream, and waits until its connection is gone. Idempotent.
func (s *Stream) Close() {
	s.stop()
	<-s.done
}

// Events walks what happens. It waits for the next event, and ends when the stream does: with an error, once, when the server refuses it
// for good, silently after Close or the end of its context. One loop at a time; another one goes on where the last one was left.
func (s *Stream) Events() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			it, ok := s.in.next()
			if !ok {
				if err := s.Err(); err != nil && !errors.Is(err, ErrClosed) {
					yield(Event{}, err)
				}
				return
			}
			switch {
			case it.gap:
				if s.opts.OnGap != nil {
					s.opts.OnGap(it.from, it.position)
				}
			case it.event != nil:
				if !yield(*it.event, nil) {
					return
				}
			}
			if s.opts.OnPosition != nil && it.position > 0 {
				s.opts.OnPosition(it.position)
			}
		}
	}
}

// Err is nil while the stream lives, ErrClosed after Close or the end of its context, else why the server refused it for good.
func (s *Stream) Err() error { return s.in.failure() }

// Position is the newest position that arrived; the loop may not have come to it yet.
func (s *Stream) Position() (position int64, known bool) { return s.in.last() }

// entry is an event, a gap, or nothing but a position.
type entry struct {
	event          *Event
	gap            bool
	from, position int64
}

// inbound keeps what has arrived until the loop takes it.
type inbound struct {
	most int

	mu       sync.Mutex
	changed  *sync.Cond
	entries  []entry
	position int64 // of the newest entry, or of what was left out by the server's filter
	known    bool
	behind   bool // entries were full: what came after position was thrown away
	caughtUp chan struct{}
	err      error
}

func newInbound(opts StreamOptions) *inbound {
	in := &inbound{most: opts.Buffer, caughtUp: make(chan struct{}, 1)}
	in.changed = sync.NewCond(&in.mu)
	in.position, in.known = opts.Since.Value()
	return in
}

// add takes what arrived. What was there before is not taken twice, and nothing after something that had no room.
func (in *inbound) add(e entry) {
	in.mu.Lock()
	defer in.mu.Unlock()
	placed := e.position > 0 || e.gap
	// A gap may lead back: the server's database was restored, and its positions are others now.
	if in.behind || placed && !e.gap && in.known && e.position <= in.position {
		return
	}
	bare := e.event == nil && !e.gap
	if n := len(in.entries); bare && n > 0 && in.entries[n-1].event == nil && !in.entries[n-1].gap {
		in.entries[n-1] = e
	} else if n >= in.most {
		in.behind = placed && !bare
		return
	} else {
		in.entries = append(in.entries, e)
	}
	if placed {
		in.position, in.known = e.position, true
	}
	in.changed.Signal()
}

// begin is the position at which a stream that has none begins.
func (in *inbound) begin(position int64) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.known {
		in.position, in.known = position, true
		in.entries = append(in.entries, entry{position: position})
		in.changed.Signal()
	}
}

// again says that everything after the position will come anew.
func (in *inbound) again() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.behind = in.behind && len(in.entries) > in.most/2
	select {
	case <-in.caughtUp:
	default:
	}
}

func (in *inbound) next() (entry, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.entries) == 0 {
		if in.err != nil {
			return entry{}, false
		}
		in.changed.Wait()
	}
	e := in.entries[0]
	in.entries[0] = entry{}
	in.entries = in.entries[1:]
	if in.behind && len(in.entries) == in.most/2 {
		select {
		case in.caughtUp <- struct{}{}:
		default:
		}
	}
	return e, true
}

func (in *inbound) last() (int64, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.position, in.known
}

func (in *inbound) end(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.err = err
	in.changed.Broadcast()
}

func (in *inbound) failure() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.err
}
