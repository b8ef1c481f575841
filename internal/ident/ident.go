package ident

import (
	"encoding/base32"
	"strings"

	"github.com/google/uuid"
)

const (
	// Len is the number of characters after the prefix and its underscore.
	Len = 26

	digits = "0123456789abcdefghijklmnopqrstuv"
)

// The digits are in ASCII order, which is what makes the text sort as the bytes do.
var encoding = base32.NewEncoding(digits).WithPadding(base32.NoPadding)

// New makes an id: prefix, an underscore and 26 lower-case characters. Within a process every id is greater than the one before it.
// It panics only when the operating system cannot give random bytes, as crypto/rand itself does.
func New(prefix string) string {
	u := uuid.Must(uuid.NewV7())
	return prefix + "_" + encoding.EncodeToString(u[:])
}

// Valid tells whether id has the form that New(prefix) gives. It says nothing of whether such a thing exists.
func Valid(prefix, id string) bool {
	body, ok := strings.CutPrefix(id, prefix+"_")
	if !ok || len(body) != Len {
		return false
	}
	for i := range body {
		if strings.IndexByte(digits, body[i]) < 0 {
			return false
		}
	}
	// 26 digits hold 130 bits; the two left over are zero, or one thing would have four ids.
	return strings.IndexByte(digits, body[Len-1])%4 == 0
}
