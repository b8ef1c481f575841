package websig

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// DefaultTolerance is how far the sender's clock may be from ours.
const DefaultTolerance = 5 * time.Minute

const (
	scheme = "v1,"
	maxID  = 256
	// maxSeconds is the digits of a time in seconds; milliseconds, the usual mistake, have more and are told apart by it.
	maxSeconds = 11
)

// The ways in which Verify refuses, besides ErrSecret. The text of each error says what to mend.
var (
	// ErrMissing: a header is not there or cannot be read.
	ErrMissing = errors.New("webhook is not signed")
	// ErrTimestamp: signed too long ago, or in the future.
	ErrTimestamp = errors.New("webhook timestamp is outside the tolerance")
	// ErrMismatch: no signature fits the body, the id and the time.
	ErrMismatch = errors.New("webhook signature does not match")
)

// Sign gives the value of webhook-signature, "v1,…", for a body that goes out at ts. While a secret is being replaced, sign with both
// and join the values with a space. The error is ErrSecret, or ErrMissing for an id that no header can carry.
func Sign(secret, id string, ts time.Time, body []byte) (string, error) {
	key, err := standardKey(secret)
	if err != nil {
		return "", err
	}
	if err := checkID(id); err != nil {
		return "", err
	}
	return sign(key, id, strconv.FormatInt(ts.Unix(), 10), body), nil
}

// Signed tells whether a request claims to be signed, rightly or not.
func Signed(h http.Header) bool { return h.Get(HeaderSignature) != "" }

// Verify checks a request against its raw body and gives its webhook-id. One fitting signature of several is enough. A tolerance of 0
// means DefaultTolerance. The error is ErrSecret, ErrMissing, ErrTimestamp or ErrMismatch. It does not know which ids came before:
// refusing or answering a repeated one is the caller's.
func Verify(secret string, h http.Header, body []byte, now time.Time, tolerance time.Duration) (id string, err error) {
	key, err := standardKey(secret)
	if err != nil {
		return "", err
	}
	id, stamp, given := h.Get(HeaderID), h.Get(HeaderTimestamp), h.Get(HeaderSignature)
	if err := checkID(id); err != nil {
		return "", err
	}
	if given == "" {
		return "", fmt.Errorf("%w: no %s header", ErrMissing, HeaderSignature)
	}
	if err := checkTime(stamp, now, tolerance); err != nil {
		return "", err
	}
	want := []byte(sign(key, id, stamp, body))
	for one := range strings.FieldsSeq(given) {
		if hmac.Equal([]byte(one), want) {
			return id, nil
		}
	}
	return "", fmt.Errorf("%w: compare the secrets of both sides, and sign the raw body", ErrMismatch)
}

func sign(key []byte, id, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	return scheme + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// checkID wants what a header can carry and a database keep. A dot is let through, because senders use it (PHP's uniqid): it could move
// the border between id, time and body only if the body began with digits and a dot, and then it is not JSON.
func checkID(id string) error {
	if id == "" {
		return fmt.Errorf("%w: no %s header", ErrMissing, HeaderID)
	}
	unfit := func(r rune) bool { return r <= ' ' || r > '~' }
	if len(id) > maxID || strings.ContainsFunc(id, unfit) {
		return fmt.Errorf("%w: %s must be 1 to %d visible ASCII characters", ErrMissing, HeaderID, maxID)
	}
	return nil
}

func checkTime(stamp string, now time.Time, tolerance time.Duration) error {
	if stamp == "" {
		return fmt.Errorf("%w: no %s header", ErrMissing, HeaderTimestamp)
	}
	seconds, err := strconv.ParseUint(stamp, 10, 63)
	if err != nil || len(stamp) > maxSeconds {
		return fmt.Errorf("%w: %s must be unix time in whole seconds", ErrMissing, HeaderTimestamp)
	}
	if tolerance <= 0 {
		tolerance = DefaultTolerance
	}
	switch age := now.Sub(time.Unix(int64(seconds), 0)); {
	case age > tolerance:
		return fmt.Errorf("%w: expired, signed %s ago: sign each attempt anew and compare the clocks", ErrTimestamp, age.Round(time.Second))
	case age < -tolerance:
		return fmt.Errorf("%w: %s in the future: compare the clocks", ErrTimestamp, (-age).Round(time.Second))
	}
	return nil
}
