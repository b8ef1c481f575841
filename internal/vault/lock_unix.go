//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package vault

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the lock of an open file without waiting and tells whether it got it. The system gives it back when the file is closed or
// the process dies. An error means that this file system has no locks.
func lock(f *os.File) (held bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
