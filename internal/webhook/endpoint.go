package webhook

import (
	"context"
	"slices"
	"time"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/websig"
)

// MaxEndpoints is how many endpoints there may be.
const MaxEndpoints = 1000

const endpointNoun = "endpoint"

// CreateEndpoint makes an endpoint and shows its signing secret, this once: the one that was given, or a new one.
func (w *Webhooks) CreateEndpoint(ctx context.Context, ask kefu.Ask, ch EndpointChange) (NewEndpoint, error) {
	if err := mayUse(ask.Caller); err != nil {
		return NewEndpoint{}, err
	}
	unreachable := w.refuseURL(ctx, ch.URL.Value) // asks the network, so before the transaction
	return do(ctx, w, ask, func(tx *store.Tx) (NewEndpoint, error) {
		t := Target{Endpoint: kefu.Endpoint{ID: kefu.EndpointID(ident.New("whe")), Enabled: true, Auth: kefu.AuthNone, CreatedBy: ask.Caller.ID,
			CreatedAt: tx.Now, UpdatedAt: tx.Now}}
		t.reset()
		if err := ch.create(&t, unreachable); err != nil {
			return NewEndpoint{}, err
		}
		if enabled, disabled, err := tx.CountEndpoints(); err != nil {
			return NewEndpoint{}, err
		} else if enabled+disabled >= MaxEndpoints {
			return NewEndpoint{}, kefu.Errorf(kefu.KindConflict, "there are %d endpoints, which is as many as there may be: delete one first", MaxEndpoints)
		}
		if err := w.seal(&t); err != nil {
			return NewEndpoint{}, err
		}
		if err := tx.InsertEndpoint(t.Endpoint); err != nil {
			return NewEndpoint{}, err
		}
		if err := tx.Subscribe(t.ID, subscriptions(t.Endpoint)); err != nil {
			return NewEndpoint{}, err
		}
		return NewEndpoint{showTarget(t, tx.Now), t.Secrets.Signing}, tx.Audit(ask.Caller, "endpoint.created", string(t.ID), told(t.Endpoint))
	})
}

// create fills a new endpoint and names every fault.
func (ch EndpointChange) create(t *Target, unreachable string) error {
	t.Secrets.Signing = websig.NewSecret()
	var f kefu.Faults
	ch.URL.Given = true
	if !ch.Events.Given {
		ch.Events = kefu.Some([]string(nil)) // there is none yet: say what is needed
	}
	if ch.Secret.Given && !ch.Secret.Null {
		checkSecret("secret", ch.Secret.Value, &f)
		t.Secrets.Signing = ch.Secret.Value
	}
	ch.apply(t, unreachable, &f)
	return f.Err("the endpoint cannot be kept")
}

// UpdateEndpoint changes the members that are present. To enable one forgets its failures, and ends the alerts that it caused.
func (w *Webhooks) UpdateEndpoint(ctx context.Context, ask kefu.Ask, id kefu.EndpointID, ch EndpointChange) (Endpoint, error) {
	if err := mayUse(ask.Caller); err != nil {
		return Endpoint{}, err
	}
	unreachable := ""
	if ch.URL.Given {
		unreachable = w.refuseURL(ctx, ch.URL.Value)
	}
	return do(ctx, w, ask, func(tx *store.Tx) (Endpoint, error) {
		t, err := w.lockTarget(tx, ask, id)
		if err != nil {
			return Endpoint{}, err
		}
		before := t.Endpoint
		var f kefu.Faults
		if ch.Secret.Given {
			f.Add("secret", "cannot be changed at once: prepare another by rotate, then promote it")
		}
		ch.apply(&t, unreachable, &f)
		if err := f.Err("the endpoint cannot be kept"); err != nil {
			return Endpoint{}, err
		}
		if err := turned(tx, before, &t.Endpoint); err != nil {
			return Endpoint{}, err
		}
		if before.Enabled != t.Enabled || !slices.Equal(before.Events, t.Events) {
			if err := tx.Subscribe(id, subscriptions(t.Endpoint)); err != nil {
				return Endpoint{}, err
			}
		}
		detail := told(t.Endpoint)
		detail["changed"] = ch.members()
		return w.keep(tx, ask.Caller, &t, "endpoint.updated", detail)
	})
}

// keep seals and stores an endpoint that exists, with a line in the audit log, and shows it.
func (w *Webhooks) keep(tx *store.Tx, by kefu.Caller, t *Target, action string, detail any) (Endpoint, error) {
	if err := w.seal(t); err != nil {
		return Endpoint{}, err
	}
	if err := tx.UpdateEndpoint(t.Endpoint); err != nil {
		return Endpoint{}, err
	}
	t.UpdatedAt = tx.Now
	return showTarget(*t, tx.Now), tx.Audit(by, action, string(t.ID), detail)
}

// told is what the audit log keeps of an endpoint. Its address may hold credentials of the operator, so it is not told.
func told(e kefu.Endpoint) map[string]any {
	return map[string]any{"events": e.Events, "enabled": e.Enabled}
}

// DeleteEndpoint ends an endpoint for good: nothing is sent to it any more, and its secrets are forgotten. Its log stays for as long as any.
func (w *Webhooks) DeleteEndpoint(ctx context.Context, ask kefu.Ask, id kefu.EndpointID) error {
	if err := mayUse(ask.Caller); err != nil {
		return err
	}
	_, err := do(ctx, w, ask, func(tx *store.Tx) (struct{}, error) {
		e, err := w.lockEndpoint(tx, ask, id)
		if err != nil {
			return struct{}{}, err
		}
		e.Enabled, e.Sealed, e.DeletedAt = false, "", tx.Now
		if err := tx.UpdateEndpoint(e); err != nil {
			return struct{}{}, err
		}
		if err := tx.Subscribe(id, nil); err != nil {
			return struct{}{}, err
		}
		if err := settled(tx, id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.Audit(ask.Caller, "endpoint.deleted", string(id), nil)
	})
	return err
}

// Endpoint reads one endpoint.
func (w *Webhooks) Endpoint(ctx context.Context, by kefu.Caller, id kefu.EndpointID) (Endpoint, error) {
	if err := mayUse(by); err != nil {
		return Endpoint{}, err
	}
	return look(ctx, w, func(tx *store.Tx) (Endpoint, error) {
		e, err := live(tx.Endpoint(id))
		if err != nil {
			return Endpoint{}, err
		}
		return w.show(e, tx.Now), nil
	})
}

// Endpoints lists endpoints, oldest first.
func (w *Webhooks) Endpoints(ctx context.Context, by kefu.Caller, p kefu.Paging) (kefu.List[Endpoint], error) {
	if err := mayUse(by); err != nil {
		return kefu.List[Endpoint]{}, err
	}
	page, err := store.PageOf(p, false)
	if err != nil {
		return kefu.List[Endpoint]{}, err
	}
	return look(ctx, w, func(tx *store.Tx) (kefu.List[Endpoint], error) {
		rows, err := tx.Endpoints(page)
		show := func(e kefu.Endpoint) Endpoint { return w.show(e, tx.Now) }
		return store.CutPage(rows, p, show, func(e kefu.Endpoint) (time.Time, string) { return e.CreatedAt, string(e.ID) }), err
	})
}

// live takes what was read of an endpoint; one that was deleted is as good as none.
func live(e kefu.Endpoint, err error) (kefu.Endpoint, error) {
	if err == nil && !e.DeletedAt.IsZero() {
		err = sqldb.ErrNoRows
	}
	return e, found(err, endpointNoun)
}

// lockEndpoint holds an endpoint that was not deleted, in the state that the ask was made for.
func (w *Webhooks) lockEndpoint(tx *store.Tx, ask kefu.Ask, id kefu.EndpointID) (kefu.Endpoint, error) {
	e, err := live(tx.LockEndpoint(id))
	if err != nil {
		return e, err
	}
	return e, ask.Match(w.show(e, tx.Now))
}

// lockTarget is lockEndpoint with the secrets open.
func (w *Webhooks) lockTarget(tx *store.Tx, ask kefu.Ask, id kefu.EndpointID) (Target, error) {
	e, err := w.lockEndpoint(tx, ask, id)
	if err != nil {
		return Target{}, err
	}
	t, err := w.Target(e)
	return t, kefu.Wrap(kefu.KindConflict, err, "the secrets of the endpoint cannot be read (was the secret key changed?): delete it and make it anew")
}
