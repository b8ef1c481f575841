package e2e

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"kefu/internal/storetest"
)

// TestMain ends the database clusters and then looks for goroutines that a rig left behind.
func TestMain(m *testing.M) {
	flag.Parse()
	// These tests wait for each other's pauses and not for the processor: as many as it has cores would take minutes.
	if err := flag.Set("test.parallel", "32"); err != nil {
		panic(err)
	}
	code := storetest.Main(m)
	built.remove()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
