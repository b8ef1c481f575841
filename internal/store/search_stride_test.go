package store

import (
	"context"
	"testing"
	"time"
)

// TestStepsKeepToPatience: a step that would outlast patience, at the pace of the one before, is shorter. Words that are everywhere but within
// the sight make whole steps slow, and nothing ends a step once it has begun.
func TestStepsKeepToPatience(t *testing.T) {
	t.Parallel()
	patience, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	over, end := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer end()
	for name, row := range map[string]struct {
		patience context.Context
		last     int64
		took     time.Duration
		least    int64
		most     int64
	}{
		"fast":               {patience, firstStep, time.Millisecond, 4 * firstStep, 4 * firstStep},
		"the longest":        {patience, longestStep, time.Millisecond, longestStep, longestStep},
		"a third is left":    {patience, 1 << 18, 3 * time.Minute, 1 << 16, 1 << 17},
		"no time was taken":  {patience, firstStep, 0, 4 * firstStep, 4 * firstStep},
		"nothing is left":    {over, 1 << 18, time.Second, 1 << blockBits, 1 << blockBits},
		"without a patience": {nil, firstStep, time.Hour, 4 * firstStep, 4 * firstStep},
	} {
		if got := (SearchFilter{Patience: row.patience}).stride(row.last, row.took); got < row.least || got > row.most {
			t.Errorf("%s: the next step has %d rows, want %d to %d", name, got, row.least, row.most)
		}
	}
}
