package auth

import (
	"net/netip"
	"slices"
	"strings"

	"kefu"
)

// maxNetworks is how long a list of networks may be: it is read on every request.
const maxNetworks = 100

// cleanNetworks reads networks as people write them, an address or a prefix, and names those that are none.
func cleanNetworks(field string, list []string, f *kefu.Faults) string {
	if len(list) > maxNetworks {
		f.Add(field, "must have at most %d networks", maxNetworks)
		return ""
	}
	out := make([]string, 0, len(list))
	for _, text := range list {
		p, err := parseNetwork(strings.TrimSpace(text))
		if err != nil {
			f.Add(field, "%q is not an address or network: write 203.0.113.7 or 203.0.113.0/24", kefu.Excerpt(text, 60))
			continue
		}
		out = append(out, p.String())
	}
	return strings.Join(out, " ")
}

func parseNetwork(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, errNetwork
		}
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, errNetwork
	}
	return p.Masked(), nil
}

// within tells whether an address is on a stored list; "" is any address. A list that cannot be read lets nobody in.
func within(allow string, a netip.Addr) bool {
	if allow == "" {
		return true
	}
	a = a.Unmap().WithZone("")
	for text := range strings.FieldsSeq(allow) {
		if p, err := netip.ParsePrefix(text); err == nil && p.Contains(a) {
			return true
		}
	}
	return false
}

func networks(allow string) []string {
	if allow == "" {
		return []string{}
	}
	return strings.Fields(allow)
}

// inside tells whether every address of one stored list is on another.
func inside(list, outer string) bool {
	if outer == "" {
		return true
	}
	if list == "" {
		return false
	}
	for text := range strings.FieldsSeq(list) {
		p, err := netip.ParsePrefix(text)
		if err != nil || !slices.ContainsFunc(strings.Fields(outer), func(o string) bool {
			q, err := netip.ParsePrefix(o)
			return err == nil && q.Bits() <= p.Bits() && q.Contains(p.Addr())
		}) {
			return false
		}
	}
	return true
}
