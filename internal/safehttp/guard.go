package safehttp

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// BlockedError is the refusal of a Guarded client to connect to an address.
type BlockedError struct {
	Addr netip.Addr
}

func (e *BlockedError) Error() string {
	return fmt.Sprintf("address %s is %s; allow it in egress.allow", e.Addr, kindOf(e.Addr))
}

// IsBlocked tells whether a Guarded client refused by itself, for the address or for the form of the URL. Nothing was sent, and trying
// again changes nothing until somebody changes the URL or the configuration.
func IsBlocked(err error) bool {
	var blocked *BlockedError
	return errors.As(err, &blocked) || errors.Is(err, ErrURL)
}

type guard struct {
	guardian *ssrf.Guardian
}

func newGuard(allow []netip.Prefix) guard {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		switch p = plain(p); {
		case p.Addr().Is4():
			v4 = append(v4, p)
		case p.Addr().Is6():
			v6 = append(v6, p)
		}
	}
	return guard{ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))}
}

// control is a net.Dialer's Control: it sees the address that is about to be connected to, once for each that a name has.
func (g guard) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return &BlockedError{}
	}
	return g.check(to.Addr())
}

// check gives nil or a *BlockedError.
func (g guard) check(a netip.Addr) error {
	// An IPv4 address in IPv6 clothes, or one with a zone, would match no prefix that is meant for it.
	a = a.WithZone("").Unmap()
	if !a.IsValid() || g.guardian.SafeAddr(a) != nil {
		return &BlockedError{Addr: a}
	}
	return nil
}

// CheckAddr says what a Guarded client with the same Allow would say when it connects to an address: nil or a *BlockedError. It lets a
// URL be refused with words when it is saved; what a name means is known for sure when it is called, and looked at again then.
func CheckAddr(a netip.Addr, allow []netip.Prefix) error { return newGuard(allow).check(a) }

// plain writes an IPv4 network that was written as ::ffff:10.0.0.0/104 as 10.0.0.0/8.
func plain(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}

func kindOf(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "not readable"
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate():
		return "private"
	case a.IsLinkLocalUnicast():
		return "link-local"
	case a.IsMulticast():
		return "multicast"
	default:
		return "not public"
	}
}
