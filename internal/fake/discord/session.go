package discord

import (
	"encoding/json"
	"slices"
	"time"
)

// maxLag is how many unsent events a connected bot may fall behind.
const maxLag = 65536

// event is one dispatch; its sequence number is its place in a session's log.
type event struct {
	typ  string
	data json.RawMessage
}

// session is a bot's login. Its log is the queue of the connection and the
// replay buffer of RESUME at once.
type session struct {
	id      string
	intents int
	log     []event
	first   int64 // sequence number of log[0]
	held    *event
	conn    *conn // nil while nobody is connected
	lostAt  time.Time
}

// sessionStarts is the session_start_limit.
type sessionStarts struct {
	remaining  int
	resetAfter time.Duration
}

func (w *world) newSession(intents int) *session {
	s := &session{id: w.id() + "-session", intents: intents, first: 1}
	w.sessions[s.id] = s
	w.expireSessions()
	return s
}

// expireSessions forgets those that lost their connection too long ago.
func (w *world) expireSessions() {
	now := w.now()
	for id, s := range w.sessions {
		if s.conn == nil && !s.lostAt.IsZero() && now.Sub(s.lostAt) >= w.opt.ReplayWindow {
			delete(w.sessions, id)
		}
	}
}

// next is the sequence number of the next event.
func (s *session) next() int64 { return s.first + int64(len(s.log)) }

// deliver appends an event, doubled or held back when a fault says so.
func (s *session) deliver(w *world, e event) {
	if e.typ != "READY" && e.typ != "RESUMED" {
		if _, hit := w.faults.on(GatewayReorder, e.typ); hit && s.held == nil {
			s.held = &e
			return
		}
		if _, hit := w.faults.on(GatewayDuplicate, e.typ); hit {
			s.append(w, e)
		}
	}
	s.append(w, e)
	if s.held != nil {
		late := *s.held
		s.held = nil
		s.append(w, late)
	}
}

func (s *session) append(w *world, e event) {
	s.log = append(s.log, e)
	s.trim(w.opt.ReplayEvents)
	if s.conn != nil {
		s.conn.kick()
	}
}

// trim drops what is neither unsent nor within the replay buffer. It waits for
// twice the buffer, so that its cost per event is constant.
func (s *session) trim(keep int) {
	drop := len(s.log) - keep
	if drop < keep {
		return
	}
	if s.conn != nil {
		drop = min(drop, int(s.conn.cursor-s.first))
		if len(s.log) > maxLag {
			s.conn.push(frame{code: 4008})
			drop = len(s.log) - keep
		}
	}
	if drop <= 0 {
		return
	}
	s.log = slices.Clone(s.log[drop:])
	s.first += int64(drop)
}

// unsent is up to limit events from sequence number at.
func (s *session) unsent(at int64, limit int) []event {
	from := int(max(at-s.first, 0))
	if from >= len(s.log) {
		return nil
	}
	return s.log[from:min(from+limit, len(s.log))]
}

// attach makes c the session's connection; the one before is cut.
func (s *session) attach(c *conn, cursor int64) {
	if old := s.conn; old != nil && old != c {
		old.sess = nil
		old.push(frame{cut: true})
	}
	s.conn, c.sess, c.cursor = c, s, cursor
	c.info.SessionID, c.info.Intents, c.info.Ready = s.id, s.intents, true
	c.kick()
}
