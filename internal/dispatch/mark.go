package dispatch

import (
	"context"
	"encoding/json"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/switchboard"
)

// sendMark shows what became of a message where it was written. The mark's payload keeps what is shown; a mark whose message is still on
// its way stays queued until a final outcome wakes it.
func (d *Dispatcher) sendMark(ctx context.Context, j *job) error {
	if j.lane.Can.Marker == nil || !j.hasFate || j.marked == "" && !j.fate.State.Final() {
		return errNothing
	}
	var shown switchboard.MarkPayload
	if err := json.Unmarshal(j.Payload, &shown); err != nil {
		return permanent("the stored mark cannot be read")
	}
	state := markState(j)
	if state == shown.Shown {
		return nil
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

func markState(j *job) connector.MarkState {
	switch j.fate.State {
	case kefu.DeliveryDelivered:
		switch {
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
