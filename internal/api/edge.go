package api

import (
	"log/slog"
	"net/http"
	"net/netip"
)

// Edge is what the doors beside this one share with it: whose address counts, and how a request is refused.
type Edge struct{ s *server }

// NewEdge makes an Edge that believes these proxies.
func NewEdge(log *slog.Logger, trusted []netip.Prefix) Edge {
	return Edge{s: &server{Options: Options{Log: log, TrustedProxies: trusted}}}
}

// Client tells whose address counts: the sender's, or what a trusted proxy says of it.
func (e Edge) Client(r *http.Request) netip.Addr {
	addr, _ := e.s.client(r)
	return addr
}

// Refuse answers a request with an error's problem document.
func (e Edge) Refuse(w http.ResponseWriter, r *http.Request, err error) { e.s.problem(w, r, err) }
