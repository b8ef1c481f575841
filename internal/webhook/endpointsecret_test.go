package webhook_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

// TestSecretsThatCannotBeRead: after the secret key was changed an endpoint can be found and deleted, and says why it cannot be changed.
func TestSecretsThatCannotBeRead(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made, other := r.create(good()), r.create(good())
		r.change(func(tx *store.Tx) error {
			e, err := tx.LockEndpoint(made.ID)
			e.Sealed = r.target(other.ID).Sealed // of another row: it must not open here
			return errors.Join(err, tx.UpdateEndpoint(e))
		})
		if all, err := r.Endpoints(t.Context(), ask().Caller, kefu.Paging{}); err != nil || len(all.Items) != 2 {
			t.Errorf("%v, %v", all, err)
		}
		_, err := r.UpdateEndpoint(t.Context(), ask(), made.ID, webhook.EndpointChange{Name: kefu.Some("x")})
		if kefu.KindOf(err) != kefu.KindConflict || !strings.Contains(err.Error(), "secret key") {
			t.Errorf("changing it: %v", err)
		}
		if err := r.DeleteEndpoint(t.Context(), ask(), made.ID); err != nil {
			t.Error(err)
		}
	})
}

// TestSecretsStandNowhere looks for every secret in all that can be read: answers, the whole database, the log.
func TestSecretsStandNowhere(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		keyed := ask()
		keyed.Key, keyed.Fingerprint = "k", "f"
		ch := good()
		ch.Authentication = kefu.Some(webhook.AuthenticationChange{Type: kefu.AuthBasic, Username: kefu.Some("kefu"), Password: kefu.Some("open-sesame")})
		ch.Headers = kefu.Some([]webhook.HeaderChange{{Name: "X-Api-Key", Value: kefu.Some("value-of-a-header")}})
		ch.Secret = kefu.Some("typed-signing-secret-1")
		made, err := r.CreateEndpoint(t.Context(), keyed, ch)
		if err != nil || made.Secret != "typed-signing-secret-1" {
			t.Fatal(err)
		}
		turned, err := r.RotateEndpoint(t.Context(), kefu.Ask{Caller: keyed.Caller, Key: "r", Fingerprint: "f"}, made.ID, webhook.SecretChange{})
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{"typed-signing-secret-1", "open-sesame", "value-of-a-header", "a-bearer-token", strings.TrimPrefix(turned.Secret, "whsec_")}
		listed, _ := r.Endpoints(t.Context(), keyed.Caller, kefu.Paging{})
		promoted, err := r.PromoteEndpoint(t.Context(), ask(), made.ID)
		if err != nil {
			t.Fatal(err)
		}
		bearer := r.edit(made.ID, webhook.EndpointChange{Authentication: kefu.Some(webhook.AuthenticationChange{Type: kefu.AuthBearer, Token: kefu.Some("a-bearer-token")})})
		_, refused := r.UpdateEndpoint(t.Context(), ask(), made.ID, webhook.EndpointChange{Secret: kefu.Some("typed-signing-secret-1"), Name: kefu.Some(""),
			Authentication: kefu.Some(webhook.AuthenticationChange{Type: "digest", Password: kefu.Some("open-sesame\n"), Token: kefu.Some("a-bearer-token")}),
			Headers:        kefu.Some([]webhook.HeaderChange{{Name: "Host", Value: kefu.Some("value-of-a-header\r\n")}})})
		if kefu.KindOf(refused) != kefu.KindInvalid {
			t.Errorf("refusal: %v", refused)
		}
		places := maps.Clone(storetest.Dump(t, r.store.DB()))
		places["log"], places["refusal"], places["list"] = r.log.String(), refused.Error(), asJSON(t, listed)
		places["promoted"], places["bearer"], places["created"] = asJSON(t, promoted), asJSON(t, bearer), asJSON(t, made.Endpoint)
		for place, text := range places {
			for _, secret := range secrets {
				if strings.Contains(text, secret) {
					t.Errorf("%s is in %s", secret, place)
				}
			}
			if place != "endpoint.url" && place != "list" && place != "promoted" && place != "bearer" && place != "created" && strings.Contains(text, "in-the-query") {
				t.Errorf("the address's query is in %s", place)
			}
		}
		want := []string{"endpoint.created", "endpoint.promoted", "endpoint.rotated", "endpoint.updated"}
		if got := slices.Sorted(strings.SplitSeq(places["audit.action"], "\n")); !slices.Equal(got, want) {
			t.Errorf("the audit log has %v", got)
		}
		if got := places["audit.detail"]; !strings.Contains(got, `"changed":["authentication"]`) {
			t.Errorf("the audit log tells %s", got)
		}
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
