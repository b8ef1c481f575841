package webhook

import (
	"time"

	"kefu"
)

// schedules are the pauses after each failed attempt (contracts: webhooks, "Retries"). The first attempt is at once.
var schedules = map[kefu.RetrySchedule][]time.Duration{
	kefu.ScheduleStandard: {time.Second, 5 * time.Second, 30 * time.Second},
	kefu.ScheduleExtended: {5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour,
		20 * time.Hour, 24 * time.Hour},
}

const (
	// jitter is how far the pauses of the extended schedule move to either side, so that a receiver that comes back is not run over.
	jitter = 0.2
	// longestPause bounds what a receiver may ask for.
	longestPause = 24 * time.Hour
)

// Pause tells how long after the end of failed attempt number n (1 is the first) the next one follows; false when there is none. luck is a
// random number from 0 to 1; it and retryAfter, what the receiver asked for, count on the extended schedule only.
func Pause(s kefu.RetrySchedule, n int, retryAfter time.Duration, luck float64) (time.Duration, bool) {
	pauses := schedules[s]
	if n < 1 || n > len(pauses) {
		return 0, false
	}
	pause := pauses[n-1]
	if s != kefu.ScheduleExtended {
		return pause, true
	}
	pause += time.Duration((2*luck - 1) * jitter * float64(pause))
	return max(pause, min(retryAfter, longestPause)), true
}

// Attempts is how many attempts a delivery of an endpoint has by itself. A test has one.
func Attempts(s kefu.RetrySchedule, cause kefu.WebhookCause) int {
	if cause == kefu.CauseTest {
		return 1
	}
	return len(schedules[s]) + 1
}
