package discord

// RunForTest starts an interaction without a registered command.
func (s *Server) RunForTest(channelID, memberID string) *Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.begin(InteractionCommand, s.w.channels[channelID], memberID, map[string]any{"name": "x"}, nil)
}

// SilentForTest says whether a connection no longer acknowledges heartbeats.
func (s *Server) SilentForTest() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.w.conns {
		if c.silent {
			return true
		}
	}
	return false
}
