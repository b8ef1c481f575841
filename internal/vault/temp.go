package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// abandoned is how old a temporary file must be to be removed where files cannot be locked; no Put takes that long.
const abandoned = time.Hour

// claim makes a temporary file that is locked for as long as it is open, which is how other processes on the same folder know that
// somebody still writes it. It is tried again when a sweep was quicker than the lock.
func claim(dir string) (*os.File, error) {
	for range 8 {
		f, err := os.CreateTemp(dir, "put-*")
		if err != nil {
			return nil, err
		}
		if held, err := lock(f); (held || err != nil) && isAt(f, f.Name()) {
			return f, nil
		}
		discard(f)
	}
	return nil, errors.New("temporary files vanish; is something else cleaning the folder of attachments?")
}

// discard closes a temporary file and removes it, if it is still one.
func discard(f *os.File) {
	_ = f.Close()
	os.Remove(f.Name())
}

// sweep removes the temporary files that nobody writes any more.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		errs = append(errs, sweepOne(filepath.Join(dir, e.Name())))
	}
	return errors.Join(errs...)
}

func sweepOne(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	held, err := lock(f)
	if err != nil {
		st, err := f.Stat()
		held = err == nil && time.Since(st.ModTime()) > abandoned
	}
	if !held {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func isAt(f *os.File, path string) bool {
	here, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(here, there)
}

// makeDir makes a folder, for good, unless it is there.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// syncDir makes a name in a folder last: without it a power cut could take the file that Put has promised.
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
