package discord

import "time"

// Inject arms a REST fault and returns what disarms it.
func (s *Server) Inject(f Fault) (remove func()) {
	return arm(s.faults, &s.faults.requests, f, f.Skip, f.Count)
}

// InjectGateway arms a gateway fault and returns what disarms it.
func (s *Server) InjectGateway(f GatewayFault) (remove func()) {
	return arm(s.faults, &s.faults.gateway, f, 0, f.Count)
}

// ClearFaults disarms every fault.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.requests, s.faults.gateway = nil, nil
	s.faults.recount()
}

// SendReconnect sends op 7 to every gateway connection.
func (s *Server) SendReconnect() { s.pushAll(frame{op: opReconnect}) }

// SendInvalidSession sends op 9 to every gateway connection; unless resumable
// the sessions are forgotten.
func (s *Server) SendInvalidSession(resumable bool) {
	if !resumable {
		s.ForgetSessions()
	}
	s.pushAll(frame{op: opInvalid, d: resumable})
}

// CloseGateway closes every gateway connection with this code; 0 cuts the sockets.
func (s *Server) CloseGateway(code int) { s.pushAll(frame{code: code, cut: code == 0}) }

func (s *Server) pushAll(f frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.w.conns {
		c.push(f)
	}
}

// ForgetSessions makes every gateway session unknown, as after a long pause.
// Connections stay open; their next RESUME is answered with op 9 false.
func (s *Server) ForgetSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.w.sessions)
}

// SetRateLimits replaces the limits and starts every window anew.
func (s *Server) SetRateLimits(r RateLimits) { s.limits.set(r) }

// SetSessionStarts sets session_start_limit: how many IDENTIFYs are left and
// when that resets (told to the bot; the fake does not reset by itself).
func (s *Server) SetSessionStarts(remaining int, resetAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w.starts = sessionStarts{remaining, resetAfter}
}

// SetRecording switches the recording of requests on or off. It stays off when
// Options.RequestRing is negative.
func (s *Server) SetRecording(on bool) { s.rec.on.Store(on && s.rec.cap > 0) }
