package wordpress

import (
	"maps"
	"slices"
	"time"
)

// Ticket is a ticket as the site keeps it.
type Ticket struct {
	ID          int64
	Title       string
	ChannelName string
	Sender      string // the customer's sender text
	Status      string // open or closed
	ClosedBy    string
	Messages    []Message
	CreatedAt   time.Time
}

// Message is one message of a ticket.
type Message struct {
	ID       int64
	Sender   string
	Text     string
	ImageURL string
	At       time.Time
	Reply    bool // it came by ticket/update
}

// Post is one POST that the site accepted, in the ledger.
type Post struct {
	At       time.Time
	Route    string // "ticket/update" or "ticket/close"
	TicketID int64
	Sender   string
	Message  string
	Body     []byte // raw
	Answered bool   // false: the effect is there, the answer was lost
}

// site is the state behind the mutex.
type site struct {
	tickets     map[int64]*Ticket
	orders      map[int64]order
	nextTicket  int64
	nextMessage int64
	ledger      []Post
	requests    map[string]int // by route, accepted or not
}

// order is what order/details answers.
type order struct {
	value             any
	set, raw          bool
	status            int
	contentType, body string
}

func newSite() site {
	return site{tickets: map[int64]*Ticket{}, orders: map[int64]order{}, nextTicket: 1, nextMessage: 1, requests: map[string]int{}}
}

func (t *Ticket) clone() Ticket {
	c := *t
	c.Messages = slices.Clone(t.Messages)
	return c
}

// add runs with the lock held.
func (s *Server) add(t *Ticket, m Message) Message {
	m.ID, m.At = s.site.nextMessage, s.opt.Now()
	s.site.nextMessage++
	t.Messages = append(t.Messages, m)
	return m
}

// record runs with the lock held.
func (s *Server) record(p Post) {
	if !s.conf.recording {
		return
	}
	if len(s.site.ledger) >= s.opt.LedgerSize {
		// A tenth at once: the copy is then rare.
		s.site.ledger = slices.Delete(s.site.ledger, 0, max(s.opt.LedgerSize/10, 1))
	}
	s.site.ledger = append(s.site.ledger, p)
}

// Ticket finds a ticket.
func (s *Server) Ticket(id int64) (Ticket, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.site.tickets[id]
	if !ok {
		return Ticket{}, false
	}
	return t.clone(), true
}

// Tickets are the site's tickets by id.
func (s *Server) Tickets() []Ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Ticket, 0, len(s.site.tickets))
	for _, id := range slices.Sorted(maps.Keys(s.site.tickets)) {
		all = append(all, s.site.tickets[id].clone())
	}
	return all
}

// Replies are the messages of a ticket that came by ticket/update, in order.
func (s *Server) Replies(id int64) []Message {
	t, _ := s.Ticket(id)
	return slices.DeleteFunc(t.Messages, func(m Message) bool { return !m.Reply })
}

// Ledger is every POST that the site accepted, in order, up to Options.LedgerSize of the newest.
func (s *Server) Ledger() []Post {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.site.ledger)
}

// ClearLedger forgets the ledger and the counts of requests.
func (s *Server) ClearLedger() { s.change(func() { s.site.ledger = nil; clear(s.site.requests) }) }

// Requests counts the requests of a route ("ticket/get"), refused ones too; "" counts all.
func (s *Server) Requests(route string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if route != "" {
		return s.site.requests[route]
	}
	n := 0
	for _, c := range s.site.requests {
		n += c
	}
	return n
}
