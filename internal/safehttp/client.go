package safehttp

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	defaultTimeout = 10 * time.Second
	defaultMaxBody = 1 << 20
	maxHeader      = 64 << 10
	maxConns       = 64
	// Servers that close sooner (Apache: 5 s) do no harm: that is noticed while the connection idles.
	idleFor = 30 * time.Second
	// pingAfter is how long an HTTP/2 connection may be silent before it is asked, and pingFor how long it may take to say that it lives:
	// unlike HTTP/1.1, it is not given up with the request that waited in vain, and would let all others wait as well.
	pingAfter = 5 * time.Second
	pingFor   = 5 * time.Second
)

// Options are the limits of a client. Their zero value is usable.
type Options struct {
	// Allow lists networks that a Guarded client may reach besides public ones (configuration: egress.allow).
	Allow []netip.Prefix
	// Timeout is for a whole exchange, the reading of the answer's body included; 0 means 10 s. A Transport has it for the dial only.
	Timeout time.Duration
	// MaxBody is the most bytes of an answer, after decompression; reading further fails with ErrTooLarge. 0 means 1 MiB.
	MaxBody int64
	// UserAgent is sent with requests that set none of their own.
	UserAgent string
	// MaxConns is the most connections to one host, and the most that are kept idle; 0 means 64. Whoever comes when all are in use waits.
	MaxConns int
	// Resolver is asked what names mean; nil is the system's. It is for tests: no answer of it is trusted more than another's.
	Resolver *net.Resolver
	// RootCAs are who may vouch for a server; nil is the system's.
	RootCAs *x509.CertPool
}

// Guarded makes a client for URLs that users give: webhooks, pictures, feeds. Any port, but http and https, public addresses and
// those of Allow only, and no user:password@ in the URL. It asks for no compression, so that nothing is unpacked on a stranger's word.
func Guarded(o Options) *http.Client {
	return build(o, newGuard(o.Allow).control)
}

// GuardedTransport is what a Guarded client sends with, for callers that count their time by themselves: a request ends with its context
// and else never. It hands redirects back, as every http.RoundTripper does.
func GuardedTransport(o Options) Transport {
	return newTransport(o, newGuard(o.Allow).control)
}

// Operator makes a client for remotes that the operator configured, which may well be on a private network: the same limits, no
// check of addresses.
func Operator(o Options) *http.Client {
	return build(o, nil)
}

// control is net.Dialer's; it is nil for clients that are not guarded.
type control func(network, address string, c syscall.RawConn) error

func build(o Options, check control) *http.Client {
	return &http.Client{
		Transport:     newTransport(o, check),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       cmp.Or(o.Timeout, defaultTimeout),
	}
}

func newTransport(o Options, check control) *transport {
	timeout, conns := cmp.Or(o.Timeout, defaultTimeout), cmp.Or(o.MaxConns, maxConns)
	dialer := &net.Dialer{Timeout: timeout, Resolver: o.Resolver, Control: check}
	inner := &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		TLSHandshakeTimeout:    timeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxConnsPerHost:        conns,
		MaxIdleConns:           conns,
		MaxIdleConnsPerHost:    conns, // a busy inbox has as many calls in flight; what is over would be dialled anew each time
		IdleConnTimeout:        idleFor,
		DisableCompression:     check != nil,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingFor},
	}
	return &transport{inner: inner, maxBody: cmp.Or(o.MaxBody, defaultMaxBody), userAgent: o.UserAgent, guarded: check != nil}
}
