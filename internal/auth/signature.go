package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// SignatureSkew is how far a signed request's clock may be from ours.
const SignatureSkew = 5 * time.Minute

var noncePattern = regexp.MustCompile(`^[!-~]{1,128}$`)

// StringToSign is what a signature is over (contracts: api §1).
func StringToSign(method, target, timestamp, nonce string, body []byte) string {
	sum := sha256.Sum256(body)
	return strings.Join([]string{method, target, timestamp, nonce, hex.EncodeToString(sum[:])}, "\n")
}

// Sign gives the value of X-Kefu-Signature.
func Sign(secret, method, target, timestamp, nonce string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(StringToSign(method, target, timestamp, nonce, body)))
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

type signedHeaders struct {
	timestamp, nonce, signature string
	at                          time.Time
}

func readSigned(r Request) (h signedHeaders, err error) {
	if h.timestamp, err = one(r.Header, "X-Kefu-Timestamp", 20); err != nil {
		return h, err
	}
	if h.nonce, err = one(r.Header, "X-Kefu-Nonce", 128); err != nil {
		return h, err
	}
	if h.signature, err = one(r.Header, "X-Kefu-Signature", 128); err != nil {
		return h, err
	}
	seconds, err := strconv.ParseInt(h.timestamp, 10, 64)
	if err != nil || strconv.FormatInt(seconds, 10) != h.timestamp || seconds < 0 || seconds > 1<<40 {
		return h, unauthorized("X-Kefu-Timestamp must be seconds since 1970, such as 1635232823")
	}
	if !noncePattern.MatchString(h.nonce) {
		return h, unauthorized("X-Kefu-Nonce must be 1 to 128 visible ASCII characters, another one for each request")
	}
	h.at = time.Unix(seconds, 0)
	return h, nil
}

// bySignature believes a request once. The signature is checked before anything is stored, so that strangers cannot fill the table of nonces.
func (a *Auth) bySignature(ctx context.Context, r Request, id string) (kefu.Caller, error) {
	if !ident.Valid(programPrefix(store.ProgramSigning), id) {
		return kefu.Caller{}, unauthorized("X-Kefu-Key must be the id of a signing key, such as sgn_…")
	}
	h, err := readSigned(r)
	if err != nil {
		return kefu.Caller{}, err
	}
	c, err := glance(ctx, a, func(t *tx) (kefu.Caller, error) {
		p, err := t.ProgramAlone(id)
		if err == nil && p.Kind != store.ProgramSigning {
			return kefu.Caller{}, unauthorized("X-Kefu-Key must name a signing key")
		}
		if err != nil {
			return kefu.Caller{}, known(err, "no such signing key")
		}
		if err := a.checkSignature(t, r, h, p); err != nil {
			return kefu.Caller{}, err
		}
		return a.program(t, p, r.Address)
	})
	if err != nil {
		return kefu.Caller{}, err
	}
	err = a.Store.Update(ctx, func(t *store.Tx) error {
		// Kept a little longer than the request could be shown again.
		fresh, err := t.UseNonce(c.ID, h.nonce, h.at.Add(SignatureSkew+time.Minute))
		if err == nil && !fresh {
			return unauthorized("this X-Kefu-Nonce was used before: sign each request with a new one")
		}
		return err
	})
	return c, err
}

func (a *Auth) checkSignature(t *tx, r Request, h signedHeaders, p store.Program) error {
	if d := t.now.Sub(h.at); d > SignatureSkew || d < -SignatureSkew {
		return unauthorized("X-Kefu-Timestamp is %s away from our clock, which says %d: at most %s; set your clock", d.Abs().Round(time.Second), t.now.Unix(), SignatureSkew)
	}
	secret, err := a.Box.Open(p.Sealed, sealedAs(p.ID))
	if err != nil {
		return errors.Join(errors.New("signing key "+p.ID), err)
	}
	if !hmac.Equal([]byte(h.signature), []byte(Sign(secret, r.Method, r.Target, h.timestamp, h.nonce, r.Body))) {
		return unauthorized("X-Kefu-Signature is wrong: sign METHOD, TARGET as sent, TIMESTAMP, NONCE and hex(sha256(body)), each on a line, and write v1= and the hex HMAC")
	}
	return nil
}

func sealedAs(id string) string { return "signing key " + id }
