package sqldb

import (
	"context"
	"time"
)

// Micros returns t as unix microseconds, the form times are stored in. The zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time returns the UTC time of us unix microseconds. 0 is the zero time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Left is how long a context may still last, by the monotonic clock; false when it has no end. It is for how much to ask of the database at
// once, never for what is stored.
func Left(ctx context.Context) (time.Duration, bool) {
	end, bounded := ctx.Deadline()
	if !bounded {
		return 0, false
	}
	return time.Until(end), true
}
