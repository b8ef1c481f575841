package discord

import "time"

// position is how far a session has come.
type position struct {
	sessionID string
	url       string // where to resume
	ready     Ready
	received  int64 // the newest event that is in the queue or past it
	handled   int64 // the newest event that the Handler took
	// epoch tells sessions apart: what an old one left in the queue says nothing about the place in the new one.
	epoch int
	// flush tells what the Handler refused from what comes again: events of an earlier flush are dropped unhandled.
	flush int
}

// identified notes that a session start was used up.
func (s *Session) identified() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastIdentify = time.Now()
}

// begin starts a new session and gives its epoch. What is still in the queue stays there.
func (s *Session) begin(r Ready, fallbackURL string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	url := r.ResumeGatewayURL
	if url == "" {
		url = fallbackURL
	}
	s.pos = position{sessionID: r.SessionID, url: url, ready: r, epoch: s.pos.epoch + 1, flush: s.pos.flush}
	s.status.Identifies++
	s.note(StateConnected, "")
	return s.pos.epoch
}

// resumed notes that the session was taken up again, and gives what it began with.
func (s *Session) resumed() Ready {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status.Resumes++
	s.note(StateConnected, "")
	return s.pos.ready
}

// forget gives the session up, so that the next connection begins a new one.
func (s *Session) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pos = position{epoch: s.pos.epoch + 1, flush: s.pos.flush}
}

// resumeURL gives where to resume, "" if there is nothing to resume.
func (s *Session) resumeURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pos.url
}

// attach makes c the connection and gives the place that it takes up.
func (s *Session) attach(c *conn) position {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn = c
	return s.pos
}

func (s *Session) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn = nil
}

// took notes that the Handler took e.
func (s *Session) took(e event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.epoch == s.pos.epoch {
		s.pos.handled = max(s.pos.handled, e.seq)
	}
}

// queued notes that e is in the queue.
func (s *Session) queued(e event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.epoch == s.pos.epoch && e.flush == s.pos.flush {
		s.pos.received = max(s.pos.received, e.seq)
	}
}

// refused takes back everything from e on, and gives the connection to be dropped, if there is one. An event of an earlier session
// cannot come again; the Ready of the new one, which is behind it in the queue, makes the Handler look for what was missed.
func (s *Session) refused(e event) (*conn, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.epoch != s.pos.epoch {
		return nil, false
	}
	s.pos.flush++
	s.pos.received = s.pos.handled
	return s.conn, true
}

// current says whether e is still to be handled.
func (s *Session) current(e event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.flush == s.pos.flush
}

// acknowledged gives the sequence number for a heartbeat, nil before the first. It is what was handled, not what was received, so that
// the gateway never thinks that we have what a refusal may throw away.
func (s *Session) acknowledged() *int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pos.handled == 0 {
		return nil
	}
	return new(s.pos.handled)
}
