package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	keyFile = "secret_key"
	// maxKeyFile bounds what is read when the file is not what it should be.
	maxKeyFile = 4 << 10
)

// LoadOrCreateKey reads the key in dir/secret_key, or makes one (mode 0600; dir, when it is missing, 0700). Of several that make one at
// the same time, in one process or many, one wins and all get its key. A key that was returned is on the disk.
func LoadOrCreateKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, keyFile)
	key, err := loadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the secret key: %w", err)
	}
	if err := createKey(dir, path); err != nil {
		return nil, fmt.Errorf("make the secret key: %w; or set secret_key in the configuration", err)
	}
	// Read again, always: another may have been first.
	return loadKey(path)
}

func loadKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	key, err := ParseKey(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w; restore the file from a backup", path, err)
	}
	return key, nil
}

// createKey writes a new key beside path and links it there. A link, unlike a rename, never replaces a key that another made meanwhile,
// and unlike an exclusive create never shows a key that is half written.
func createKey(dir, path string) error {
	tmp, err := writeTemp(dir)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

func writeTemp(dir string) (name string, err error) {
	key := make([]byte, KeySize)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, keyFile+".*") // mode 0600
	if err != nil {
		return "", err
	}
	_, werr := f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// syncDir makes the link itself last: without it a power cut could bring a second key, and what the first one sealed would be lost.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // it cannot sync a folder and does not need to
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
