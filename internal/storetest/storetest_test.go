package storetest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"kefu/internal/storetest"
)

const noServer = "KEFU_TEST_NO_SERVER"

func TestMain(m *testing.M) {
	os.Exit(storetest.Main(m))
}

func TestEachIsFresh(t *testing.T) {
	seen := map[string]bool{}
	for range 2 {
		storetest.Each(t, func(t *testing.T, url string) {
			if seen[url] {
				t.Errorf("%s was given twice", url)
			}
			seen[url] = true
		})
	}
	if n := len(seen); n != 2 && n != 4 {
		t.Errorf("%d databases", n)
	}
}

// TestInner is run by TestWithoutServer, in a process that finds no PostgreSQL.
func TestInner(t *testing.T) {
	if os.Getenv(noServer) == "" {
		t.Skip("run by TestWithoutServer")
	}
	storetest.Each(t, func(*testing.T, string) {})
}

func TestWithoutServer(t *testing.T) {
	run := func(env ...string) (string, error) {
		cmd := exec.Command(os.Args[0], "-test.run=^TestInner$", "-test.v")
		cmd.Env = append(os.Environ(), "KEFU_TEST_POSTGRES=", noServer+"=1", "KEFU_TEST_PG_BIN=none")
		cmd.Env = append(cmd.Env, env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run("KEFU_TEST_REQUIRE=")
	if err != nil || !strings.Contains(out, "POSTGRESQL NOT TESTED") || !strings.Contains(out, "--- SKIP: TestInner/postgres") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = run("KEFU_TEST_REQUIRE=postgres"); err == nil || !strings.Contains(out, "--- FAIL: TestInner/postgres") {
		t.Errorf("required and missing, yet: %v\n%s", err, out)
	}
}
