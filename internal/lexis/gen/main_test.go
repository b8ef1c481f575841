package main

import (
	"bytes"
	"os"
	"testing"
)

// TestTablesAreFresh makes the tables again when npm has the dictionaries in its cache; tests fetch nothing.
func TestTablesAreFresh(t *testing.T) {
	dir := t.TempDir()
	if err := fetch(t.Context(), dir, "--offline"); err != nil {
		t.Skipf("TABLES NOT COMPARED: the dictionaries are not at hand (npm cache add %s): %v", dictionaries, err)
	}
	want, err := build(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../tables.bin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("tables.bin is not what the dictionaries make: go generate ./internal/lexis")
	}
}
