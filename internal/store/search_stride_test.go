package store

import (
	"testing"
	"time"
)

// TestStepsKeepToPatience: a step that would outlast patience, at the pace of the one before, is shorter. Words that are everywhere but within
// the sight make whole steps slow, and nothing ends a step once it has begun.
func TestStepsKeepToPatience(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		last       int64
		took, left time.Duration
		bounded    bool
		least      int64
		most       int64
	}{
		"fast":               {firstStep, time.Millisecond, time.Minute, true, 4 * firstStep, 4 * firstStep},
		"the longest":        {longestStep, time.Millisecond, time.Minute, true, longestStep, longestStep},
		"a third is left":    {1 << 18, 3 * time.Minute, time.Minute, true, 1 << 16, 1 << 17},
		"no time was taken":  {firstStep, 0, time.Minute, true, 4 * firstStep, 4 * firstStep},
		"nothing is left":    {1 << 18, time.Second, -time.Second, true, 1 << blockBits, 1 << blockBits},
		"without a patience": {firstStep, time.Hour, 0, false, 4 * firstStep, 4 * firstStep},
	} {
		if got := stride(row.last, row.took, row.left, row.bounded); got < row.least || got > row.most {
			t.Errorf("%s: the next step has %d rows, want %d to %d", name, got, row.least, row.most)
		}
	}
}
