package webhook_test

import (
	"slices"
	"testing"
	"time"

	"kefu"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
	"kefu/internal/websig"
)

// signs tells which of the secrets sign by Standard Webhooks at a time, and which makes the other signatures.
func (r *rig) signs(id kefu.EndpointID, at time.Time) (legacy string, standard []string) {
	s := r.target(id).Secrets
	return s.Signing, s.Standard(at)
}

func (r *rig) wantSigns(phase string, id kefu.EndpointID, at time.Time, want ...string) {
	r.t.Helper()
	if legacy, standard := r.signs(id, at); legacy != want[0] || !slices.Equal(standard, want) {
		r.t.Errorf("%s: the legacy secret is right: %v; %d secrets sign, want %d", phase, legacy == want[0], len(standard), len(want))
	}
}

// TestRotation goes through its phases: both sign, the new one takes over, the old one signs for 24 hours more.
func TestRotation(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		a, now := made.Secret, time.Now()
		if made.Rotation.Prepared || made.Rotation.PreviousUntil != nil {
			t.Errorf("a new one: %+v", made.Rotation)
		}
		_, err := r.PromoteEndpoint(t.Context(), ask(), made.ID)
		if kefu.KindOf(err) != kefu.KindConflict {
			t.Errorf("promote what is not prepared: %v", err)
		}
		prepared, err := r.RotateEndpoint(t.Context(), ask(), made.ID, webhook.SecretChange{})
		b := prepared.Secret
		if err != nil || b == a || websig.CheckSecret(b) != nil || !prepared.Rotation.Prepared {
			t.Errorf("%+v, %v", prepared.Rotation, err)
		}
		r.wantSigns("prepared", made.ID, now, a, b)

		again, err := r.RotateEndpoint(t.Context(), ask(), made.ID, webhook.SecretChange{Secret: kefu.Some("my-shared-secret-0123456789")})
		c := again.Secret
		if err != nil || c != "my-shared-secret-0123456789" {
			t.Error(err)
		}
		r.wantSigns("prepared again", made.ID, now, a, c)

		promoted, err := r.PromoteEndpoint(t.Context(), ask(), made.ID)
		if err != nil || promoted.Rotation.Prepared || promoted.Rotation.PreviousUntil == nil {
			t.Fatalf("%+v, %v", promoted.Rotation, err)
		}
		until := *promoted.Rotation.PreviousUntil
		if d := until.Sub(promoted.UpdatedAt); d != 24*time.Hour {
			t.Errorf("the old one signs for %v", d)
		}
		r.wantSigns("promoted", made.ID, until.Add(-time.Microsecond), c, a)
		r.wantSigns("a day later", made.ID, until, c)

		third, err := r.RotateEndpoint(t.Context(), ask(), made.ID, webhook.SecretChange{})
		if err != nil {
			t.Fatal(err)
		}
		r.wantSigns("prepared while the old one signs", made.ID, now, c, third.Secret, a)
	})
}

// TestTheOldSecretIsForgottenByTheView a day later.
func TestTheOldSecretIsForgottenByTheView(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	made := r.create(good())
	if _, err := r.RotateEndpoint(t.Context(), ask(), made.ID, webhook.SecretChange{}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.PromoteEndpoint(t.Context(), ask(), made.ID); err != nil {
		t.Fatal(err)
	}
	r.later(24 * time.Hour)
	if e, err := r.Endpoint(t.Context(), ask().Caller, made.ID); err != nil || e.Rotation.PreviousUntil != nil {
		t.Errorf("%+v, %v", e.Rotation, err)
	}
}

func TestSecretsThatCannotTakeOver(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made := r.create(good())
		for secret, words := range map[string]string{"short": "at least 16", "": "empty", "with spaces in between": "white space", made.Secret: "in force"} {
			_, err := r.RotateEndpoint(t.Context(), ask(), made.ID, webhook.SecretChange{Secret: kefu.Some(secret)})
			wantFault(t, words, err, "secret", words)
		}
		r.wantSigns("nothing was kept", made.ID, time.Now(), made.Secret)
		_, err := r.UpdateEndpoint(t.Context(), ask(), made.ID, webhook.EndpointChange{Secret: kefu.Some("my-shared-secret-0123456789")})
		wantFault(t, "at once", err, "secret", "rotate")
	})
}

// TestOneKeyPreparesOneSecret: the repetition gets the same secret, so that what is given to the receiver is what signs.
func TestOneKeyPreparesOneSecret(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		made, once := r.create(good()), ask()
		once.Key, once.Fingerprint = "k", "f"
		first, err := r.RotateEndpoint(t.Context(), once, made.ID, webhook.SecretChange{})
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.RotateEndpoint(t.Context(), once, made.ID, webhook.SecretChange{})
		if err != nil || again.Secret != first.Secret {
			t.Errorf("another secret, or %v", err)
		}
		r.wantSigns("prepared once", made.ID, time.Now(), made.Secret, first.Secret)
	})
}
