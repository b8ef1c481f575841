package webhook

import (
	"strconv"
	"strings"
)

// deliveryPrefix begins the id of a delivery.
const deliveryPrefix = "whd_"

// DeliveryID writes the number of a delivery for people and receivers: the header X-Webhook-Delivery, and the id in the log.
func DeliveryID(n int64) string { return deliveryPrefix + strconv.FormatInt(n, 10) }

// ParseDeliveryID reads what DeliveryID wrote, and nothing else: no sign, no zero in front.
func ParseDeliveryID(id string) (n int64, ok bool) {
	digits, ok := strings.CutPrefix(id, deliveryPrefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && n > 0 && DeliveryID(n) == id
}
