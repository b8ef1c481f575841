package e2e

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"kefu/internal/storetest"
)

// TestMain ends the database clusters and then looks for goroutines that a rig left behind.
func TestMain(m *testing.M) {
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
