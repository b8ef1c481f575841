package dispatch

import (
	"time"

	"github.com/sony/gobreaker/v2"

	"kefu/internal/connector"
)

const (
	breakAfter = 5               // failures of the whole inbox in a row
	breakFor   = 2 * time.Second // until one probe is let through
)

// lane is what the loop knows of one target: what is in flight, what pauses it. Only the loop's goroutine touches it.
type lane struct {
	Target
	inFlight int
	until    time.Time // monotonic: nothing is claimed before
	breaker  *gobreaker.TwoStepCircuitBreaker[struct{}]
}

func newLane(t Target) *lane {
	return &lane{Target: t, breaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: string(t.Inbox), MaxRequests: 1, Timeout: breakFor,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= breakAfter },
	})}
}

// room tells how many deliveries may be started now, and when to look again if that depends on time (0: it does not).
func (l *lane) room() (n int, wait time.Duration) {
	if rest := time.Until(l.until); rest > 0 {
		return 0, rest
	}
	switch l.breaker.State() {
	case gobreaker.StateOpen:
		return 0, breakFor / 8
	case gobreaker.StateHalfOpen:
		return 1 - l.inFlight, 0
	default:
		return l.Cap - l.inFlight, 0
	}
}

// settle takes a finished attempt into account. A remote that answered, whatever it said, is alive; a failure of the whole inbox counts
// against it; a wait that it asked for pauses exactly what it named.
func (l *lane) settle(r result) {
	l.inFlight--
	if done, err := l.breaker.Allow(); err == nil {
		if r.inboxFailed {
			done(r.err)
		} else {
			done(nil)
		}
	}
	if r.pause > 0 {
		if until := time.Now().Add(r.pause); until.After(l.until) {
			l.until = until
		}
	}
}

// failsInbox tells whether a failure says something about the whole inbox and not just about this message or thread.
func failsInbox(e *connector.SendError) bool {
	return e != nil && e.Scope == connector.ScopeInbox && e.RetryAfter == 0 && e.Class != connector.Permanent
}
