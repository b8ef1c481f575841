package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestDemoRefusesUnknownLanguage(t *testing.T) {
	cmd := root()
	cmd.SetArgs([]string{"demo", "--once", "--lang", "tlh"})
	if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "zh-TW, zh-CN or en") {
		t.Errorf("error is %v, want one that names the languages", err)
	}
}

func TestColoured(t *testing.T) {
	none := func(string) string { return "" }
	if coloured(&bytes.Buffer{}, none) {
		t.Error("colours in a buffer")
	}
	file, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if coloured(file, none) {
		t.Error("colours in a file")
	}
	// A character device stands in for a terminal.
	tty, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	if !coloured(tty, none) {
		t.Error("no colours on a terminal")
	}
	for _, variable := range []string{"NO_COLOR=1", "TERM=dumb"} {
		name, value, _ := strings.Cut(variable, "=")
		if coloured(tty, func(n string) string { return map[string]string{name: value}[n] }) {
			t.Errorf("colours in spite of %s", variable)
		}
	}
}
