package chatwoot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// The headers of a hook. Servers before 4.12 send none of them, and before 4.13 not to agent bots and inboxes.
const (
	HeaderSignature = "X-Chatwoot-Signature"
	HeaderTimestamp = "X-Chatwoot-Timestamp"
	HeaderDelivery  = "X-Chatwoot-Delivery" // unique; refuse one that was seen
)

// What VerifySignature finds.
var (
	ErrUnsigned  = errors.New("chatwoot: the hook has no signature: the server is older than 4.12 (4.13 for hooks to bots and inboxes), or it is not Chatwoot")
	ErrSignature = errors.New("chatwoot: the signature of the hook is wrong")
	ErrStale     = errors.New("chatwoot: the hook's time is too far from ours")
)

const signaturePrefix = "sha256="

// VerifySignature checks that a hook comes from who has the secret: header is HeaderSignature, timestamp is HeaderTimestamp, body is the
// body as it came, byte by byte. A time farther than tolerance from now is ErrStale; five minutes are usual. It takes the same time for
// every wrong signature. An empty secret is never right.
func VerifySignature(secret, timestamp string, body []byte, header string, now time.Time, tolerance time.Duration) error {
	if header == "" || timestamp == "" {
		return ErrUnsigned
	}
	sum, ok := strings.CutPrefix(header, signaturePrefix)
	given, err := hex.DecodeString(sum)
	if secret == "" || !ok || err != nil || !hmac.Equal(given, mac(secret, timestamp, body)) {
		return ErrSignature
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return ErrStale
	}
	if away := now.Sub(time.Unix(seconds, 0)); away > tolerance || away < -tolerance {
		return ErrStale
	}
	return nil
}

// Sign is the signature that Chatwoot would send: for tests of what receives hooks.
func Sign(secret, timestamp string, body []byte) string {
	return signaturePrefix + hex.EncodeToString(mac(secret, timestamp, body))
}

func mac(secret, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return h.Sum(nil)
}
