package client

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"
)

// credential is shown with a request.
type credential interface {
	// apply puts it into the request's headers; body is the request's, whole.
	apply(ctx context.Context, req *http.Request, body []byte) error
	// renew is called when the server did not believe what was shown as Authorization; true promises another one at the next apply.
	renew(shown string) bool
}

// nobody asks without a credential: what is open to everyone.
type nobody struct{}

func (nobody) apply(context.Context, *http.Request, []byte) error { return nil }
func (nobody) renew(string) bool                                  { return false }

// bearer is a key or token that stays what it is.
type bearer string

func (b bearer) apply(_ context.Context, req *http.Request, _ []byte) error {
	req.Header.Set("Authorization", "Bearer "+string(b))
	return nil
}

func (bearer) renew(string) bool { return false }

// signing signs each request: method, target, time, a nonce and the body's hash.
type signing struct {
	keyID  string
	secret []byte
	now    func() time.Time
}

func (s *signing) apply(_ context.Context, req *http.Request, body []byte) error {
	timestamp, nonce := strconv.FormatInt(s.now().Unix(), 10), rand.Text()
	h := req.Header
	h.Set("X-Kefu-Key", s.keyID)
	h.Set("X-Kefu-Timestamp", timestamp)
	h.Set("X-Kefu-Nonce", nonce)
	h.Set("X-Kefu-Signature", signature(s.secret, req.Method, req.URL.RequestURI(), timestamp, nonce, body))
	return nil
}

// renew is false: a signature that is refused is refused with any other nonce.
func (*signing) renew(string) bool { return false }

func signature(secret []byte, method, target, timestamp, nonce string, body []byte) string {
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(method + "\n" + target + "\n" + timestamp + "\n" + nonce + "\n" + hex.EncodeToString(sum[:])))
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}
