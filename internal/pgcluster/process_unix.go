//go:build unix

package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// servant returns whom the server runs as when we are root, which PostgreSQL refuses to be.
func servant() (uid, gid uint32, ok bool) {
	if os.Geteuid() != 0 {
		return 0, 0, false
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if errors.Join(err1, err2) == nil {
			return uint32(uid), uint32(gid), true
		}
	}
	return 0, 0, false
}

// giveAway hands dir to the server's user.
func giveAway(dir string) error {
	uid, gid, ok := servant()
	if !ok {
		return nil
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return fmt.Errorf("hand the directory to the server's user: %w", err)
	}
	return nil
}

func unprivileged() *syscall.SysProcAttr {
	// A group of its own keeps the terminal's Ctrl-C from the server: the tests end first, and Stop ends it.
	attr := &syscall.SysProcAttr{Setpgid: true}
	if uid, gid, ok := servant(); ok {
		attr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
	}
	return attr
}

// immediate is the signal for PostgreSQL's immediate shutdown.
func immediate() os.Signal { return syscall.SIGQUIT }
