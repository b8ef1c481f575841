package dispatch

import (
	"context"
	"log/slog"
	"time"

	"kefu"
	"kefu/internal/bus"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// record stores the ends of attempts: outcome, attempt, parts, cursor, the next head of the line, and what the mark must know. It goes
// through all results step by step instead of through all steps result by result, because a step costs a round trip.
func (d *Dispatcher) record(tx *store.Tx, results []result) error {
	locked := make([]kefu.ConversationID, 0, len(results))
	for _, r := range results {
		locked = append(locked, r.job.ConversationID)
	}
	if err := tx.HoldConversations(locked); err != nil {
		return err
	}
	b := tx.Batch()
	for _, r := range results {
		b.Finish(r.job.Delivery.Delivery, d.Node, r.finish)
	}
	changed, err := b.Run()
	if err != nil {
		return err
	}
	held := make([]result, 0, len(results))
	for i, r := range results {
		if changed[i] > 0 {
			held = append(held, r)
			r.recordEnd(b, tx.Now)
		}
	}
	if _, err := b.Run(); err != nil {
		return err
	}
	for _, r := range held {
		if err := d.recordAfter(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// recordEnd adds what is stored of one attempt besides where its delivery stands.
func (r *result) recordEnd(b *store.Batch, now time.Time) {
	j := r.job
	if !r.notTried {
		b.SaveAttempt(r.attempt)
	}
	for _, p := range r.parts {
		b.SavePart(j.Delivery.Delivery, store.Part{N: p.N, ExternalID: p.ExternalID, Fingerprint: p.Fingerprint})
	}
	if r.cursor != "" && r.cursor != j.link.Cursor {
		b.SetCursor(j.InboxID, j.link.ExternalID, r.cursor)
	}
	if r.goneThread != "" {
		b.ForgetThread(j.LinkID, r.goneThread)
		b.ForgetParts(j.ID)
	}
	if j.Kind == kefu.DeliverMark {
		b.LookAgain(j.ID, now)
	}
	if !r.finish.State.Final() {
		return
	}
	b.Promote(j.Line)
	if j.Kind == kefu.DeliverMessage && j.link.Role == kefu.RoleCustomer {
		b.WakeMark(j.MessageID, now)
	}
}

// recordAfter does the little that depends on what has been recorded: the event of a failure.
func (d *Dispatcher) recordAfter(tx *store.Tx, r result) error {
	if r.job.Kind == kefu.DeliverMessage && (r.finish.State == kefu.DeliveryFailed || r.finish.State == kefu.DeliveryUncertain) {
		return d.Switchboard.RecordFailure(tx, r.job.message, r.job.InboxID, r.finish.Reason)
	}
	if r.job.Kind == kefu.DeliverStanding && r.finish.State.Final() && r.goneThread == "" {
		return d.Switchboard.StandingShown(tx, r.job.link, r.job.asked, r.shown())
	}
	return nil
}

// shown is what a thread has after a difference was carried there. One that could not be carried is not expected there any more: what is
// read then would else be taken for somebody's wish to undo it.
func (r *result) shown() connector.Standing {
	if r.err != nil || r.finish.State != kefu.DeliveryDelivered {
		return r.job.asked.From
	}
	return r.job.has
}

// tell logs and measures a recorded attempt, and wakes who waits for its consequences.
func (d *Dispatcher) tell(ctx context.Context, r result) {
	j := r.job
	d.Observe(j.InboxID, j.Kind, r.attempt.Outcome, r.attempt.Duration)
	level := slog.LevelInfo
	args := []any{"ticket_id", j.link.TicketName, "conversation_id", j.ConversationID, "delivery_id", j.ID, "kind", j.Kind, "inbox", j.InboxID,
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
	if j.Kind == kefu.DeliverStanding {
		d.Bus.Signal(bus.Looks)
	}
}
