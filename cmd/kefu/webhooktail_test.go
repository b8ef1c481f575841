//go:build unix

package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"kefu/internal/storetest"
)

// run runs a command to its end in a folder and gives what it said on standard output, whether or not it ended well.
func run(t *testing.T, dir string, environ []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "kefu", args...)
	cmd.Dir, cmd.Env = dir, environ
	out, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return string(out)
}

// TestWebhookTail: what happened before comes first, what another process does follows, and Ctrl-C is its proper end.
func TestWebhookTail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		dir := t.TempDir()
		environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, quickExit, "KEFU_DATABASE=" + url, "KEFU_WEBHOOKS_ALLOW_HTTP=true",
			"KEFU_EGRESS_ALLOW=127.0.0.0/8"}
		made := run(t, dir, environ, "webhook", "create", "--name", "x", "--url", "http://127.0.0.1:1/", "--events", "*")
		endpoint, _, _ := strings.Cut(made, "\n")
		run(t, dir, environ, "webhook", "test", endpoint)

		tail := exec.Command("kefu", "webhook", "tail")
		tail.Dir, tail.Env = dir, environ
		out, err := tail.StdoutPipe()
		if err == nil {
			err = tail.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = tail.Process.Kill() })
		silent := time.AfterFunc(patience, func() { _ = tail.Process.Kill() })
		defer silent.Stop()
		lines := bufio.NewReader(out)
		wantLine(t, lines, endpoint+"  webhook.test            whd_1      1  connect", "failed\n")
		run(t, dir, environ, "webhook", "test", endpoint)
		wantLine(t, lines, endpoint+"  webhook.test            whd_2 ")

		if err := tail.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		rest, readErr := io.ReadAll(lines)
		if err := tail.Wait(); err != nil || readErr != nil || strings.Contains(string(rest), "whd_1 ") {
			t.Errorf("ended with %v, %v after %q", err, readErr, rest)
		}
	})
}

func wantLine(t *testing.T, lines *bufio.Reader, parts ...string) {
	t.Helper()
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if !strings.Contains(line, p) {
			t.Errorf("the line %q has no %q", line, p)
		}
	}
}
