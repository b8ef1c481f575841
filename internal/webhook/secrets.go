package webhook

import (
	"encoding/json"
	"fmt"
	"time"

	"kefu"
)

// Secrets are what an endpoint keeps to itself, sealed as one text.
type Secrets struct {
	// Signing makes the signatures. Next is prepared to take its place and signs beside it; Previous did before, and signs beside it until
	// PreviousUntil.
	Signing       string    `json:"signing"`
	Next          string    `json:"next,omitempty"`
	Previous      string    `json:"previous,omitempty"`
	PreviousUntil time.Time `json:"previous_until,omitzero"`
	// Username and Password are of Basic authentication, Token of Bearer.
	Username string   `json:"username,omitempty"`
	Password string   `json:"password,omitempty"`
	Token    string   `json:"token,omitempty"`
	Headers  []Header `json:"headers,omitempty"`
}

// Header is a header of the operator's own, sent with every request.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Standard lists the secrets that sign by Standard Webhooks at a time, the one in force first.
func (s Secrets) Standard(now time.Time) []string {
	all := []string{s.Signing}
	if s.Next != "" {
		all = append(all, s.Next)
	}
	if s.Previous != "" && now.Before(s.PreviousUntil) {
		all = append(all, s.Previous)
	}
	return all
}

// Target is an endpoint with its secrets open: what a request is made from.
type Target struct {
	kefu.Endpoint

	Secrets Secrets
}

// Target opens an endpoint's secrets.
func (w *Webhooks) Target(e kefu.Endpoint) (Target, error) {
	t := Target{Endpoint: e}
	plain, err := w.Box.Open(e.Sealed, sealedAs(e.ID))
	if err == nil {
		err = json.Unmarshal([]byte(plain), &t.Secrets)
	}
	if err != nil {
		return t, fmt.Errorf("the secrets of endpoint %s cannot be read (was the secret key changed?): %w", e.ID, err)
	}
	return t, nil
}

// seal puts an endpoint's secrets into its row.
func (w *Webhooks) seal(t *Target) error {
	plain, err := json.Marshal(t.Secrets) //nolint:gosec // G117: it is sealed in the next step
	if err != nil {
		return err
	}
	t.Sealed, err = w.Box.Seal(string(plain), sealedAs(t.ID))
	return err
}

// sealedAs binds what is sealed to its endpoint: moved to another row it cannot be read.
func sealedAs(id kefu.EndpointID) string { return "endpoint/" + string(id) }
