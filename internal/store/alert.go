package store

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
)

// Events that tell of alerts. They are for who watches over the program: * does not stand for them.
const (
	EventAlertRaised  = "alert.raised"
	EventAlertCleared = "alert.cleared"
)

const (
	alertColumns  = `id, kind, subject, severity, summary, detail, count, raised_at, updated_at, cleared_at`
	sqlRaiseAlert = `INSERT INTO alert (` + alertColumns + `) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, 0)
ON CONFLICT (kind, subject) WHERE cleared_at = 0 DO UPDATE SET count = alert.count + 1, summary = excluded.summary, detail = excluded.detail,
severity = excluded.severity, updated_at = excluded.updated_at`
	sqlAlert       = `SELECT ` + alertColumns + ` FROM alert WHERE id = $1`
	sqlOpenAlert   = `SELECT ` + alertColumns + ` FROM alert WHERE kind = $1 AND subject = $2 AND cleared_at = 0`
	sqlOpenAlerts  = `SELECT ` + alertColumns + ` FROM alert WHERE cleared_at = 0 ORDER BY kind, subject`
	sqlClearAlert  = `UPDATE alert SET cleared_at = $2, updated_at = $2 WHERE id = $1 AND cleared_at = 0`
	sqlPruneAlerts = `DELETE FROM alert WHERE id IN
(SELECT a.id FROM alert a WHERE a.cleared_at > 0 AND a.cleared_at < $1 ORDER BY a.cleared_at LIMIT CAST($2 AS BIGINT))`
)

// AlertFilter narrows a list of alerts. Both false are all.
type AlertFilter struct{ Open, Cleared bool }

func scanAlert(s sqldb.Scanner) (a kefu.Alert, err error) {
	var raised, updated, cleared int64
	var detail string
	err = s.Scan(&a.ID, &a.Kind, &a.Subject, &a.Severity, &a.Summary, &detail, &a.Count, &raised, &updated, &cleared)
	a.Detail = json.RawMessage(detail)
	a.RaisedAt, a.UpdatedAt, a.ClearedAt = sqldb.Time(raised), sqldb.Time(updated), sqldb.Time(cleared)
	return a, err
}

// RaiseAlert says that something is wrong; true when that was not known before. Kind, Subject, Severity, Summary and Detail are taken.
// An alert that is open is brought up to date, counted, and not told again, unless it has become more severe.
func (tx *Tx) RaiseAlert(a kefu.Alert) (fresh bool, err error) {
	before, err := sqldb.Many(tx.Tx, scanAlert, sqlOpenAlert, a.Kind, a.Subject)
	if err != nil {
		return false, err
	}
	if len(a.Detail) == 0 {
		a.Detail = json.RawMessage("{}")
	}
	a.ID = ident.New("alr")
	if _, err := tx.Exec(sqlRaiseAlert, a.ID, a.Kind, a.Subject, a.Severity, a.Summary, string(a.Detail), tx.now()); err != nil {
		return false, err
	}
	a.RaisedAt = tx.Now
	if len(before) > 0 {
		if before[0].Severity == a.Severity {
			return false, nil
		}
		a.ID, a.RaisedAt = before[0].ID, before[0].RaisedAt
	}
	return true, tx.alertEvent(EventAlertRaised, a)
}

// ClearAlert says that something is well again; false when nothing was known to be wrong.
func (tx *Tx) ClearAlert(kind kefu.AlertKind, subject string) (cleared bool, err error) {
	open, err := sqldb.Many(tx.Tx, scanAlert, sqlOpenAlert, kind, subject)
	if err != nil || len(open) == 0 {
		return false, err
	}
	n, err := tx.Exec(sqlClearAlert, open[0].ID, tx.now())
	if err != nil || n == 0 {
		return false, err
	}
	open[0].ClearedAt = tx.Now
	return true, tx.alertEvent(EventAlertCleared, open[0])
}

// Alert reads one alert; ErrNoRows when there is none.
func (tx *Tx) Alert(id string) (kefu.Alert, error) { return sqldb.One(tx.Tx, scanAlert, sqlAlert, id) }

// OpenAlerts lists what is wrong now, by kind and subject.
func (tx *Tx) OpenAlerts() ([]kefu.Alert, error) { return sqldb.Many(tx.Tx, scanAlert, sqlOpenAlerts) }

// Alerts lists alerts by when they were raised.
func (tx *Tx) Alerts(f AlertFilter, p Page) ([]kefu.Alert, error) {
	q := newQuery(`SELECT ` + alertColumns + ` FROM alert`)
	q.andIf(f.Open, `cleared_at = 0`)
	q.andIf(f.Cleared, `cleared_at > 0`)
	p.after(q, `raised_at`, `id`)
	return list(tx, q, scanAlert)
}

// PruneAlerts forgets the alerts that were cleared first before a time, at most limit of them.
func (tx *Tx) PruneAlerts(before time.Time, limit int) (int64, error) {
	return tx.Exec(sqlPruneAlerts, sqldb.Micros(before), limit)
}

// alertEvent writes the event of an alert. Its members are those of the page on webhooks.
func (tx *Tx) alertEvent(kind string, a kefu.Alert) error {
	data := map[string]any{"alert_id": a.ID, "kind": a.Kind, "subject": a.Subject, "severity": a.Severity, "summary": a.Summary, "detail": a.Detail,
		"raised_at": a.RaisedAt, "cleared_at": nil}
	if !a.ClearedAt.IsZero() {
		data["cleared_at"] = a.ClearedAt
	}
	return tx.AppendEvent(kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: kind, Actor: kefu.System(), Data: json.RawMessage(encode(data))})
}
