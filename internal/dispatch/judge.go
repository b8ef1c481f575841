package dispatch

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// The policy of trying again.
const (
	firstWait   = time.Second
	longestWait = 10 * time.Minute
	giveUpAfter = 24 * time.Hour
	// longestAsked bounds what a remote may ask us to wait; nothing is due later than this after it was written.
	longestAsked = 15 * time.Minute
	markPatience = 12 * time.Minute
)

// judge turns the end of an attempt into what is stored of it.
func (d *Dispatcher) judge(j *job, receipt connector.Receipt, err error, started time.Time) result {
	r := result{job: j, parts: receipt.Parts, cursor: receipt.Cursor, err: err,
		attempt: kefu.Attempt{DeliveryID: j.ID, StartedAt: started, Duration: time.Since(started), Outcome: kefu.OutcomeDelivered}}
	r.finish = store.Finish{State: kefu.DeliveryDelivered, Counts: true, Payload: j.Payload}
	if len(receipt.Parts) > 0 {
		r.attempt.ExternalID = receipt.Parts[len(receipt.Parts)-1].ExternalID
	}
	switch {
	case errors.Is(err, errNothing):
		r.finish.State, r.err = kefu.DeliverySkipped, nil
	case err != nil:
		r.fail(connector.Failure(err))
	case j.Kind == kefu.DeliverMark && !j.fate.State.Final():
		// Shown as waiting; the outcome wakes it, and this is for the case that nobody does.
		r.finish.State, r.finish.DueIn = kefu.DeliveryQueued, markPatience
	}
	return r
}

func (r *result) fail(e *connector.SendError) {
	j := r.job
	r.inboxFailed, r.notTried = failsInbox(e), e.NotTried
	r.attempt.Error, r.finish.Reason = e.Error(), e.Reason
	r.finish.State, r.finish.Unsure = kefu.DeliveryQueued, j.Unsure
	r.attempt.Outcome = kefu.OutcomeFailed
	r.finish.DueIn = backoff(j.Attempts)
	switch e.Class {
	case connector.Permanent:
		r.finish.State = kefu.DeliveryFailed
		return
	case connector.Gone:
		r.gone(j)
		return
	case connector.Uncertain:
		r.attempt.Outcome, r.finish.Unsure = kefu.OutcomeUncertain, true
		if !j.lane.Looks {
			r.finish.State = kefu.DeliveryUncertain
			return
		}
	}
	if e.RetryAfter > 0 {
		wait := min(e.RetryAfter, longestAsked)
		r.attempt.Outcome, r.finish.Counts, r.finish.DueIn = kefu.OutcomeWaiting, false, wait
		if e.Scope == connector.ScopeInbox {
			r.pause = wait
		}
	}
	r.expire()
}

// gone forgets the thread: it is opened again at once. A customer's thread that does not exist any more cannot be.
func (r *result) gone(j *job) {
	r.attempt.Outcome = kefu.OutcomeGone
	switch {
	case j.link.Role != kefu.RoleDesk:
		r.finish.State = kefu.DeliveryFailed
	case j.Kind == kefu.DeliverMessage || j.Kind == kefu.DeliverOpen:
		r.goneThread, r.finish.Unsure, r.finish.DueIn = j.link.ExternalID, false, 0
	default:
		r.goneThread, r.finish.State = j.link.ExternalID, kefu.DeliverySkipped
	}
	if j.Attempts > 5 {
		r.finish.DueIn = backoff(j.Attempts) // it vanishes again and again: somebody or something deletes it
	}
}

// expire ends what was tried for too long. What may have arrived is uncertain, and shown as such.
func (r *result) expire() {
	if age := time.Since(r.job.QueuedAt); age < giveUpAfter {
		return
	}
	r.finish.State = kefu.DeliveryFailed
	if r.finish.Unsure {
		r.finish.State = kefu.DeliveryUncertain
	}
	r.finish.Reason = cmp.Or(r.finish.Reason, "it was tried for 24 hours")
}

// backoff is the wait before the next try: doubling from a second to ten minutes, the second half of it random.
func backoff(tries int) time.Duration {
	wait := min(firstWait<<min(tries, 20), longestWait)
	return wait/2 + rand.N(wait/2+1)
}
