package webhook

import (
	"time"

	"kefu"
)

// An endpoint that had nothing but failures for so long, and so many of them, is disabled; half of both is said.
const (
	giveUpAfter    = 24 * time.Hour
	giveUpFailures = 20
)

// Verdict is what an endpoint's health calls for.
type Verdict int

// Verdicts.
const (
	VerdictNone Verdict = iota
	VerdictWarn
	VerdictDisable
)

// Judge says what an endpoint's health calls for. It is pure.
func Judge(h kefu.EndpointHealth, now time.Time) Verdict {
	if h.FailingSince.IsZero() {
		return VerdictNone
	}
	switch lasted := now.Sub(h.FailingSince); {
	case lasted >= giveUpAfter && h.Failures >= giveUpFailures:
		return VerdictDisable
	case lasted >= giveUpAfter/2 && h.Failures >= giveUpFailures/2 && h.WarnedAt.IsZero():
		return VerdictWarn
	}
	return VerdictNone
}

// Failed is the health after another failure at a time.
func Failed(h kefu.EndpointHealth, at time.Time) kefu.EndpointHealth {
	if h.FailingSince.IsZero() {
		h.FailingSince = at
	}
	h.Failures++
	h.LastFailureAt = at
	return h
}

// Arrived is the health after a success at a time.
func Arrived(h kefu.EndpointHealth, at time.Time) kefu.EndpointHealth {
	return kefu.EndpointHealth{LastSuccessAt: at, LastFailureAt: h.LastFailureAt}
}
