package webhook

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"kefu/internal/safehttp"
)

const (
	// maxAnswer is the most bytes of an answer's body that are read, packed or not: nothing is unpacked. keptAnswer is what is kept of it.
	maxAnswer  = 16 << 10
	keptAnswer = 4 << 10
)

// answer reads the body of an answer, as far as it goes and comes in time: what is wrong with it does not count, for the status is there. A
// connection whose answer did not end is not used again.
func (p *Poster) answer(resp *http.Response) string {
	if resp.ContentLength == 0 {
		return ""
	}
	buffer, _ := p.buffers.Get().(*[maxAnswer]byte)
	defer p.buffers.Put(buffer)
	n, _ := io.ReadFull(resp.Body, buffer[:])
	return shown(buffer[:n])
}

// shown is the beginning of an answer as it can be kept and shown: whole characters, and none that a database refuses.
func shown(body []byte) string {
	text := strings.ToValidUTF8(string(body[:runeStart(body, keptAnswer)]), "\uFFFD")
	text = strings.ReplaceAll(text, "\x00", "\uFFFD")
	return text[:runeStart([]byte(text), keptAnswer)]
}

// runeStart is the longest length, at most so many bytes, that cuts no character.
func runeStart(b []byte, most int) int {
	if len(b) <= most {
		return len(b)
	}
	for back := range utf8.UTFMax {
		if utf8.RuneStart(b[most-back]) {
			return most - back
		}
	}
	return most
}

// retryAfter is what an answer asks for: seconds or a date; 0 when it does not, or cannot be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	asked := h.Get("Retry-After")
	if asked == "" {
		return 0
	}
	seconds, err := strconv.ParseUint(asked, 10, 63)
	if err == nil {
		return time.Duration(min(seconds, uint64(longestPause/time.Second))) * time.Second
	}
	if errors.Is(err, strconv.ErrRange) {
		return longestPause
	}
	at, err := http.ParseTime(asked)
	if err != nil {
		return 0
	}
	return max(0, min(at.Sub(now), longestPause))
}

// failure is the class of an exchange that gave no status, for another reason than its time. connected says that the request had a
// connection, which a handshake precedes.
func failure(err error, scheme string, connected bool) string {
	var (
		name  *net.DNSError
		timed net.Error
	)
	switch {
	case safehttp.IsBlocked(err):
		return FailBlocked
	case errors.As(err, &name):
		return FailDNS
	case errors.As(err, &timed) && timed.Timeout():
		return FailTimeout
	case isOp(err, "remote error"), isOp(err, "local error"): // alerts of TLS, also after the handshake
		return FailTLS
	case isOp(err, "dial"):
		return FailConnect
	case isBroken(err):
		return FailBroken
	case connected:
		return FailAnswer
	case scheme == "https":
		return FailTLS // what remains of a handshake: no trust in the certificate, another version, another protocol
	}
	return FailConnect
}

func isOp(err error, name string) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == name
}

// isBroken tells whether a connection ended, as against an answer that makes no sense. The errors of net/http for HTTP/2 have no types that
// one could ask for.
func isBroken(err error) bool {
	var (
		op    *net.OpError
		errno syscall.Errno
	)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &op) || errors.As(err, &errno) {
		return true
	}
	text := err.Error()
	for _, ended := range []string{"server closed idle connection", "received from peer", "server sent GOAWAY", "connection lost", "force closed"} {
		if strings.Contains(text, ended) {
			return true
		}
	}
	return false
}
