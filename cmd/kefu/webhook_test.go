package main

import (
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// idof puts the first line of a file into a variable: "idof ENDPOINT made".
func idof(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: idof VARIABLE FILE")
	}
	id, _, _ := strings.Cut(ts.ReadFile(args[1]), "\n")
	ts.Setenv(args[0], id)
}

// TestWebhookCommandsHaveExamples: whoever asks for help sees a line to copy.
func TestWebhookCommandsHaveExamples(t *testing.T) {
	var s settings
	all := s.webhook()
	if all.Example == "" {
		t.Error("kefu webhook has no example")
	}
	for _, cmd := range all.Commands() {
		checkHelp(t, cmd)
	}
	if n := len(all.Commands()); n < 14 {
		t.Errorf("%d commands", n)
	}
}

func checkHelp(t *testing.T, cmd *cobra.Command) {
	t.Helper()
	if !strings.Contains(cmd.Example, "kefu webhook "+cmd.Name()) || cmd.Short == "" {
		t.Errorf("%s has no example of its own, or no words", cmd.Name())
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{"1h": "2026-01-31T11:00:00Z", "2d": "2026-01-29T12:00:00Z", "2026-01-31T10:00:00+02:00": "2026-01-31T08:00:00Z"} {
		if at, err := moment("since", text, now); err != nil || stamp(at) != want {
			t.Errorf("%q: %s, %v; want %s", text, stamp(at), err, want)
		}
	}
	if at, err := moment("since", "", now); err != nil || !at.IsZero() {
		t.Errorf("nothing: %s, %v", at, err)
	}
	for _, text := range []string{"yesterday", "-1h", "0d", "2026-01-31"} {
		if at, err := moment("until", text, now); err == nil || !strings.Contains(err.Error(), `--until "`+text+`" is not a time`) {
			t.Errorf("%q: %s, %v", text, at, err)
		}
	}
}

// TestAnswersCannotMoveTheCursor: what a receiver answered is shown, and nothing in it reaches the terminal but text.
func TestAnswersCannotMoveTheCursor(t *testing.T) {
	if got := indented("a\x1b[2Jb\r\nc\n"); got != "  a [2Jb\n  c" {
		t.Errorf("%q", got)
	}
}
