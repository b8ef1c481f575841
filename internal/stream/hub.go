package stream

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/bus"
	"kefu/internal/switchboard"
)

// Close codes of our own (contracts: websocket).
const (
	closeSilent    = 4000
	closeExpired   = 4001
	closeMalformed = 4002
	closeSlow      = 4008
)

const (
	// maxMalformed is how many frames within a minute may not be understood before the line is closed.
	maxMalformed = 10
	// closeWait is how long a goodbye may take before the line is torn.
	closeWait = 4 * time.Second
	// verbTime bounds what one frame may cost.
	verbTime = 15 * time.Second
	// lastTime is how long noting the end of all lines may take when the hub stops.
	lastTime = 3 * time.Second
	// readers is how many connections may read pages from the store at once.
	readers = 4
	// pageSize is how many events are read at once.
	pageSize = 200
)

// Authenticator tells who opens a line, and who they are by now.
type Authenticator interface {
	// Authenticate tells who sends a request.
	Authenticate(ctx context.Context, r auth.Request) (kefu.Caller, error)
	// Again tells what a caller of Authenticate is by now.
	Again(ctx context.Context, c kefu.Caller) (kefu.Caller, error)
	// Allow counts a try; over the limit the error is RateLimited. The zero Caller is somebody who did not say who they are.
	Allow(ctx context.Context, c kefu.Caller, visitor netip.Addr) (auth.Limit, error)
}

// Limits bound a connection. The zero value of each member is the contract's.
type Limits struct {
	Frame       int64         // bytes of a client's frame
	FrameRate   rate.Limit    // frames a second
	FrameBurst  int           // frames at once
	QueueFrames int           // frames that wait to be read by the client
	QueueBytes  int           // their bytes
	Silence     time.Duration // of a client, before its line is closed
	Stuck       time.Duration // how long one frame may take to be written
	Grace       time.Duration // how long a new connection is waited for to subscribe from a position before it goes live
	PerCaller   int           // connections of one caller to this node
	All         int           // connections to this node
	Look        time.Duration // how often is looked without a signal
	Linger      time.Duration // how long a status that was set over a line outlives the agent's last one
}

func (l *Limits) complete() {
	or(&l.Frame, 64<<10)
	or(&l.FrameRate, 20)
	or(&l.FrameBurst, 40)
	or(&l.QueueFrames, 1024)
	or(&l.QueueBytes, 4<<20)
	or(&l.Silence, 75*time.Second)
	or(&l.Stuck, 30*time.Second)
	or(&l.Grace, 2*time.Second)
	or(&l.PerCaller, 50)
	or(&l.All, 50_000)
	or(&l.Look, 2*time.Second)
	or(&l.Linger, switchboard.Linger)
}

func or[T int | int64 | rate.Limit | time.Duration](v *T, otherwise T) {
	if *v == 0 {
		*v = otherwise
	}
}

// Options are what a Hub needs. All are required but Origins, Limits and Now.
type Options struct {
	Board *switchboard.Switchboard
	Auth  Authenticator
	Bus   *bus.Bus
	Log   *slog.Logger
	// Node names this process among those on the database; its presence must be held.
	Node string
	// PublicURL is where browsers find this program: pages from there may connect. Origins are others, as "https://shop.example"; "*" is any.
	PublicURL string
	Origins   []string
	// Client tells whose address counts, after trusted proxies.
	Client func(*http.Request) netip.Addr
	// Refuse answers a request that does not become a line; it alone knows the status of an error.
	Refuse func(http.ResponseWriter, *http.Request, error)
	Limits Limits
	Now    func() time.Time
}

// Hub pushes events over open lines. Make it with New.
type Hub struct {
	o     Options
	pages chan struct{} // who holds a place in it may read a page
	wg    sync.WaitGroup
	life  context.Context
	stop  context.CancelFunc

	mu       sync.Mutex
	conns    map[*conn]struct{}
	callers  map[string]int
	pos      int64 // every event up to here was shown to the live connections
	warm     bool  // pos is kept up: there are connections, or were a moment ago
	stopping bool

	leaving sync.Mutex
	left    []switchboard.Socket // lines of agents that ended and are still noted in the store
}

// New makes a hub. It starts nothing: Run does.
func New(o Options) *Hub {
	o.Limits.complete()
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Hub{o: o, pages: make(chan struct{}, readers), conns: make(map[*conn]struct{}), callers: make(map[string]int)}
	h.life, h.stop = context.WithCancel(context.Background())
	return h
}

// Len is how many connections there are.
func (h *Hub) Len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.conns)
}

var (
	errStopping = errors.New("stream: stopping")
	errCrowded  = errors.New("stream: crowded")
)

// register lets a connection in, at the hub's position.
func (h *Hub) register(ctx context.Context, c *conn) error {
	if err := h.warmUp(ctx); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key := callerKey(c.rights.Load().caller)
	switch {
	case h.stopping:
		return kefu.Wrap(kefu.KindUnavailable, errStopping, "the server is stopping: come back in a moment")
	case len(h.conns) >= h.o.Limits.All:
		return kefu.Wrap(kefu.KindUnavailable, errCrowded, "there are too many connections: come back later")
	case h.callers[key] >= h.o.Limits.PerCaller:
		return kefu.Errorf(kefu.KindRateLimited, "you have %d connections open already: close one", h.o.Limits.PerCaller)
	}
	c.pos, c.checked = h.pos, h.o.Now()
	c.heard.Store(c.checked.UnixNano())
	h.conns[c] = struct{}{}
	h.callers[key]++
	h.warm = true
	h.wg.Add(1)
	return nil
}

// warmUp makes the hub's position the newest there is, if nobody was connected: nothing was read then.
func (h *Hub) warmUp(ctx context.Context) error {
	h.mu.Lock()
	warm := h.warm
	h.mu.Unlock()
	if warm {
		return nil
	}
	page, err := h.o.Board.Feed(ctx, math.MaxInt64, 1)
	if err != nil {
		return kefu.Wrap(kefu.KindUnavailable, err, "no line can be opened now: come back in a moment")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.warm {
		h.pos, h.warm = max(h.pos, page.Last), true
	}
	return nil
}

// forget lets a connection go that has ended, and has the store forget an agent's line.
func (h *Hub) forget(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.conns[c]; !ok {
		return
	}
	delete(h.conns, c)
	defer h.wg.Done()
	caller := c.rights.Load().caller
	key := callerKey(caller)
	if h.callers[key]--; h.callers[key] <= 0 {
		delete(h.callers, key)
	}
	if caller.Kind == kefu.CallerAgent {
		h.leaving.Lock()
		h.left = append(h.left, switchboard.Socket{ID: c.id, AgentID: kefu.AgentID(caller.ID)})
		h.leaving.Unlock()
	}
}

func callerKey(c kefu.Caller) string { return string(c.Kind) + "/" + c.ID }

// Run follows events, looks after the connections and keeps presence until ctx ends. Then every connection is closed with 1012, new ones
// are refused, and Run returns when all have gone, after some seconds at most.
func (h *Hub) Run(ctx context.Context) error {
	var parts sync.WaitGroup
	for _, part := range []func(context.Context){h.follow, h.sweep, h.keepPresence, h.hearTyping} {
		parts.Go(func() { part(ctx) })
	}
	parts.Wait()
	h.shut()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
	defer cancel()
	h.flushLeft(last)
	return nil
}
