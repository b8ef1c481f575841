package webhook_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
	"kefu/internal/websig"
)

// good is an endpoint that can be kept.
func good() webhook.EndpointChange {
	return webhook.EndpointChange{Name: kefu.Some("倉庫"), URL: kefu.Some("https://hooks.example.com/kefu?key=in-the-query"),
		Events: kefu.Some([]string{"message.*", "ticket.created", "ticket.created"})}
}

func (r *rig) create(ch webhook.EndpointChange) webhook.NewEndpoint {
	r.t.Helper()
	e, err := r.CreateEndpoint(r.t.Context(), ask(), ch)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

func (r *rig) edit(id kefu.EndpointID, ch webhook.EndpointChange) webhook.Endpoint {
	r.t.Helper()
	e, err := r.UpdateEndpoint(r.t.Context(), ask(), id, ch)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// subscribed is what the relay makes deliveries of.
func (r *rig) subscribed(id kefu.EndpointID) (types []string) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		all, err := tx.Subscriptions()
		types = all[id]
		return err
	})
	return types
}

// target is an endpoint as requests are made from it.
func (r *rig) target(id kefu.EndpointID) (t webhook.Target) {
	r.t.Helper()
	r.read(func(tx *store.Tx) error {
		e, err := tx.Endpoint(id)
		if err != nil {
			return err
		}
		t, err = r.Target(e)
		return err
	})
	return t
}

func TestWhatANewEndpointHas(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		if err := websig.CheckSecret(made.Secret); err != nil || !strings.HasPrefix(made.Secret, "whsec_") {
			t.Errorf("secret: %v", err)
		}
		want := webhook.Endpoint{ID: made.ID, Name: "倉庫", URL: "https://hooks.example.com/kefu?key=in-the-query", Events: []string{"message.*", "ticket.created"},
			Enabled: true, Authentication: webhook.Authentication{Type: kefu.AuthNone}, Headers: []webhook.HeaderName{}, TimestampFormat: kefu.TimestampISO,
			Schedule: kefu.ScheduleStandard, Timeout: 5, MaxInFlight: 4, CreatedBy: "system", CreatedAt: made.CreatedAt, UpdatedAt: made.CreatedAt}
		if diff := cmp.Diff(want, made.Endpoint); diff != "" {
			t.Error(diff)
		}
		read, err := r.Endpoint(t.Context(), ask().Caller, made.ID)
		if diff := cmp.Diff(made.Endpoint, read); err != nil || diff != "" {
			t.Error(err, diff)
		}
		if got := r.subscribed(made.ID); !slices.Equal(got, []string{"message.failed", "message.received", "message.sent", "ticket.created"}) {
			t.Errorf("subscribed to %v", got)
		}
		if to := r.target(made.ID); to.Secrets.Signing != made.Secret || to.Timeout != 5*time.Second {
			t.Errorf("a request would be made from %v, %v", to.Secrets.Signing == made.Secret, to.Timeout)
		}
	})
}

func TestOneKeyMakesOneEndpointAndShowsItsSecretAgain(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		once := ask()
		once.Key, once.Fingerprint = "k", "f"
		first, err := r.CreateEndpoint(t.Context(), once, good())
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.CreateEndpoint(t.Context(), once, good())
		if diff := cmp.Diff(first, again); err != nil || diff != "" {
			t.Error(err, diff)
		}
		once.Fingerprint = "g"
		if _, err := r.CreateEndpoint(t.Context(), once, good()); kefu.KindOf(err) != kefu.KindConflict {
			t.Errorf("the same key for another request: %v", err)
		}
		if all, err := r.Endpoints(t.Context(), once.Caller, kefu.Paging{}); err != nil || len(all.Items) != 1 {
			t.Errorf("%d endpoints, %v", len(all.Items), err)
		}
	})
}

func TestWhoeverIsFasterWins(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		mine := ask()
		mine.IfMatch = kefu.ETag(made.Endpoint)
		changed, err := r.UpdateEndpoint(t.Context(), mine, made.ID, webhook.EndpointChange{Description: kefu.Some("stock")})
		if err != nil || changed.Description != "stock" || changed.Name != "倉庫" {
			t.Errorf("%+v, %v", changed, err)
		}
		_, changing := r.UpdateEndpoint(t.Context(), mine, made.ID, webhook.EndpointChange{Description: kefu.Some("late")})
		_, rotating := r.RotateEndpoint(t.Context(), mine, made.ID, webhook.SecretChange{})
		_, promoting := r.PromoteEndpoint(t.Context(), mine, made.ID)
		for what, err := range map[string]error{"change": changing, "rotate": rotating, "promote": promoting, "delete": r.DeleteEndpoint(t.Context(), mine, made.ID)} {
			if kefu.KindOf(err) != kefu.KindPrecondition {
				t.Errorf("%s after it was changed: %v", what, err)
			}
		}
	})
}

// TestTheTagOfABusyEndpointHolds: what arrives within a minute does not take the state away that somebody is about to change.
func TestTheTagOfABusyEndpointHolds(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made, at := r.create(good()), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		tag := func(h kefu.EndpointHealth) string {
			r.change(func(tx *store.Tx) error { return tx.SetEndpointHealth(made.ID, h) })
			shown, err := r.Endpoint(t.Context(), ask().Caller, made.ID)
			if err != nil {
				t.Fatal(err)
			}
			return kefu.ETag(shown)
		}
		first := tag(webhook.Arrived(kefu.EndpointHealth{}, at))
		if tag(webhook.Arrived(kefu.EndpointHealth{}, at.Add(50*time.Second))) != first {
			t.Error("each success makes it another state")
		}
		if tag(webhook.Failed(kefu.EndpointHealth{}, at)) == first {
			t.Error("a failure does not")
		}
	})
}

func TestWhoMayNotSeeEverythingMayNotUseWebhooks(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		before := storetest.Dump(t, r.store.DB())
		for _, by := range []kefu.Caller{{Kind: kefu.CallerClient, ID: "key_1", Scopes: []string{"*:*"}, Bound: true}, {Kind: kefu.CallerContact, ID: "con_1"}} {
			as := kefu.Ask{Caller: by}
			_, creating := r.CreateEndpoint(t.Context(), as, good())
			_, changing := r.UpdateEndpoint(t.Context(), as, made.ID, webhook.EndpointChange{Name: kefu.Some("mine")})
			_, rotating := r.RotateEndpoint(t.Context(), as, made.ID, webhook.SecretChange{})
			_, promoting := r.PromoteEndpoint(t.Context(), as, made.ID)
			_, reading := r.Endpoint(t.Context(), by, made.ID)
			_, listing := r.Endpoints(t.Context(), by, kefu.Paging{})
			for what, err := range map[string]error{"create": creating, "change": changing, "rotate": rotating, "promote": promoting, "read": reading,
				"list": listing, "delete": r.DeleteEndpoint(t.Context(), as, made.ID)} {
				if kefu.KindOf(err) != kefu.KindForbidden {
					t.Errorf("%s as %s: %v", what, by.Kind, err)
				}
			}
		}
		if diff := cmp.Diff(before, storetest.Dump(t, r.store.DB())); diff != "" {
			t.Error(diff)
		}
		if len(r.resolv.asked) != 1 {
			t.Errorf("names were looked up for them: %v", r.resolv.asked)
		}
	})
}

// TestADeletedEndpointIsGone: from every list, from what the relay joins, with its secrets; its row stays for its log.
func TestADeletedEndpointIsGone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		r.raise(made.ID)
		if err := r.DeleteEndpoint(t.Context(), ask(), made.ID); err != nil {
			t.Fatal(err)
		}
		_, reading := r.Endpoint(t.Context(), ask().Caller, made.ID)
		_, changing := r.UpdateEndpoint(t.Context(), ask(), made.ID, webhook.EndpointChange{Enabled: kefu.Some(true)})
		_, rotating := r.RotateEndpoint(t.Context(), ask(), made.ID, webhook.SecretChange{})
		for what, err := range map[string]error{"read": reading, "change": changing, "rotate": rotating, "delete": r.DeleteEndpoint(t.Context(), ask(), made.ID)} {
			if kefu.KindOf(err) != kefu.KindNotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		if all, err := r.Endpoints(t.Context(), ask().Caller, kefu.Paging{}); err != nil || len(all.Items) != 0 {
			t.Errorf("%v, %v", all, err)
		}
		if got := r.subscribed(made.ID); len(got) > 0 {
			t.Errorf("still subscribed to %v", got)
		}
		r.change(func(tx *store.Tx) error {
			e, err := tx.Endpoint(made.ID)
			if e.Sealed != "" || e.Enabled || e.DeletedAt.IsZero() {
				t.Errorf("what is left: sealed %q, enabled %v, deleted %v", e.Sealed, e.Enabled, e.DeletedAt)
			}
			return err
		})
		r.wantAlerts(made.ID, false)
	})
}

func TestThereAreAtMostSoMany(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		r.change(func(tx *store.Tx) error {
			e, err := tx.Endpoint(made.ID)
			for i := 1; i < webhook.MaxEndpoints && err == nil; i++ {
				e.ID = made.ID + kefu.EndpointID("/"+strings.Repeat("x", i))
				err = tx.InsertEndpoint(e)
			}
			return err
		})
		_, err := r.CreateEndpoint(t.Context(), ask(), good())
		if kefu.KindOf(err) != kefu.KindConflict || !strings.Contains(err.Error(), "1000") {
			t.Errorf("one too many: %v", err)
		}
		if err := r.DeleteEndpoint(t.Context(), ask(), made.ID); err != nil {
			t.Fatal(err)
		}
		r.create(good())
	})
}

// TestListOfEndpoints pages through all of them, oldest first.
func TestListOfEndpoints(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var want, got []kefu.EndpointID
		for range 5 {
			want = append(want, r.create(good()).ID)
		}
		for p := (kefu.Paging{Limit: 2}); ; {
			page, err := r.Endpoints(t.Context(), ask().Caller, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Items {
				got = append(got, e.ID)
			}
			if p.Cursor = page.NextCursor; p.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
