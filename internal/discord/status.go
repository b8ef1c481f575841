package discord

import "time"

// State is where a session stands.
type State string

// Where a session stands.
const (
	StateIdle       State = "idle"       // Run was not called
	StateConnecting State = "connecting" // on the way to READY or RESUMED
	StateConnected  State = "connected"
	StateWaiting    State = "waiting" // between two attempts
	StateStopped    State = "stopped" // Run has returned
)

// Status is a session as health checks see it.
type Status struct {
	State State
	Words string        // why, for a person: the last error, or what is being waited for
	Since time.Time     // of State
	ACK   time.Duration // how long the last heartbeat took to be acknowledged; 0 if none was
	Queue int           // events that wait for the Handler
	// Identifies and Resumes count sessions begun and taken up again since the start.
	Identifies, Resumes int
}

// Status gives where the session stands now.
func (s *Session) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.status
	st.Queue = len(s.queue)
	return st
}

// setStatus notes a new state; err says why, nil if there is nothing to say.
func (s *Session) setStatus(state State, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := ""
	if err != nil {
		words = err.Error()
	}
	s.note(state, words)
}

// note is setStatus under the lock.
func (s *Session) note(state State, words string) {
	if s.status.State != state {
		s.status.Since = time.Now().UTC()
	}
	s.status.State, s.status.Words = state, words
}
