package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/websig"
)

// WebhookDelivery is a delivery as the API shows it. It is called so in the document, where the delivery of a message stands as well.
type WebhookDelivery struct {
	ID         string             `json:"id" doc:"Id of the delivery, as in X-Webhook-Delivery." example:"whd_1234"`
	EndpointID kefu.EndpointID    `json:"endpoint_id" doc:"Endpoint that it goes to."`
	EventID    kefu.EventID       `json:"event_id" doc:"Id of the event, as in webhook-id: the same in every attempt, retry and replay."`
	Event      string             `json:"event" doc:"Type of the event." example:"ticket.created"`
	Cause      kefu.WebhookCause  `json:"cause" doc:"Why it is delivered: event (it happened), retry, replay or test (somebody asked)."`
	State      kefu.DeliveryState `json:"state" doc:"queued, sending (a test alone), delivered, failed or skipped (the endpoint was disabled or deleted)."`
	Attempts   int                `json:"attempts" doc:"How many attempts were made."`
	DueAt      *time.Time         `json:"due_at" doc:"When the next attempt is due, or null."`
	Status     *int               `json:"status" doc:"HTTP status of the last answer, or null."`
	Error      string             `json:"error" doc:"Class of the last failure, empty when it arrived: status, redirect, timeout, dns, connect, tls, broken, answer, blocked, payload or stopped."`
	CreatedAt  time.Time          `json:"created_at" doc:"When it was made."`
	DoneAt     *time.Time         `json:"done_at" doc:"When it was final, or null."`
}

// WebhookLog is one delivery with all that is known of it.
type WebhookLog struct {
	WebhookDelivery

	AttemptLog []WebhookAttempt `json:"attempt_log" doc:"Every attempt, the first one first."`
	Payload    json.RawMessage  `json:"payload" doc:"What is sent, without the signature; null when the event is no longer kept."`
}

// WebhookAttempt is one try as the API shows it.
type WebhookAttempt struct {
	No         int       `json:"no" doc:"Its number; 1 is the first."`
	StartedAt  time.Time `json:"started_at" doc:"When it began."`
	DurationMS int64     `json:"duration_ms" doc:"How long it took, in milliseconds."`
	Status     *int      `json:"status" doc:"HTTP status of the answer, or null."`
	Error      string    `json:"error" doc:"Class of the failure; empty when it arrived."`
	Answer     string    `json:"answer" doc:"Beginning of the answer, at most 4 KiB."`
	Address    string    `json:"address" doc:"Where it was sent, IP and port; empty when there was no connection."`
}

// DeliveryQuery narrows the log; zero members do not. Since and Until are of when a delivery was made.
type DeliveryQuery struct {
	EndpointID   kefu.EndpointID
	State        kefu.DeliveryState
	Event        string
	EventID      kefu.EventID
	Cause        kefu.WebhookCause
	Since, Until time.Time
}

// Deliveries lists deliveries, newest first.
func (w *Webhooks) Deliveries(ctx context.Context, by kefu.Caller, q DeliveryQuery, p kefu.Paging) (kefu.List[WebhookDelivery], error) {
	var out kefu.List[WebhookDelivery]
	if err := mayUse(by); err != nil {
		return out, err
	}
	at, err := p.Place()
	if err != nil {
		return out, err
	}
	return look(ctx, w, func(tx *store.Tx) (kefu.List[WebhookDelivery], error) {
		rows, err := tx.WebhookDeliveries(store.WebhookFilter{EndpointID: q.EndpointID, State: q.State, EventType: q.Event, EventID: q.EventID,
			Cause: q.Cause, Since: q.Since, Until: q.Until, Before: at.Key, Limit: p.Size() + 1})
		out := kefu.List[WebhookDelivery]{Items: make([]WebhookDelivery, 0, len(rows))}
		for i, d := range rows {
			if i == p.Size() {
				out.NextCursor = kefu.Place{Key: rows[i-1].N}.Cursor()
				break
			}
			out.Items = append(out.Items, showDelivery(d))
		}
		return out, err
	})
}

// Delivery reads one delivery with its attempts and what is sent.
func (w *Webhooks) Delivery(ctx context.Context, by kefu.Caller, id string) (WebhookLog, error) {
	if err := mayUse(by); err != nil {
		return WebhookLog{}, err
	}
	return look(ctx, w, func(tx *store.Tx) (WebhookLog, error) {
		d, err := delivery(tx, id)
		if err != nil {
			return WebhookLog{}, err
		}
		return w.log(tx, d)
	})
}

// delivery finds a delivery by the id that people have.
func delivery(tx *store.Tx, id string) (kefu.WebhookDelivery, error) {
	n, ok := ParseDeliveryID(id)
	if !ok {
		return kefu.WebhookDelivery{}, found(sqldb.ErrNoRows, "delivery")
	}
	d, err := tx.WebhookDelivery(n)
	return d, found(err, "delivery")
}

// log reads what is known of a delivery.
func (w *Webhooks) log(tx *store.Tx, d kefu.WebhookDelivery) (WebhookLog, error) {
	attempts, err := tx.WebhookAttempts(d.N)
	if err != nil {
		return WebhookLog{}, err
	}
	out := WebhookLog{WebhookDelivery: showDelivery(d), AttemptLog: make([]WebhookAttempt, 0, len(attempts))}
	for _, a := range attempts {
		out.AttemptLog = append(out.AttemptLog, WebhookAttempt{No: a.No, StartedAt: a.StartedAt, DurationMS: a.Duration.Milliseconds(),
			Status: statusOrNull(a.Status), Error: a.Error, Answer: a.Answer, Address: a.Address})
	}
	out.Payload, err = w.sent(tx, d)
	return out, err
}

// sent is what a delivery sends: written from the event while that is kept, else what is left of an attempt, else nothing.
func (w *Webhooks) sent(tx *store.Tx, d kefu.WebhookDelivery) (json.RawMessage, error) {
	e, err := tx.Endpoint(d.EndpointID)
	if err == nil && d.EventN > 0 {
		var row store.EventRow
		if row, err = tx.EventByN(d.EventN); err == nil {
			return w.Payload(row.Event, e.Timestamps, d.CreatedAt)
		}
	}
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) || d.Body == "" {
		return nil, ignoreNoRows(err)
	}
	b0, _, err := websig.Strip([]byte(d.Body))
	return b0, err
}

func ignoreNoRows(err error) error {
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil
	}
	return err
}

func showDelivery(d kefu.WebhookDelivery) WebhookDelivery {
	out := WebhookDelivery{ID: DeliveryID(d.N), EndpointID: d.EndpointID, EventID: d.EventID, Event: d.EventType, Cause: d.Cause, State: d.State,
		Attempts: d.Attempts, Status: statusOrNull(d.Status), Error: d.Error, CreatedAt: d.CreatedAt, DoneAt: orNull(d.DoneAt)}
	if d.State == kefu.DeliveryQueued {
		out.DueAt = orNull(d.DueAt)
	}
	return out
}

func statusOrNull(status int) *int {
	if status == 0 {
		return nil
	}
	return &status
}
