package switchboard

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"kefu"
	"kefu/internal/sqldb"
)

// orderWords are the words of an order's status (contracts: vocabulary).
func orderWords() []string {
	return []string{"pending", "paid", "processing", "shipped", "delivered", "completed", "cancelled", "refunded", "failed"}
}

// orderIn reads one order. A shop's own answer is shown with its holes; who sends one here can be told, so that no customer is shown a
// price of 0.00 for one that could not be read.
func orderIn(f *kefu.Faults, raw []byte) *kefu.Order {
	orders, err := kefu.ParseOrders(raw, nil, "")
	if err != nil || len(orders) != 1 {
		f.Add("order", "must be one order, an object with an order_id")
		return nil
	}
	o := orders[0]
	if o.Status != "" && !slices.Contains(orderWords(), o.Status) {
		f.Add("order.status", "must be one of %s (what the shop calls it belongs into status_text)", strings.Join(orderWords(), ", "))
	}
	given := map[string]any{}
	if json.Unmarshal(raw, &given) != nil || given["order_id"] == nil {
		return &o // in a list, or under "orders", as shops answer
	}
	const amount = `must be a decimal number, such as 1280 or "199.50"`
	unread(f, "order.", given, o.TotalAmount == "", amount, "total_amount", "amount")
	unread(f, "order.", given, o.ShippingFee == "", amount, "shipping_fee")
	unread(f, "order.", given, o.CreatedAt.IsZero(), "must be RFC 3339, or 2026-01-31 14:30[:00]", "created_at", "create_time")
	items, _ := given["items"].([]any)
	for i, v := range items {
		at := "order.items[" + strconv.Itoa(i) + "]"
		it, ok := v.(map[string]any)
		if !ok || len(items) != len(o.Items) {
			f.Add(at, "must be an object")
			break
		}
		unread(f, at+".", it, o.Items[i].Price == "", amount, "price")
	}
	return &o
}

// unread adds a fault for what is given and was not understood.
func unread(f *kefu.Faults, at string, given map[string]any, missed bool, words string, names ...string) {
	for _, name := range names {
		if v := given[name]; missed && v != nil && v != "" {
			f.Add(at+name, "%s", words)
		}
	}
}

// readAsShop reads the order of a message in the currency and time zone of the conversation's shop.
func (c *change) readAsShop(in *NewMessage, out *kefu.Content) error {
	conv, err := c.Conversation(in.ConversationID)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil // it is refused where it is sent
	}
	read := c.b.inboxes[conv.InboxID].ReadOrders
	if err != nil || read == nil {
		return err
	}
	orders, err := read(in.Order)
	if err == nil && len(orders) == 1 {
		out.Order = &orders[0]
	}
	return err
}
