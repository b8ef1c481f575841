package webhook

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kefu/internal/safehttp"
)

const (
	longestURL  = 2048
	longestHost = 253
	lookupTime  = 2 * time.Second
)

// refuseURL says why an endpoint cannot have an address, "" when it can. It may ask the network what a name means, for 2 s at most; a name
// that means nothing now may come to mean something. What is asked here is for the words: the guard of each connection looks again.
func (w *Webhooks) refuseURL(ctx context.Context, raw string) string {
	host, why := readURL(raw, w.AllowHTTP)
	if why != "" {
		return why
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return w.refuseAddr(addr)
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		if w.refuseAddr(netip.IPv6Loopback()) == "" {
			return ""
		}
		return w.refuseAddr(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addrs, err := w.resolve(ctx, host)
	if err != nil || len(addrs) == 0 {
		return ""
	}
	for _, addr := range addrs {
		if safehttp.CheckAddr(addr, w.Allow) == nil {
			return ""
		}
	}
	return "leads to no public address; the operator can allow others in egress.allow"
}

func (w *Webhooks) refuseAddr(addr netip.Addr) string {
	if err := safehttp.CheckAddr(addr, w.Allow); err != nil {
		return "cannot be reached: " + err.Error()
	}
	return ""
}

func (w *Webhooks) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if w.Resolve != nil {
		return w.Resolve(ctx, host)
	}
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// readURL takes the host out of an address, in lower case, or says what is wrong with the address. It asks nobody. No words repeat the
// address: it may hold credentials.
func readURL(raw string, allowHTTP bool) (host, why string) {
	const want = "must be a whole address like https://hooks.example.com/kefu"
	if len(raw) > longestURL {
		return "", "must have at most " + strconv.Itoa(longestURL) + " bytes"
	}
	if !utf8.ValidString(raw) || strings.ContainsFunc(raw, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "", "must have no spaces and no control characters: write them as %XX"
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Opaque != "":
		return "", want
	case u.Scheme == "http" && !allowHTTP:
		return "", "must begin with https:// (the operator can allow http by webhooks.allow_http)"
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return "", want
	case u.User != nil:
		return "", "must hold no user and password: use authentication"
	case strings.Contains(raw, "#"):
		return "", "must have no fragment: # and what follows is never sent"
	case !isPort(u):
		return "", "must have a port from 1 to 65535, or none"
	}
	return readHost(u)
}

func isPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

// readHost refuses whatever some resolvers take for an address and others for a name: 127.1, 0x7f.1, 2130706433, 0177.0.0.1.
func readHost(u *url.URL) (host, why string) {
	host = strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" {
			return "", "must have an address without a zone (%)"
		}
		return host, ""
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notHost) || len(host) > longestHost {
			return "", "must have a host of letters, digits, dashes and dots; write international names in their xn-- form"
		}
	}
	last := labels[len(labels)-1]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "", "must have a name or a usual address (192.0.2.1, [2001:db8::1]) for a host"
	}
	return host, ""
}

func notHost(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
}

// origin is scheme, host and port of an address: to whom requests go, and how safely.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}
