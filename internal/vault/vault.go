package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"kefu"
	"kefu/internal/secret"
)

// DefaultMax is the size of the largest attachment when New is given none.
const DefaultMax = 25 << 20

// The ways in which a Vault refuses; each comes inside a *kefu.Error with its kind.
var (
	// ErrTooLarge: the attachment is over the limit.
	ErrTooLarge = errors.New("attachment is too large")
	// ErrFull: no space on the disk. The error is syscall.ENOSPC (or EDQUOT) as well.
	ErrFull = errors.New("no space left for attachments")
	// ErrNotFound: no such file.
	ErrNotFound = errors.New("no such file")
)

// Vault is one folder of attachments.
type Vault struct {
	dir       string
	linkKey   []byte
	publicURL string
	max       int64
}

// File is what the Vault knows of an attachment. Together with the bytes it is everything: there is no list of files elsewhere.
type File struct {
	SHA256 string // 64 lower-case hex digits
	Size   int64  // bytes
	Type   string // media type without parameters, found in the bytes
	Name   string // clean: fit for a link, a download and a database
}

// New opens the folder, makes it when it is missing, and removes what Puts that were cut off by a crash have left. The key signs links
// (secret.LoadOrCreateKey); publicURL begins them; limit is the largest size in bytes, 0 means DefaultMax.
func New(dir string, key []byte, publicURL string, limit int64) (*Vault, error) {
	if limit <= 0 {
		limit = DefaultMax
	}
	v := &Vault{dir: dir, linkKey: secret.Derive(key, "file links"), publicURL: strings.TrimRight(publicURL, "/"), max: limit}
	if err := os.MkdirAll(v.tempDir(), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of attachments: %w", err)
	}
	if err := sweep(v.tempDir()); err != nil {
		return nil, fmt.Errorf("clean the folder of attachments: %w", err)
	}
	return v, nil
}

// Put keeps what r gives and tells what it is. The name is cleaned; it is not kept with the bytes. Putting the same bytes again gives
// the same file (and mends it, if the disk damaged it). It blocks as long as r does: r must end when ctx does. The error is ErrTooLarge,
// ErrFull, that of r, that of ctx, or of the disk; then nothing was kept.
func (v *Vault) Put(ctx context.Context, r io.Reader, name string) (File, error) {
	tmp, err := claim(v.tempDir())
	if err != nil {
		return File{}, storeError(err)
	}
	defer discard(tmp)
	f, err := v.fill(ctx, tmp, r)
	if err != nil {
		return File{}, err
	}
	kind, err := sniff(tmp)
	if err != nil {
		return File{}, storeError(err)
	}
	if err := v.settle(tmp, f.SHA256); err != nil {
		return File{}, storeError(err)
	}
	f.Type, f.Name = kind.base, cleanName(name, kind.ext)
	return f, nil
}

// Open gives the bytes of a file by their sum. The caller closes them. The error is ErrNotFound or of the disk.
func (v *Vault) Open(sha string) (io.ReadSeekCloser, error) {
	path, ok := v.path(sha)
	if !ok {
		return nil, kefu.Wrap(kefu.KindNotFound, ErrNotFound, "no such file")
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, kefu.Wrap(kefu.KindNotFound, ErrNotFound, "no such file")
	case err != nil:
		return nil, storeError(err)
	}
	return f, nil
}

func (v *Vault) tempDir() string { return filepath.Join(v.dir, "tmp") }

// path gives the place of a file. Whatever is not a sum has none, so that no text from outside becomes part of a path.
func (v *Vault) path(sha string) (string, bool) {
	raw, err := hex.DecodeString(sha)
	if err != nil || len(raw) != sha256.Size || strings.ToLower(sha) != sha {
		return "", false
	}
	return filepath.Join(v.dir, sha[:2], sha[2:]), true
}

func (v *Vault) fill(ctx context.Context, w io.Writer, r io.Reader) (File, error) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(patient{ctx, r}, v.max+1))
	switch {
	case outOfSpace(err):
		return File{}, storeError(err)
	case err != nil:
		return File{}, fmt.Errorf("take the attachment: %w", err)
	case n > v.max:
		return File{}, kefu.Wrap(kefu.KindTooLarge, ErrTooLarge, fmt.Sprintf("an attachment may have at most %d bytes", v.max))
	}
	return File{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}, nil
}

// settle makes a temporary file the file of its sum, for good.
func (v *Vault) settle(tmp *os.File, sha string) error {
	path, _ := v.path(sha)
	if err := tmp.Sync(); err != nil {
		return err
	}
	// Closing gives up the lock, and the sweep of a node that starts just now would take the file: it stays open until it has its
	// name. Windows cannot rename an open file, and has no such lock.
	if runtime.GOOS == "windows" {
		_ = tmp.Close()
	}
	shelf := filepath.Dir(path)
	if err := makeDir(shelf); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(shelf)
}

func storeError(err error) error {
	if outOfSpace(err) {
		return kefu.Wrap(kefu.KindUnavailable, fmt.Errorf("%w: %w", ErrFull, err), "there is no space left for attachments; nothing was kept")
	}
	return kefu.Wrap(kefu.KindUnavailable, err, "attachments cannot be kept or read now")
}

func outOfSpace(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// patient ends a copy between two reads when its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p patient) Read(b []byte) (int, error) {
	if err := context.Cause(p.ctx); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
