package pgcluster

import "syscall"

// tied has the kernel end the server when we are killed.
func tied(attr *syscall.SysProcAttr) *syscall.SysProcAttr {
	attr.Pdeathsig = syscall.SIGQUIT
	return attr
}
