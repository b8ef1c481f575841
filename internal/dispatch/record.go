package dispatch

import (
	"context"
	"log/slog"
	"slices"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/store"
)

// record stores the ends of attempts: outcome, attempt, parts, cursor, the next head of the line, and what the mark must know.
func (d *Dispatcher) record(tx *store.Tx, results []result) error {
	locked := make([]kefu.ConversationID, 0, len(results))
	for _, r := range results {
		locked = append(locked, r.job.ConversationID)
	}
	// One order for everybody who locks several, so that two nodes do not wait for each other.
	slices.Sort(locked)
	for _, id := range slices.Compact(locked) {
		if err := tx.HoldConversation(id); err != nil {
			return err
		}
	}
	for _, r := range results {
		if err := d.recordOne(tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dispatcher) recordOne(tx *store.Tx, r result) error {
	j := r.job
	held, err := tx.Finish(j.Delivery.Delivery, d.Node, r.finish)
	if err != nil || !held {
		return err
	}
	if !r.notTried {
		if err := tx.SaveAttempt(r.attempt); err != nil {
			return err
		}
	}
	for _, p := range r.parts {
		if err := tx.SavePart(j.Delivery.Delivery, store.Part{N: p.N, ExternalID: p.ExternalID, Fingerprint: p.Fingerprint}); err != nil {
			return err
		}
	}
	if r.cursor != "" && r.cursor != j.link.Cursor {
		if err := tx.SetCursor(j.LinkID, r.cursor); err != nil {
			return err
		}
	}
	if r.goneThread != "" {
		if _, err := tx.ForgetThread(j.LinkID, r.goneThread); err != nil {
			return err
		}
		if err := tx.ForgetParts(j.ID); err != nil {
			return err
		}
	}
	if !r.finish.State.Final() {
		return d.wakeWaiting(tx, r)
	}
	if err := tx.Promote(j.Line); err != nil {
		return err
	}
	return d.recordFinal(tx, r)
}

// recordFinal lets the mark of a message look, and writes the event of a failure.
func (d *Dispatcher) recordFinal(tx *store.Tx, r result) error {
	j := r.job
	if j.Kind != kefu.DeliverMessage {
		return nil
	}
	if j.link.Role == kefu.RoleCustomer {
		if err := tx.WakeMark(j.MessageID, tx.Now); err != nil {
			return err
		}
	}
	if r.finish.State == kefu.DeliveryFailed || r.finish.State == kefu.DeliveryUncertain {
		return d.Switchboard.RecordFailure(tx, j.message, j.InboxID, r.finish.Reason)
	}
	return nil
}

// wakeWaiting lets a mark that was just shown as waiting look again when its message became final meanwhile.
func (d *Dispatcher) wakeWaiting(tx *store.Tx, r result) error {
	if shown := r.err == nil; r.job.Kind != kefu.DeliverMark || !shown {
		return nil
	}
	fate, ok, err := tx.FateOf(r.job.MessageID)
	if err != nil || !ok || !fate.State.Final() {
		return err
	}
	return tx.WakeMark(r.job.MessageID, tx.Now)
}

// tell logs and measures a recorded attempt, and wakes who waits for its consequences.
func (d *Dispatcher) tell(ctx context.Context, r result) {
	j := r.job
	d.Observe(j.InboxID, j.Kind, r.attempt.Outcome, r.attempt.Duration)
	level := slog.LevelInfo
	args := []any{"ticket_id", j.ticket.ExternalID, "conversation_id", j.ConversationID, "delivery_id", j.ID, "kind", j.Kind, "inbox", j.InboxID,
		"message_id", j.MessageID, "outcome", r.attempt.Outcome, "state", r.finish.State, "took", r.attempt.Duration}
	switch {
	case r.err != nil && r.finish.State.Final():
		level = slog.LevelError
		args = append(args, "error", r.attempt.Error)
	case r.notTried:
		level = slog.LevelDebug
		args = append(args, "retry_in", r.finish.DueIn)
	case r.err != nil:
		level = slog.LevelWarn
		args = append(args, "error", r.attempt.Error, "retry_in", r.finish.DueIn)
	case j.Kind == kefu.DeliverMark:
		level = slog.LevelDebug
	}
	d.Log.Log(ctx, level, "delivery attempted", args...)
	if r.err != nil && r.finish.State.Final() {
		d.Bus.Signal(bus.Events)
	}
}
