package webhook

import (
	"context"
	"slices"

	"kefu"
	"kefu/internal/store"
)

// subscriptions are the exact event types that an endpoint is to be told of now.
func subscriptions(e kefu.Endpoint) []string {
	if !e.Enabled || !e.DeletedAt.IsZero() {
		return nil
	}
	return Expand(e.Events)
}

// turned does what follows when a person enables or disables an endpoint. Enabled, it begins anew: what failed before says nothing about what
// is sent from now on. Disabled, nothing more can fail or arrive, so no alert would ever end.
func turned(tx *store.Tx, before kefu.Endpoint, e *kefu.Endpoint) error {
	if before.Enabled == e.Enabled {
		return nil
	}
	if e.Enabled {
		e.DisabledWhy = ""
		e.Health = kefu.EndpointHealth{LastSuccessAt: e.Health.LastSuccessAt, LastFailureAt: e.Health.LastFailureAt}
		if err := tx.SetEndpointHealth(e.ID, e.Health); err != nil {
			return err
		}
	}
	return settled(tx, e.ID)
}

// settled ends the alerts that an endpoint's failures caused.
func settled(tx *store.Tx, id kefu.EndpointID) error {
	for _, kind := range []kefu.AlertKind{kefu.AlertWebhookFailing, kefu.AlertWebhookDisabled} {
		if _, err := tx.ClearAlert(kind, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// Resubscribe brings subscriptions up to date with the catalogue: what * and message.* stand for may have grown with the program. It is
// called when the program starts, and changes nothing when it is called again.
func (w *Webhooks) Resubscribe(ctx context.Context) error {
	changed, err := update(ctx, w, func(tx *store.Tx) (changed int, err error) {
		have, err := tx.Subscriptions()
		if err != nil {
			return 0, err
		}
		all, err := tx.LiveEndpoints()
		if err != nil {
			return 0, err
		}
		for _, e := range all {
			if same(have[e.ID], subscriptions(e)) {
				continue
			}
			if e, err = tx.LockEndpoint(e.ID); err != nil { // it may be changed meanwhile
				return 0, err
			}
			if err := tx.Subscribe(e.ID, subscriptions(e)); err != nil {
				return 0, err
			}
			changed++
		}
		return changed, nil
	})
	if changed > 0 {
		w.Log.InfoContext(ctx, "subscriptions of webhooks were brought up to date", "endpoints", changed)
	}
	return err
}

func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
