package discord

import "net/http"

func (s *Server) addControl(m *http.ServeMux) {}
