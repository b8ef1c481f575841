package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"kefu"
)

// Length of a password, in characters.
const (
	MinPassword = 8
	MaxPassword = 200
)

// What a new password's hash costs (OWASP: 19 MiB, two passes, one lane), and what a stored one may cost at most: a line in the database
// must not be able to take the machine's memory.
const (
	hashMemory  = 19 * 1024 // KiB
	hashTime    = 2
	hashLanes   = 1
	hashSalt    = 16
	hashLength  = 32
	maxMemory   = 256 * 1024
	maxTime     = 16
	maxLanes    = 16
	maxPHC      = 512
	hashesAtOne = 4   // hashes at one time, for their memory
	hashesWait  = 200 // hashes that may wait for their turn
)

var errPHC = errors.New("a stored password is not of the form that Kefu writes: set it anew with kefu agent passwd")

// CheckPassword tells what is wrong with a password that somebody wants to have.
func CheckPassword(password string) error {
	var f kefu.Faults
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		f.Add("password", "must have %d to %d characters", MinPassword, MaxPassword)
	}
	if !utf8.ValidString(password) || strings.ContainsRune(password, 0) {
		f.Add("password", "must be text in UTF-8 without U+0000")
	}
	return f.Err("the password cannot be used")
}

// HashPassword checks a password by the rules and gives what is stored of it: argon2id in PHC form. It takes some tens of milliseconds
// and 19 MiB, always.
func HashPassword(password string) (string, error) {
	if err := CheckPassword(password); err != nil {
		return "", err
	}
	salt := make([]byte, hashSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	h := phc{memory: hashMemory, time: hashTime, lanes: hashLanes, salt: salt}
	h.sum = h.of(password, hashLength)
	return h.String(), nil
}

// phc is a stored password.
type phc struct {
	memory, time uint32
	lanes        uint8
	salt, sum    []byte
}

func (h phc) of(password string, length uint32) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.lanes, length)
}

func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.time, h.lanes,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.sum))
}

// parsePHC reads a stored password and refuses what would cost too much to check.
func parsePHC(text string) (h phc, err error) {
	parts := strings.Split(text, "$")
	if len(text) > maxPHC || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.lanes); err != nil {
		return phc{}, errPHC
	}
	if fmt.Sprintf("m=%d,t=%d,p=%d", h.memory, h.time, h.lanes) != parts[3] || h.memory < 8*uint32(h.lanes) || h.memory > maxMemory ||
		h.time < 1 || h.time > maxTime || h.lanes < 1 || h.lanes > maxLanes {
		return phc{}, errPHC
	}
	b64 := base64.RawStdEncoding.Strict()
	if h.salt, err = b64.DecodeString(parts[4]); err != nil || len(h.salt) < 8 {
		return phc{}, errPHC
	}
	if h.sum, err = b64.DecodeString(parts[5]); err != nil || len(h.sum) < 16 || len(h.sum) > 64 {
		return phc{}, errPHC
	}
	return h, nil
}

// hasher checks passwords, a few at one time.
type hasher struct {
	turn    chan struct{}
	waiting atomic.Int64
	// nobody is what the password of an unknown e-mail is compared with, so that the answer takes as long as for a known one.
	nobody phc
}

func newHasher() *hasher {
	return &hasher{turn: make(chan struct{}, hashesAtOne),
		nobody: phc{memory: hashMemory, time: hashTime, lanes: hashLanes, salt: make([]byte, hashSalt), sum: make([]byte, hashLength)}}
}

// hash is HashPassword when its turn comes.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := CheckPassword(password); err != nil {
		return "", err
	}
	if err := h.wait(ctx); err != nil {
		return "", err
	}
	defer h.next()
	return HashPassword(password)
}

func (h *hasher) wait(ctx context.Context) error {
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > hashesWait {
		return kefu.Errorf(kefu.KindUnavailable, "too many passwords are being checked now: try again")
	}
	select {
	case h.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) next() { <-h.turn }

// check tells whether a password is the stored one. stored "" takes as long as any other, and is no.
func (h *hasher) check(ctx context.Context, stored, password string) (bool, error) {
	have, known := h.nobody, stored != ""
	if known {
		var err error
		if have, err = parsePHC(stored); err != nil {
			return false, err
		}
	}
	if utf8.RuneCountInString(password) > MaxPassword {
		password, known = "", false
	}
	if err := h.wait(ctx); err != nil {
		return false, err
	}
	defer h.next()
	same := subtle.ConstantTimeCompare(have.of(password, uint32(len(have.sum))), have.sum) == 1 //nolint:gosec // at most 64
	return same && known, nil
}
