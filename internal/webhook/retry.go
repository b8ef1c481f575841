package webhook

import (
	"context"
	"errors"
	"maps"
	"slices"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// MaxRetries is how many deliveries can be asked for again at once.
const MaxRetries = 200

// RetryResult is what became of one delivery that was asked for again.
type RetryResult struct {
	ID         string  `json:"id" doc:"Delivery that was asked for again."`
	DeliveryID *string `json:"delivery_id" doc:"The new delivery, or null."`
	Error      *string `json:"error" doc:"Why there is none, or null."`
}

// RetryResults are what became of many.
type RetryResults struct {
	Items []RetryResult `json:"items" doc:"One for each id, in their order."`
}

// Retry sends the event of a delivery that is final once more: as a new delivery with a schedule of its own, and the same webhook-id.
func (w *Webhooks) Retry(ctx context.Context, ask kefu.Ask, id string) (WebhookDelivery, error) {
	if err := mayUse(ask.Caller); err != nil {
		return WebhookDelivery{}, err
	}
	return do(ctx, w, ask, func(tx *store.Tx) (WebhookDelivery, error) {
		old, err := delivery(tx, id)
		if err != nil {
			return WebhookDelivery{}, err
		}
		e, err := tx.LockEndpoint(old.EndpointID)
		if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
			return WebhookDelivery{}, err
		}
		n, err := again(tx, ask.Caller, e, old)
		if err != nil {
			return WebhookDelivery{}, err
		}
		d, err := tx.WebhookDelivery(n)
		return showDelivery(d), err
	})
}

// RetryMany is Retry of each of a selection: what cannot be sent again says why, and holds up no other.
func (w *Webhooks) RetryMany(ctx context.Context, ask kefu.Ask, ids []string) (RetryResults, error) {
	if err := mayUse(ask.Caller); err != nil {
		return RetryResults{}, err
	}
	var f kefu.Faults
	if len(ids) == 0 || len(ids) > MaxRetries {
		f.Add("ids", "must have 1 to %d deliveries", MaxRetries)
	}
	if err := f.Err("nothing can be sent again"); err != nil {
		return RetryResults{}, err
	}
	return do(ctx, w, ask, func(tx *store.Tx) (RetryResults, error) {
		s, err := selected(tx, ids)
		if err != nil {
			return RetryResults{}, err
		}
		out := RetryResults{Items: make([]RetryResult, 0, len(ids))}
		done := map[string]RetryResult{} // an id that is given twice is meant once
		for _, id := range ids {
			result, ok := done[id]
			if !ok {
				if result, err = s.retry(tx, ask.Caller, id); err != nil {
					return RetryResults{}, err
				}
				done[id] = result
			}
			out.Items = append(out.Items, result)
		}
		return out, nil
	})
}

// selection is what a person picked from the log.
type selection struct {
	deliveries map[string]kefu.WebhookDelivery
	endpoints  map[kefu.EndpointID]kefu.Endpoint
}

// selected reads a selection and holds its endpoints, in an order that is the same for everybody.
func selected(tx *store.Tx, ids []string) (selection, error) {
	s := selection{map[string]kefu.WebhookDelivery{}, map[kefu.EndpointID]kefu.Endpoint{}}
	for _, id := range ids {
		d, err := delivery(tx, id)
		switch {
		case err == nil:
			s.deliveries[id], s.endpoints[d.EndpointID] = d, kefu.Endpoint{}
		case kefu.KindOf(err) != kefu.KindNotFound:
			return s, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.endpoints)) {
		e, err := tx.LockEndpoint(id)
		if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
			return s, err
		}
		s.endpoints[id] = e
	}
	return s, nil
}

// retry sends one of the selection again, or says in its result why not.
func (s selection) retry(tx *store.Tx, by kefu.Caller, id string) (RetryResult, error) {
	old, ok := s.deliveries[id]
	err := found(sqldb.ErrNoRows, "delivery")
	if ok {
		var n int64
		if n, err = again(tx, by, s.endpoints[old.EndpointID], old); err == nil {
			fresh := DeliveryID(n)
			return RetryResult{ID: id, DeliveryID: &fresh}, nil
		}
	}
	if public := new(kefu.Error); errors.As(err, &public) {
		return RetryResult{ID: id, Error: &public.Msg}, nil
	}
	return RetryResult{}, err
}

// again makes a new delivery of the event of an old one. The endpoint must be locked; the zero one is none.
func again(tx *store.Tx, by kefu.Caller, e kefu.Endpoint, old kefu.WebhookDelivery) (int64, error) {
	if err := mayRepeat(e, old); err != nil {
		return 0, err
	}
	twin, err := tx.QueuedTwin(old.EndpointID, old.EventID)
	if err != nil {
		return 0, err
	}
	if twin > 0 {
		return 0, kefu.Errorf(kefu.KindConflict, "the same event waits to be sent to this endpoint already: %s", DeliveryID(twin))
	}
	n, err := tx.DeliverAgain(old.EndpointID, old.EventN, kefu.CauseRetry)
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, kefu.Errorf(kefu.KindConflict, "the event is no longer kept, so it cannot be sent again")
	}
	if err != nil {
		return 0, err
	}
	return n, tx.Audit(by, "webhook_delivery.retried", DeliveryID(old.N), map[string]any{"delivery_id": DeliveryID(n), "endpoint_id": old.EndpointID})
}

// mayRepeat refuses in words what cannot be sent again.
func mayRepeat(e kefu.Endpoint, old kefu.WebhookDelivery) error {
	switch {
	case old.Cause == kefu.CauseTest:
		return kefu.Errorf(kefu.KindConflict, "this was a test: test the endpoint again instead")
	case !old.State.Final():
		return kefu.Errorf(kefu.KindConflict, "it is still %s: wait until it has arrived or failed", old.State)
	case e.ID == "" || !e.DeletedAt.IsZero():
		return kefu.Errorf(kefu.KindConflict, "the endpoint was deleted")
	case !e.Enabled:
		return kefu.Errorf(kefu.KindConflict, "the endpoint is disabled: enable it first")
	}
	return nil
}
