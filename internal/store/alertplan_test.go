package store_test

import (
	"strings"
	"testing"

	"kefu/internal/storetest"
)

// TestLookingCostsLittle: what is asked every ten seconds, and at each scrape, reads an index of what waits or of what is wrong, and nothing
// that grows with what was.
func TestLookingCostsLittle(t *testing.T) {
	s := openStore(t, storetest.SQLite(t))
	texts := constants(t)
	for name, index := range map[string]string{
		"sqlBacklogs":      "INDEX delivery_line",
		"sqlWebhookQueues": "COVERING INDEX webhook_delivery_due",
		"sqlOpenAlerts":    "INDEX alert_open",
		"sqlOpenAlert":     "INDEX alert_open",
		"sqlPruneAlerts":   "INDEX alert_cleared",
	} {
		steps := plan(t, s, texts[name])
		if got := strings.Join(steps, "; "); !strings.Contains(got, index) || strings.Contains(name, "Queues") && strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s does not go by %s: %s", name, index, got)
		}
	}
}
