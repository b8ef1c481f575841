package nearest_test

import (
	"testing"

	"kefu/internal/nearest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"listen", "log", "tls", "trusted_proxies"}
	for word, want := range map[string]string{"lisen": "listen", "tsl": "tls", "trusted_proxy": "trusted_proxies", "colour": "", "": ""} {
		if got := nearest.Word(word, known); got != want {
			t.Errorf("Word(%q) = %q, want %q", word, got, want)
		}
	}
}
