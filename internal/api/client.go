package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// client tells whose address counts: the sender's own, or what a trusted proxy says of it. forwarded is true when the request claims to be
// forwarded but nobody we trust says so: its address then proves nothing.
func (s *server) client(r *http.Request) (addr netip.Addr, forwarded bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, true
	}
	addr = peer.Addr().Unmap()
	if !claimsForwarding(r.Header) {
		return addr, false
	}
	if !s.trusted(addr) {
		return addr, true
	}
	// From the right: each trusted proxy vouches for the address before it.
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(chain) {
		hop, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return addr, true
		}
		addr = hop.Unmap()
		if !s.trusted(addr) {
			return addr, false
		}
	}
	return addr, false
}

func claimsForwarding(h http.Header) bool {
	for name := range h {
		if name == "Forwarded" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

func (s *server) trusted(a netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
