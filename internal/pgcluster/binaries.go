package pgcluster

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNoBinaries means that this machine has no PostgreSQL server to start.
var ErrNoBinaries = errors.New("POSTGRESQL NOT TESTED: no initdb and postgres binaries on PATH or in the usual places: " +
	"install the PostgreSQL server (apt install postgresql, brew install postgresql), set KEFU_TEST_PG_BIN to their directory, or KEFU_TEST_POSTGRES to a server's url")

// binVariable names a directory that goes before every other; one without a server hides those there are.
const binVariable = "KEFU_TEST_PG_BIN"

// findBinaries returns the directory that holds initdb and postgres: the one asked for, the one on PATH, else the newest installed.
func findBinaries() (string, error) {
	if dir := os.Getenv(binVariable); dir != "" {
		if hasServer(dir) {
			return dir, nil
		}
		return "", ErrNoBinaries
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil && hasServer(filepath.Dir(target)) {
			return filepath.Dir(target), nil
		}
	}
	var found []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql*/bin",
		"/usr/local/opt/postgresql*/bin",
		"/usr/local/pgsql/bin",
		`C:\Program Files\PostgreSQL\*\bin`,
	} {
		dirs, _ := filepath.Glob(pattern)
		found = append(found, slices.DeleteFunc(dirs, func(dir string) bool { return !hasServer(dir) })...)
	}
	if len(found) == 0 {
		return "", ErrNoBinaries
	}
	return slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }), nil
}

func hasServer(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil && !errors.Is(err, exec.ErrDot) {
			return false
		}
	}
	return true
}

// version reads the major version out of a path such as /usr/lib/postgresql/17/bin, 0 when it has none.
func version(dir string) int {
	name := filepath.Base(filepath.Dir(dir))
	n, _ := strconv.Atoi(strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz@-"))
	return n
}

// tempRoot is where clusters live. Socket paths are limited to about a hundred bytes, and some systems' temporary paths are longer.
func tempRoot() string {
	if root := os.TempDir(); len(root) < 60 {
		return root
	}
	return "/tmp"
}
