package discord

import "time"

// Inject arms a REST fault and returns what disarms it.
func (s *Server) Inject(f Fault) (remove func()) { return func() {} }

// InjectGateway arms a gateway fault and returns what disarms it.
func (s *Server) InjectGateway(f GatewayFault) (remove func()) { return func() {} }

// ClearFaults disarms every fault.
func (s *Server) ClearFaults() {}

// SendReconnect sends op 7 to every gateway connection.
func (s *Server) SendReconnect() {}

// SendInvalidSession sends op 9 to every gateway connection; unless resumable the sessions are forgotten.
func (s *Server) SendInvalidSession(resumable bool) {}

// CloseGateway closes every gateway connection with this code; 0 cuts the sockets.
func (s *Server) CloseGateway(code int) {}

// ForgetSessions makes every gateway session unknown, as after a long pause.
func (s *Server) ForgetSessions() {}

// SetRateLimits replaces the limits.
func (s *Server) SetRateLimits(r RateLimits) {}

// SetSessionStarts sets session_start_limit: how many IDENTIFYs are left and when that resets.
func (s *Server) SetSessionStarts(remaining int, resetAfter time.Duration) {}

// SetRecording switches the recording of requests on or off.
func (s *Server) SetRecording(on bool) {}
