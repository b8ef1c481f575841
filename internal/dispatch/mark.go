package dispatch

import (
	"context"
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/switchboard"
)

// copyWait is how long a mark waits for the message that it is to stand beside.
const copyWait = 300 * time.Millisecond

// sendMark shows what became of a message where it was written. The mark's payload keeps what is shown; a mark whose message is still on
// its way stays queued until a final outcome wakes it.
func (d *Dispatcher) sendMark(ctx context.Context, j *job) error {
	if j.lane.Can.Marker == nil || !j.hasFate {
		return errNothing
	}
	if j.marked == "" && j.copying {
		return &connector.SendError{Class: connector.Retryable, Scope: connector.ScopeThread, RetryAfter: copyWait, NotTried: true, Reason: "the message is not shown here yet"}
	}
	var shown switchboard.MarkPayload
	if err := json.Unmarshal(j.Payload, &shown); err != nil {
		return permanent("the stored mark cannot be read")
	}
	state := markState(j, d.changes(j.fate.InboxID))
	if state == shown.Shown || j.marked == "" && (state == connector.MarkWaiting || state == connector.MarkDelivered) {
		return nil // there is nothing to show it beside; what went wrong is told all the same
	}
	m := connector.Mark{DeliveryID: j.ID, Thread: j.thread(), ExternalID: j.marked, State: state, Previous: shown.Shown, Reason: j.fate.Reason, Unsure: j.Unsure}
	if state == connector.MarkFailed || state == connector.MarkUncertain {
		m.Retry = j.fate.Delivery
	}
	if err := j.lane.Can.Marker.Mark(ctx, m); err != nil {
		return err
	}
	payload, err := json.Marshal(switchboard.MarkPayload{Shown: state})
	j.Payload = payload
	return err
}

// changes tells whether a customer's side can change what it has: edits and deletions are carried there, and nothing is to be said of them.
func (d *Dispatcher) changes(inbox kefu.InboxID) bool {
	for _, l := range d.lanes {
		if l.Inbox == inbox {
			return l.Can.Changer != nil
		}
	}
	return false
}

func markState(j *job, changes bool) connector.MarkState {
	switch j.fate.State {
	case kefu.DeliveryDelivered:
		switch {
		case changes:
			return connector.MarkDelivered
		case j.message.Meta.Deleted:
			return connector.MarkDeletedLater
		case j.message.Meta.Edited:
			return connector.MarkEditedLater
		}
		return connector.MarkDelivered
	case kefu.DeliveryFailed:
		return connector.MarkFailed
	case kefu.DeliveryUncertain:
		return connector.MarkUncertain
	case kefu.DeliverySkipped:
		return connector.MarkNote
	}
	return connector.MarkWaiting
}
