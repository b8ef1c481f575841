package websig

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	secretPrefix = "whsec_"
	// minKey and minTyped are what CheckSecret asks of a new secret: bytes of a generated one, characters of a typed one.
	minKey   = 24
	minTyped = 16
)

// ErrSecret is the error of a secret that cannot be used.
var ErrSecret = errors.New("signing secret cannot be used")

// NewSecret makes a secret of 32 random bytes: "whsec_" and base64.
func NewSecret() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: the program stops instead
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// CheckSecret tells what is wrong with a secret that somebody wants to keep. It is stricter than signing, so that old secrets go on
// working: after whsec_ at least 24 bytes of base64, else at least 16 characters without white space. The error is ErrSecret.
func CheckSecret(secret string) error {
	key, err := standardKey(secret)
	if err != nil {
		return err
	}
	if strings.HasPrefix(secret, secretPrefix) {
		if len(key) < minKey {
			return fmt.Errorf("%w: %d bytes after %s, want at least %d", ErrSecret, len(key), secretPrefix, minKey)
		}
		return nil
	}
	if n := utf8.RuneCountInString(secret); n < minTyped {
		return fmt.Errorf("%w: it has %d characters, want at least %d", ErrSecret, n, minTyped)
	}
	unfit := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError }
	if strings.ContainsFunc(secret, unfit) {
		return fmt.Errorf("%w: it has white space, control characters or invalid UTF-8: leave them out", ErrSecret)
	}
	return nil
}

// standardKey gives the key of Standard Webhooks: the bytes behind whsec_, or the text itself when somebody typed it.
func standardKey(secret string) ([]byte, error) {
	encoded, generated := strings.CutPrefix(secret, secretPrefix)
	if encoded == "" {
		return nil, fmt.Errorf("%w: it is empty; set one", ErrSecret)
	}
	if !generated {
		return []byte(secret), nil
	}
	// Some tools drop the padding when they show a secret.
	key, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil || len(key) == 0 {
		return nil, fmt.Errorf("%w: what follows %s is not base64; copy it whole", ErrSecret, secretPrefix)
	}
	return key, nil
}
