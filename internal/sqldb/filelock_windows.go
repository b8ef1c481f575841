package sqldb

import (
	"errors"
	"fmt"
	"syscall"
)

// sharingViolation is the system's answer when somebody has the file open without sharing it.
const sharingViolation = syscall.Errno(32)

// tryFileLock opens path, made when missing, for this process alone. The system closes it when the process ends, however it ends. ok is
// false when somebody else has it.
func tryFileLock(path string) (release func(), ok bool, err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, false, fmt.Errorf("sqldb: lock file: %w", err)
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("sqldb: lock %s: %w", path, err)
	}
	return func() { syscall.CloseHandle(h) }, true, nil
}
