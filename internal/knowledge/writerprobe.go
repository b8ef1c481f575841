package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"kefu/internal/safehttp"
)

// ErrModels says that a service does not list its models: whether it has the one that is set is not known.
var ErrModels = errors.New("the service does not list its models")

// Probe asks the service whether it lets us in and has the model. It writes nothing and costs nothing. The error says what is wrong, in words
// for the operator; ErrModels is no fault.
func (w *Writer) Probe(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(w.URL, "/")+"/models", http.NoBody)
	if err != nil {
		return fmt.Errorf("the address cannot be used: %w", err)
	}
	if w.Key != "" {
		req.Header.Set("Authorization", "Bearer "+w.Key.Reveal())
	}
	resp, _, err := safehttp.Do(w.client, req)
	if err != nil {
		return fmt.Errorf("it does not answer: %w", err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return fmt.Errorf("it refuses the key (status %d)", resp.StatusCode)
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusMethodNotAllowed:
		return ErrModels
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return fmt.Errorf("it answers with status %d", resp.StatusCode)
	}
	return w.listed(resp.Body)
}

func (w *Writer) listed(body io.Reader) error {
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if json.NewDecoder(body).Decode(&list) != nil || len(list.Data) == 0 {
		return ErrModels
	}
	for _, m := range list.Data {
		if m.ID == w.Model {
			return nil
		}
	}
	return fmt.Errorf("it has no model %q", w.Model)
}
