package safehttp

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"time"
)

const (
	defaultTimeout = 10 * time.Second
	defaultMaxBody = 1 << 20
	maxHeader      = 64 << 10
	maxConns       = 64
	// Servers that close sooner (Apache: 5 s) do no harm: that is noticed while the connection idles.
	idleFor = 30 * time.Second
)

// Options are the limits of a client. Their zero value is usable.
type Options struct {
	// Allow lists networks that a Guarded client may reach besides public ones (configuration: egress.allow).
	Allow []netip.Prefix
	// Timeout is for a whole exchange, the reading of the answer's body included; 0 means 10 s.
	Timeout time.Duration
	// MaxBody is the most bytes of an answer, after decompression; reading further fails with ErrTooLarge. 0 means 1 MiB.
	MaxBody int64
	// UserAgent is sent with requests that set none of their own.
	UserAgent string
}

// Guarded makes a client for URLs that users give: webhooks, pictures, feeds. Any port, but http and https, public addresses and
// those of Allow only, and no user:password@ in the URL. It asks for no compression, so that nothing is unpacked on a stranger's word.
func Guarded(o Options) *http.Client {
	return build(o, &net.Dialer{Control: newGuard(o.Allow).control}, true)
}

// Operator makes a client for remotes that the operator configured, which may well be on a private network: the same limits, no
// check of addresses.
func Operator(o Options) *http.Client {
	return build(o, &net.Dialer{}, false)
}

func build(o Options, d *net.Dialer, guarded bool) *http.Client {
	timeout := cmp.Or(o.Timeout, defaultTimeout)
	d.Timeout = timeout
	inner := &http.Transport{
		Proxy:                  nil,
		DialContext:            d.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    timeout,
		MaxResponseHeaderBytes: maxHeader,
		MaxConnsPerHost:        maxConns,
		MaxIdleConns:           maxConns,
		MaxIdleConnsPerHost:    maxConns, // a busy inbox has as many calls in flight; what is over would be dialled anew each time
		IdleConnTimeout:        idleFor,
		DisableCompression:     guarded,
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{
		Transport:     &transport{inner: inner, maxBody: cmp.Or(o.MaxBody, defaultMaxBody), userAgent: o.UserAgent, guarded: guarded},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       timeout,
	}
}
