//go:build !linux

package pgcluster

import "syscall"

// tied does nothing: only Linux ends a child with its parent.
func tied(attr *syscall.SysProcAttr) *syscall.SysProcAttr { return attr }
