package secret

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// KeySize is the length of every key, in bytes.
	KeySize = 32
	// minPhrase is the fewest characters of a key that is text.
	minPhrase = 16
)

// ErrKey is the error of a key that cannot be used.
var ErrKey = errors.New("secret_key cannot be used")

// ParseKey reads a key as an operator writes it: 32 bytes in base64 or hex, else any text of at least 16 characters, which is stretched
// with HKDF-SHA256. White space around it does not count. The same text gives the same key, always.
//
// HKDF does not make guessing slow: a text should be random, not a word.
func ParseKey(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	if key, ok := decodeKey(s); ok {
		return key, nil
	}
	if n := utf8.RuneCountInString(s); n < minPhrase {
		return nil, fmt.Errorf("%w: it has %d characters, want at least %d, or 32 random bytes in base64 or hex", ErrKey, n, minPhrase)
	}
	return stretch([]byte(s), "kefu secret_key text"), nil
}

func decodeKey(s string) ([]byte, bool) {
	if key, err := hex.DecodeString(s); err == nil && len(key) == KeySize {
		return key, true
	}
	trimmed := strings.TrimRight(s, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(trimmed); err == nil && len(key) == KeySize {
			return key, true
		}
	}
	return nil, false
}

// Derive gives a 32-byte key for one purpose ("file links"), so that no two uses share a key and a leak of one tells nothing of the others.
func Derive(key []byte, purpose string) []byte {
	return stretch(key, "kefu "+purpose)
}

func stretch(from []byte, info string) []byte {
	key, err := hkdf.Key(sha256.New, from, nil, info, KeySize)
	if err != nil {
		// Only a wish for more than 8160 bytes, or a too short key under strict FIPS mode, gets here: neither is a state of the world.
		panic("secret: " + err.Error())
	}
	return key
}
