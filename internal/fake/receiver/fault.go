package receiver

import (
	"cmp"
	"net/http"
	"time"
)

// Fault is how a path answers until further notice. The zero value answers 200 with an empty body.
type Fault struct {
	// Times is how often it strikes, then it is gone; 0 is until Clear.
	Times int
	// Delay passes before anything is answered, Every between two bytes of a drip (default 1 s).
	Delay time.Duration
	Every time.Duration
	// Done says that the work of the event is done before the fault strikes, as by a program that dies while it answers.
	Done bool

	// Status is answered, with Header and Body; default 200. A status below 200 but 101 is an interim one that nothing follows.
	Status int
	Header http.Header
	Body   string
	// Redirect is a Location; the status is 307 unless Status says otherwise.
	Redirect string

	// At most one of these says how the answer goes wrong.
	Silence          bool // nothing is answered, until the client leaves
	DripHeaders      bool // a byte of the headers at a time, without end
	EndlessHeaders   bool // 1 GB of headers, as fast as they are read
	Reset            bool // the connection is reset: with a Status in the middle of the body, else before any answer
	DripBody         bool // after the status, a byte of the body at a time, without end
	StallAfterStatus bool // after the status, nothing, until the client leaves
	GzipBomb         bool // 50 MB of zeros, packed
	Garbage          bool // what is answered is no HTTP
}

// plain tells whether nothing is to go wrong but, perhaps, the status.
func (f Fault) plain() bool {
	return f.Status == 0 && f.Redirect == "" && !f.silent() && !f.DripBody && !f.StallAfterStatus && !f.GzipBomb
}

// silent tells whether no whole status line is given.
func (f Fault) silent() bool {
	return f.Silence || f.DripHeaders || f.EndlessHeaders || f.Garbage || (f.Reset && f.Status == 0)
}

// status is what the client is told; 0 when it is told nothing.
func (f Fault) status() int {
	switch {
	case f.silent():
		return 0
	case f.Redirect != "":
		return cmp.Or(f.Status, http.StatusTemporaryRedirect)
	}
	return cmp.Or(f.Status, http.StatusOK)
}

// Set makes a path answer so from the next request on, instead of whatever was set for it; "" is every path that has nothing of its own.
func (s *Server) Set(path string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = &f
}

// Clear lets the paths answer 200 again; without any, all.
func (s *Server) Clear(paths ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(paths) == 0 {
		clear(s.faults)
		return
	}
	for _, path := range paths {
		delete(s.faults, path)
	}
}

// strike gives the fault of a path, and counts it.
func (s *Server) strike(path string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, set := s.faults[path]
	if !set {
		path = ""
		if f, set = s.faults[path]; !set {
			return Fault{}
		}
	}
	once := *f
	if f.Times == 1 {
		delete(s.faults, path)
	} else if f.Times > 1 {
		f.Times--
	}
	return once
}
