package secret

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// version begins every sealed text, so that a later form can live beside this one.
const version = "v1."

// ErrOpen is the error of a text that does not open.
var ErrOpen = errors.New("sealed text does not open")

// Box seals and opens texts with XChaCha20-Poly1305 under one key.
type Box struct {
	aead cipher.AEAD
}

// NewBox makes a Box of a 32-byte key, as LoadOrCreateKey and ParseKey give it.
func NewBox(key []byte) (*Box, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("secret key has %d bytes, want %d", len(key), KeySize)
	}
	return &Box{aead: aead}, nil
}

// Seal gives plain as printable ASCII, sealed. The associated data aad is not part of the result and must be given again to Open: use it
// to say what the text belongs to ("inbox/shop/token"). Sealing the same text twice gives different results.
func (b *Box) Seal(plain, aad string) (string, error) {
	// 24 random bytes are enough for any number of texts under one key, which is why it is XChaCha20 and not a counter.
	nonce := make([]byte, b.aead.NonceSize(), b.aead.NonceSize()+len(plain)+b.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	sealed := b.aead.Seal(nonce, nonce, []byte(plain), []byte(version+aad))
	return version + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open gives back what Seal was given. The error is ErrOpen when the text was changed, or was sealed with another key or other
// associated data.
func (b *Box) Open(sealed, aad string) (string, error) {
	body, ok := strings.CutPrefix(sealed, version)
	if !ok {
		return "", fmt.Errorf("%w: it is not of the form %s…: it was not sealed by this version of Kefu", ErrOpen, version)
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(body)
	// The decoder skips line breaks; without the second test one text would have many sealed forms.
	if err != nil || strings.ContainsAny(body, "\r\n") || len(raw) < b.aead.NonceSize() {
		return "", fmt.Errorf("%w: it was cut or changed; enter the credential again", ErrOpen)
	}
	nonce, text := raw[:b.aead.NonceSize()], raw[b.aead.NonceSize():]
	plain, err := b.aead.Open(nil, nonce, text, []byte(version+aad))
	if err != nil {
		return "", fmt.Errorf("%w: it was changed, or sealed with another secret_key; restore the key or enter the credential again", ErrOpen)
	}
	return string(plain), nil
}
