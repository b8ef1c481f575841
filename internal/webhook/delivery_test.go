package webhook_test

import (
	"math"
	"testing"

	"kefu/internal/webhook"
)

func TestDeliveryIDsAreReadAsTheyAreWritten(t *testing.T) {
	for _, n := range []int64{1, 42, math.MaxInt64} {
		if got, ok := webhook.ParseDeliveryID(webhook.DeliveryID(n)); got != n || !ok {
			t.Errorf("%d became %d, %v", n, got, ok)
		}
	}
	for _, bad := range []string{"", "whd_", "42", "whd_0", "whd_-1", "whd_+1", "whd_01", "whd_1 ", "whd_0x1", "WHD_1", "whd_9223372036854775808", "whe_1"} {
		if n, ok := webhook.ParseDeliveryID(bad); ok {
			t.Errorf("%q was read as %d", bad, n)
		}
	}
}
