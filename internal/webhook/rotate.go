package webhook

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/websig"
)

// graceTime is how long the secret that was replaced signs beside the new one.
const graceTime = 24 * time.Hour

// maxSecret is the most characters of a typed secret.
const maxSecret = 500

// SecretChange is the secret that is to take the place of another.
type SecretChange struct {
	Secret kefu.Opt[string] `json:"secret,omitzero" doc:"Signing secret that is to take the place of the one in force: whsec_ and base64, or at least 16 characters. Without it one is made."`
}

// RotateEndpoint prepares another signing secret and shows it, this once. It signs beside the one in force until it is promoted; asked again,
// it takes the place of the one that was prepared.
func (w *Webhooks) RotateEndpoint(ctx context.Context, ask kefu.Ask, id kefu.EndpointID, with SecretChange) (NewEndpoint, error) {
	if err := mayUse(ask.Caller); err != nil {
		return NewEndpoint{}, err
	}
	return do(ctx, w, ask, func(tx *store.Tx) (NewEndpoint, error) {
		t, err := w.lockTarget(tx, ask, id)
		if err != nil {
			return NewEndpoint{}, err
		}
		next := websig.NewSecret()
		if with.Secret.Given && !with.Secret.Null {
			next = with.Secret.Value
		}
		var f kefu.Faults
		if checkSecret("secret", next, &f); next == t.Secrets.Signing {
			f.Add("secret", "is the one in force: take another")
		}
		if err := f.Err("the secret cannot be kept"); err != nil {
			return NewEndpoint{}, err
		}
		t.Secrets.Next = next
		shown, err := w.keep(tx, ask.Caller, &t, "endpoint.rotated", nil)
		return NewEndpoint{shown, next}, err
	})
}

// PromoteEndpoint puts the prepared secret in force. The one before signs beside it for another 24 hours.
func (w *Webhooks) PromoteEndpoint(ctx context.Context, ask kefu.Ask, id kefu.EndpointID) (Endpoint, error) {
	if err := mayUse(ask.Caller); err != nil {
		return Endpoint{}, err
	}
	return do(ctx, w, ask, func(tx *store.Tx) (Endpoint, error) {
		t, err := w.lockTarget(tx, ask, id)
		if err != nil {
			return Endpoint{}, err
		}
		s := &t.Secrets
		if s.Next == "" {
			return Endpoint{}, kefu.Errorf(kefu.KindConflict, "no other secret is prepared: rotate first, and give the new one to the receiver")
		}
		s.Signing, s.Next, s.Previous, s.PreviousUntil = s.Next, "", s.Signing, tx.Now.Add(graceTime)
		return w.keep(tx, ask.Caller, &t, "endpoint.promoted", nil)
	})
}

// checkSecret notes what is wrong with a typed secret.
func checkSecret(field, secret string, f *kefu.Faults) {
	if utf8.RuneCountInString(secret) > maxSecret {
		f.Add(field, "must have at most %d characters", maxSecret)
		return
	}
	if err := websig.CheckSecret(secret); err != nil {
		f.Add(field, "%s", strings.TrimPrefix(err.Error(), websig.ErrSecret.Error()+": "))
	}
}
