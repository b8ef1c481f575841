package sqldb

import (
	"fmt"
	"sync"
)

// Exclusive claims a SQLite file for this process until release, which may be called again: a second server on the same file would not
// know what the first one does. The claim ends with the process even when it is killed. On PostgreSQL, where many may serve, it does
// nothing. It does not block.
func (db *DB) Exclusive() (release func(), err error) {
	if db.dialect != SQLite {
		return func() {}, nil
	}
	free, ok, err := tryFileLock(db.path + ".lock")
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("sqldb: %s is served by another process: stop it first, or give this one a database of its own", db.path)
	}
	return sync.OnceFunc(free), nil
}
