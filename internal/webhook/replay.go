package webhook

import (
	"context"
	"slices"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
)

// Limits of a replay's rate, in deliveries a second.
const (
	defaultReplayRate = 50
	maxReplayRate     = 1000
)

// WebhookReplay is a replay as the API shows it.
type WebhookReplay struct {
	ID         string             `json:"id" doc:"Id of the replay." example:"whr_06c0000000000000000000000g"`
	EndpointID kefu.EndpointID    `json:"endpoint_id" doc:"Endpoint that is sent the events again."`
	Events     []string           `json:"events" doc:"Event types that are sent."`
	Status     store.ReplayStatus `json:"status" doc:"Which events: those whose latest delivery to the endpoint failed, was skipped or delivered; any is every event."`
	Since      *time.Time         `json:"since" doc:"Only what happened at this time or later, or null."`
	Until      *time.Time         `json:"until" doc:"Only what happened before this time, or null."`
	PerSecond  int                `json:"per_second" doc:"The most deliveries that are made in a second."`
	State      store.ReplayState  `json:"state" doc:"running, done or cancelled (by a person, or because the endpoint was disabled or deleted)."`
	Made       int64              `json:"made" doc:"Deliveries made so far."`
	CreatedBy  string             `json:"created_by" doc:"Who asked for it."`
	CreatedAt  time.Time          `json:"created_at" doc:"When it was asked for."`
	UpdatedAt  time.Time          `json:"updated_at" doc:"When it went on last."`
	DoneAt     *time.Time         `json:"done_at" doc:"When it ended, or null."`
}

// ReplayRequest says what is to be sent again. Absent members have the default that stands with them.
type ReplayRequest struct {
	Events    []string           `json:"events,omitempty" doc:"Event types: exact words, message.* or *. Without it, those that the endpoint wants."`
	Since     time.Time          `json:"since,omitzero" doc:"Only what happened at this time or later."`
	Until     time.Time          `json:"until,omitzero" doc:"Only what happened before this time."`
	Status    store.ReplayStatus `json:"status,omitempty" enum:"failed,skipped,delivered,any" doc:"Which events: those whose latest delivery to the endpoint failed (the default), was skipped or delivered; any is every event that is kept, sent before or not."`
	PerSecond int                `json:"per_second,omitempty" minimum:"1" maximum:"1000" doc:"The most deliveries that are made in a second, 1 to 1000; 50 without it."`
}

// replay checks what is asked for and names every fault.
func (q ReplayRequest) replay(e kefu.Endpoint) (store.WebhookReplay, error) {
	r := store.WebhookReplay{ID: ident.New("whr"), EndpointID: e.ID, Status: q.Status, Since: q.Since.UTC(), Until: q.Until.UTC(), PerSecond: q.PerSecond,
		State: store.ReplayRunning}
	var f kefu.Faults
	words := e.Events
	if q.Events != nil {
		words = q.Events
		CheckEvents(&f, words)
	}
	r.Types = Expand(words)
	if r.Status == "" {
		r.Status = store.ReplayFailed
	}
	if !slices.Contains([]store.ReplayStatus{store.ReplayFailed, store.ReplaySkipped, store.ReplayDelivered, store.ReplayAny}, r.Status) {
		f.Add("status", "must be failed, skipped, delivered or any")
	}
	if r.PerSecond == 0 {
		r.PerSecond = defaultReplayRate
	}
	if r.PerSecond < 1 || r.PerSecond > maxReplayRate {
		f.Add("per_second", "must be 1 to %d", maxReplayRate)
	}
	if !r.Since.IsZero() && !r.Until.IsZero() && !r.Since.Before(r.Until) {
		f.Add("until", "must be later than since")
	}
	return r, f.Err("the replay cannot be made")
}

// Replay has an endpoint sent many events again: those that there are now, little by little, each once, with the webhook-id that it had.
func (w *Webhooks) Replay(ctx context.Context, ask kefu.Ask, id kefu.EndpointID, q ReplayRequest) (WebhookReplay, error) {
	if err := mayUse(ask.Caller); err != nil {
		return WebhookReplay{}, err
	}
	return do(ctx, w, ask, func(tx *store.Tx) (WebhookReplay, error) {
		e, err := w.lockEndpoint(tx, ask, id)
		if err != nil {
			return WebhookReplay{}, err
		}
		r, err := q.replay(e)
		if err != nil {
			return WebhookReplay{}, err
		}
		if !e.Enabled {
			return WebhookReplay{}, kefu.Errorf(kefu.KindConflict, "the endpoint is disabled: enable it first")
		}
		if err := alone(tx, id); err != nil {
			return WebhookReplay{}, err
		}
		r.CreatedBy = ask.Caller.ID
		if err := tx.InsertReplay(r); err != nil {
			return WebhookReplay{}, err
		}
		r.CreatedAt, r.UpdatedAt = tx.Now, tx.Now
		out := showReplay(r)
		return out, tx.Audit(ask.Caller, "webhook_replay.started", r.ID, map[string]any{"endpoint_id": id, "events": r.Types, "status": r.Status,
			"since": out.Since, "until": out.Until, "per_second": r.PerSecond})
	})
}

// alone refuses a second replay of an endpoint, which is locked.
func alone(tx *store.Tx, id kefu.EndpointID) error {
	all, err := tx.RunningReplays()
	for _, r := range all {
		if r.EndpointID == id {
			return kefu.Errorf(kefu.KindConflict, "a replay of this endpoint is running: wait until %s is done, or cancel it", r.ID)
		}
	}
	return err
}

// CancelReplay ends a replay; what it made is sent all the same. One that has ended stays as it is.
func (w *Webhooks) CancelReplay(ctx context.Context, ask kefu.Ask, id string) error {
	if err := mayUse(ask.Caller); err != nil {
		return err
	}
	_, err := do(ctx, w, ask, func(tx *store.Tx) (struct{}, error) {
		r, err := tx.LockReplay(id)
		if err != nil {
			return struct{}{}, found(err, "replay")
		}
		if err := ask.Match(showReplay(r)); err != nil || r.State != store.ReplayRunning {
			return struct{}{}, err
		}
		r.State = store.ReplayCancelled
		if err := tx.SaveReplay(r); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ask.Caller, "webhook_replay.cancelled", id, map[string]any{"endpoint_id": r.EndpointID, "made": r.Made})
	})
	return err
}

// ReplayOf reads one replay.
func (w *Webhooks) ReplayOf(ctx context.Context, by kefu.Caller, id string) (WebhookReplay, error) {
	if err := mayUse(by); err != nil {
		return WebhookReplay{}, err
	}
	return look(ctx, w, func(tx *store.Tx) (WebhookReplay, error) {
		r, err := tx.Replay(id)
		return showReplay(r), found(err, "replay")
	})
}

// Replays lists replays, newest first: of one endpoint, or of all ("").
func (w *Webhooks) Replays(ctx context.Context, by kefu.Caller, endpoint kefu.EndpointID, p kefu.Paging) (kefu.List[WebhookReplay], error) {
	if err := mayUse(by); err != nil {
		return kefu.List[WebhookReplay]{}, err
	}
	page, err := store.PageOf(p, true)
	if err != nil {
		return kefu.List[WebhookReplay]{}, err
	}
	return look(ctx, w, func(tx *store.Tx) (kefu.List[WebhookReplay], error) {
		rows, err := tx.Replays(endpoint, page)
		return store.CutPage(rows, p, showReplay, func(r store.WebhookReplay) (time.Time, string) { return r.CreatedAt, r.ID }), err
	})
}

func showReplay(r store.WebhookReplay) WebhookReplay {
	return WebhookReplay{ID: r.ID, EndpointID: r.EndpointID, Events: append([]string{}, r.Types...), Status: r.Status, Since: orNull(r.Since),
		Until: orNull(r.Until), PerSecond: r.PerSecond, State: r.State, Made: r.Made, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
		UpdatedAt: r.UpdatedAt, DoneAt: orNull(r.DoneAt)}
}
