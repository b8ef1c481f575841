package safehttp

import (
	"context"
	"encoding/binary"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// loopback is what the tests allow themselves to reach.
func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func closing(t *testing.T, c *http.Client) *http.Client {
	t.Helper()
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// raw is a server that speaks for itself: talk has the connection to its own, and it is closed afterwards.
func raw(t *testing.T, talk func(net.Conn)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talk(c)
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "http://" + l.Addr().String()
}

// names is a DNS server with the given answers. Of several answers each is given once, in order, and the last for ever: a name that
// changes its mind. Names that it does not know do not exist.
func names(t *testing.T, answers map[string][]string) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = pc.WriteTo(answer(buf[:n], answers), from)
		}
	}()
	t.Cleanup(func() { pc.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

// answer writes a reply to a query of one question (RFC 1035, section 4).
func answer(query []byte, answers map[string][]string) []byte {
	const typeA, typeAAAA = 1, 28
	at, labels := 12, []string(nil)
	for query[at] != 0 {
		n := int(query[at])
		labels = append(labels, string(query[at+1:at+1+n]))
		at += 1 + n
	}
	name, qtype := strings.Join(labels, "."), binary.BigEndian.Uint16(query[at+1:])
	known := answers[name]
	reply := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[12:at+5]...)
	if len(known) == 0 {
		reply[3] |= 3 // no such name
		return reply
	}
	ip := netip.MustParseAddr(known[0])
	if (ip.Is4() && qtype != typeA) || (ip.Is6() && qtype != typeAAAA) {
		return reply
	}
	if len(known) > 1 {
		answers[name] = known[1:]
	}
	reply[7] = 1
	reply = append(reply, 0xc0, 12, 0, byte(qtype), 0, 1, 0, 0, 0, 0, 0, byte(ip.BitLen()/8))
	return append(reply, ip.AsSlice()...)
}
