package main

import (
	"os"
	"runtime/pprof"
)

// The variables of Kefu's own measurements (internal/bench). Like every KEFU_TEST_ variable they are not configuration: they change how
// the program is measured, and nobody who runs it needs them.
const (
	noPacing  = "KEFU_TEST_NO_PACING" // 1: do not hold back by ourselves, only when the remote says so
	profileTo = "KEFU_TEST_PROFILE"   // file for a profile of the processor's time
)

// profiled starts the profile, if one is asked for, and returns what ends it.
func profiled() (stop func(), err error) {
	name := os.Getenv(profileTo)
	if name == "" {
		return func() {}, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}
