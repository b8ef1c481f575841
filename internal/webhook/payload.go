package webhook

import (
	"encoding/json"
	"time"

	"kefu"
	"kefu/internal/websig"
)

// MaxBody is the most bytes of a request's body (contracts: webhooks).
const MaxBody = 256 << 10

// Payload writes an event as an endpoint with this timestamp format is sent it, without the signature (B0 of the contract). made is when
// the delivery was made: links to files are good for a week from then. It is pure: the same arguments give the same bytes.
func (w *Webhooks) Payload(e kefu.Event, f kefu.TimestampFormat, made time.Time) ([]byte, error) {
	return json.Marshal(struct {
		ID        kefu.EventID    `json:"id"`
		Event     string          `json:"event"`
		Timestamp time.Time       `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{e.ID, e.Type, e.OccurredAt.Truncate(time.Second), e.Data})
}

// Body puts the signature into a payload: what is sent on every attempt.
func (t Target) Body(payload []byte) ([]byte, error) { return websig.Embed(t.Secrets.Signing, payload) }

// Resigned gives a body that was sent before, signed with the secret that is in force now.
func (t Target) Resigned(body []byte) ([]byte, error) {
	b0, inner, err := websig.Strip(body)
	if err != nil {
		return nil, err
	}
	if websig.VerifyBody(t.Secrets.Signing, inner, b0) == nil {
		return body, nil
	}
	return websig.Embed(t.Secrets.Signing, b0)
}
