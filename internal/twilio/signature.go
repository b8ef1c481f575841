package twilio

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Twilio's scheme; HMAC-SHA1 is not broken by collisions
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// SignatureHeader is where a webhook carries its signature.
const SignatureHeader = "X-Twilio-Signature"

// bodyHash is the part of the query that holds the hash of a body of JSON.
const bodyHash = "bodySHA256"

// ErrSignature says that a webhook was not sent by Twilio for this account, or not to this address.
var ErrSignature = errors.New("twilio: the signature does not fit: look at the auth token and the public address")

// Webhook is what is checked of a webhook.
type Webhook struct {
	// URL is the address that Twilio was given: our public one with path and query as they arrived, never made of the Host header.
	URL string
	// Body is as it arrived, bounded by the caller.
	Body []byte
	// Signature is the header's value.
	Signature string
}

// Verify checks a webhook with the account's auth token, which signs even where an API key calls. A form is signed by its fields, of a
// repeated one the first value only: read it with url.Values.Get. A body of JSON is signed by its hash in the address. Twilio signs with
// or without the port, so both are good. An empty token verifies nothing. It takes the same time wherever a signature differs.
func Verify(token Secret, w Webhook) error {
	if token == "" || w.Signature == "" {
		return ErrSignature
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Host == "" {
		return ErrSignature
	}
	signed, ok := "", true
	if want := u.Query().Get(bodyHash); want != "" {
		sum := sha256.Sum256(w.Body)
		ok = hmac.Equal([]byte(hex.EncodeToString(sum[:])), []byte(want))
	} else if signed, err = signedFields(w.Body); err != nil {
		return ErrSignature
	}
	without, with := bothPorts(w.URL, u)
	fits := equalSignature(token, without+signed, w.Signature)
	fits = equalSignature(token, with+signed, w.Signature) || fits
	if !fits || !ok {
		return ErrSignature
	}
	return nil
}

// signedFields strings a form's names and first values together, in the order of the names.
func signedFields(body []byte) (string, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(form)) {
		b.WriteString(name + form[name][0])
	}
	return b.String(), nil
}

func equalSignature(token Secret, text, signature string) bool {
	h := hmac.New(sha1.New, []byte(token))
	h.Write([]byte(text))
	return hmac.Equal([]byte(base64.StdEncoding.EncodeToString(h.Sum(nil))), []byte(signature))
}

// bothPorts gives an address without its port and with it, the scheme's own if it names none. Nothing else of it is touched.
func bothPorts(raw string, u *url.URL) (without, with string) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return raw, raw
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, tail := rest[:end], rest[end:]
	bare := authority
	if p := u.Port(); p != "" {
		bare = strings.TrimSuffix(authority, ":"+p)
		return scheme + "://" + bare + tail, raw
	}
	bare = strings.TrimSuffix(bare, ":")
	port := ":80"
	if u.Scheme == "https" {
		port = ":443"
	}
	return raw, scheme + "://" + bare + port + tail
}
