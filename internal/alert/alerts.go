package alert

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// keep is how long an alert can be read after it was cleared.
const keep = 90 * 24 * time.Hour

// Alert is an alert as the API shows it.
type Alert struct {
	ID        string         `json:"id" doc:"Id of the alert." example:"alr_06c0000000000000000000000g"`
	Kind      kefu.AlertKind `json:"kind" enum:"remote_down,queue_age,webhook_failing,webhook_disabled,unanswered,feed_down" doc:"What is wrong."`
	Subject   string         `json:"subject" doc:"Id of the inbox or endpoint that it is about."`
	Severity  kefu.Severity  `json:"severity" enum:"warning,critical" doc:"How soon somebody should look."`
	Summary   string         `json:"summary" doc:"What is wrong, in one line."`
	Detail    map[string]any `json:"detail" doc:"Figures of when it was raised; the members depend on the kind."`
	Count     int64          `json:"count" doc:"How often it was raised while it was open."`
	RaisedAt  time.Time      `json:"raised_at" doc:"Since when it is wrong."`
	UpdatedAt time.Time      `json:"updated_at" doc:"When it was raised again or cleared last."`
	ClearedAt *time.Time     `json:"cleared_at" doc:"When it was well again, or null while it is not."`
}

// State says which alerts are wanted.
type State string

// States of alerts.
const (
	Open    State = "open"
	Cleared State = "cleared"
	All     State = "all"
)

// Alerts reads alerts, for those who may see everything, and forgets old ones.
type Alerts struct{ Store *store.Store }

// List lists alerts, newest first. No state is the open ones.
func (a *Alerts) List(ctx context.Context, by kefu.Caller, s State, p kefu.Paging) (kefu.List[Alert], error) {
	page, err := store.PageOf(p, true)
	if err != nil {
		return kefu.List[Alert]{}, err
	}
	return look(ctx, a, by, func(tx *store.Tx) (kefu.List[Alert], error) {
		rows, err := tx.Alerts(store.AlertFilter{Open: s == Open || s == "", Cleared: s == Cleared}, page)
		return store.CutPage(rows, p, show, func(a kefu.Alert) (time.Time, string) { return a.RaisedAt, a.ID }), err
	})
}

// Read reads one alert.
func (a *Alerts) Read(ctx context.Context, by kefu.Caller, id string) (Alert, error) {
	return look(ctx, a, by, func(tx *store.Tx) (Alert, error) {
		row, err := tx.Alert(id)
		if errors.Is(err, sqldb.ErrNoRows) {
			return Alert{}, kefu.Errorf(kefu.KindNotFound, "no alert with this id")
		}
		return show(row), err
	})
}

// Prune forgets the oldest alerts that were cleared long ago, at most batch of them, and tells how many those were.
func (a *Alerts) Prune(ctx context.Context, batch int) (n int64, err error) {
	err = a.Store.Update(ctx, func(tx *store.Tx) error {
		n, err = tx.PruneAlerts(tx.Now.Add(-keep), batch)
		return err
	})
	return n, err
}

// look reads on one snapshot for a caller who may see everything: alerts tell of every inbox.
func look[T any](ctx context.Context, a *Alerts, by kefu.Caller, fn func(*store.Tx) (T, error)) (out T, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		sight, err := tx.Sight(by)
		if err != nil {
			return err
		}
		if sight.Kind != kefu.SeesAll {
			return kefu.Errorf(kefu.KindForbidden, "alerts are for those who may see everything: they tell of every inbox and endpoint")
		}
		out, err = fn(tx)
		return err
	})
	return out, err
}

func show(a kefu.Alert) Alert {
	out := Alert{ID: a.ID, Kind: a.Kind, Subject: a.Subject, Severity: a.Severity, Summary: a.Summary, Count: a.Count, RaisedAt: a.RaisedAt,
		UpdatedAt: a.UpdatedAt}
	if !a.ClearedAt.IsZero() {
		out.ClearedAt = &a.ClearedAt
	}
	if json.Unmarshal(a.Detail, &out.Detail) != nil || out.Detail == nil {
		out.Detail = map[string]any{}
	}
	return out
}
