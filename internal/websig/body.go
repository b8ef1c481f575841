package websig

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

const (
	memberStart = `"signature":"`
	memberEnd   = `",`
	dataMember  = `,"data":`
)

// ErrEnvelope is the error of a body that is not an event envelope.
var ErrEnvelope = errors.New("body is not an event envelope")

// BodySignature gives "sha256=" and the hex HMAC of body, keyed with the secret as it is written (whsec_ included). It is the value of
// the header Signature over the whole body, and of the member "signature" over the body without that member. The error is ErrSecret.
//
// It covers no time: a copy of the request stays valid. Receivers who can should check with Verify.
func BodySignature(secret string, body []byte) (string, error) {
	if secret == "" || secret == secretPrefix {
		return "", fmt.Errorf("%w: it is empty; set one", ErrSecret)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil)), nil
}

// VerifyBody checks a BodySignature. The error is ErrSecret, ErrMissing (an empty signature) or ErrMismatch.
func VerifyBody(secret, signature string, body []byte) error {
	want, err := BodySignature(secret, body)
	if err != nil {
		return err
	}
	if signature == "" {
		return fmt.Errorf("%w: the signature is empty", ErrMissing)
	}
	if !hmac.Equal([]byte(signature), []byte(want)) {
		return fmt.Errorf("%w: compare the secrets of both sides, and sign the raw body", ErrMismatch)
	}
	return nil
}

// Embed puts the member "signature", made over b0, before the member "data" of a compact envelope {"id":…,"event":…,"timestamp":…,
// "data":…}. The error is ErrSecret or ErrEnvelope; b0 is not changed.
func Embed(secret string, b0 []byte) ([]byte, error) {
	inner, err := BodySignature(secret, b0)
	if err != nil {
		return nil, err
	}
	// The first such bytes are the member: what stands before it are short texts, in which a quote is always escaped.
	at := bytes.Index(b0, []byte(dataMember))
	if at < 0 {
		return nil, fmt.Errorf("%w: it has no member data", ErrEnvelope)
	}
	member := memberStart + inner + memberEnd
	body := make([]byte, 0, len(b0)+len(member))
	body = append(body, b0[:at+1]...)
	body = append(body, member...)
	return append(body, b0[at+1:]...), nil
}

// Strip undoes Embed, as a receiver does before it checks the member: it gives the body without the member, and the member's value. It
// is ErrEnvelope when there is none.
func Strip(body []byte) (b0 []byte, inner string, err error) {
	before, rest, found := bytes.Cut(body, []byte(memberStart))
	value, after, closed := bytes.Cut(rest, []byte(memberEnd))
	if !found || !closed {
		return nil, "", fmt.Errorf("%w: it has no member signature", ErrEnvelope)
	}
	return bytes.Join([][]byte{before, after}, nil), string(value), nil
}
