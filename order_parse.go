package kefu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxOrders bounds what one answer can hold; a contact's newest orders come first everywhere.
const maxOrders = 100

var (
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	woocommerce  = regexp.MustCompile(`^(wc-)+`) // WooCommerce's own prefix, which some sites leave on
)

// decimal is an amount as people write it. Exponents are no amounts, and 18 digits are more than any currency needs.
var decimal = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?$`)

// ParseOrders reads what a shop tells about orders (contracts: orders): one order, a list, {"orders": …}, or nothing (empty, null, an
// empty list). Both names of a member are accepted, and numbers or strings for amounts, whose digits are kept exactly. Times without a
// zone are in loc (nil: UTC) and all times come out in UTC; an order that names no currency has the given one.
//
// Amounts, dates and quantities that cannot be read are left out: an order with a hole tells an agent more than none. The error, of kind
// malformed, is for what holds no order at all.
func ParseOrders(raw []byte, loc *time.Location, currency string) ([]Order, error) {
	if loc == nil {
		loc = time.UTC
	}
	v, err := decodeExact(raw)
	if err != nil {
		return nil, Wrap(KindMalformed, err, "the answer is not JSON")
	}
	list, err := orderList(v)
	if err != nil {
		return nil, err
	}
	var orders []Order
	for _, v := range list[:min(len(list), maxOrders)] {
		if m, ok := v.(map[string]any); ok {
			if o, ok := parseOrder(members(m), loc, currency); ok {
				orders = append(orders, o)
			}
		}
	}
	if len(orders) == 0 && len(list) > 0 {
		return nil, Errorf(KindMalformed, "the answer holds no order with an order_id")
	}
	return orders, nil
}

// decodeExact keeps numbers as they are written: amounts must not go through floating point.
func decodeExact(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	switch err := dec.Decode(&v); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the end")
	}
	return v, nil
}

// orderList finds the orders. PHP says "none" in several ways: null, false, "", [] and {}.
func orderList(v any) ([]any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []any:
		return v, nil
	case map[string]any:
		if inner, ok := v["orders"]; ok {
			return orderList(inner)
		}
		if len(v) > 0 {
			return []any{v}, nil
		}
		return nil, nil
	}
	if v == false || v == "" {
		return nil, nil
	}
	return nil, Errorf(KindMalformed, "the answer holds no order")
}

func parseOrder(m members, loc *time.Location, currency string) (Order, bool) {
	o := Order{
		ID:          m.text("order_id"),
		CustomerID:  m.text("customer_id"),
		Status:      orderStatus(m.text("status")),
		StatusText:  m.text("status_text"),
		CreatedAt:   m.time(loc, "created_at", "create_time"),
		TotalAmount: m.amount("total_amount", "amount"),
		ShippingFee: m.amount("shipping_fee"),
		Currency:    strings.ToUpper(m.text("currency")),
		Remark:      m.text("remark"),
		URL:         m.text("url"),
	}
	if !currencyCode.MatchString(o.Currency) {
		o.Currency = currency
	}
	items, _ := m["items"].([]any)
	for _, v := range items {
		if it, ok := v.(map[string]any); ok {
			o.Items = append(o.Items, parseItem(members(it)))
		}
	}
	if parcel, ok := m["logistics"].(map[string]any); ok {
		p := OrderParcel{Carrier: members(parcel).text("carrier"), TrackingNumber: members(parcel).text("tracking_number")}
		if p != (OrderParcel{}) {
			o.Logistics = &p
		}
	}
	return o, o.ID != ""
}

func parseItem(m members) OrderItem {
	return OrderItem{Name: m.text("name"), Quantity: m.count("quantity"), Price: m.amount("price"), ImageURL: m.text("image_url")}
}

// orderStatus maps WooCommerce's words (contracts: vocabulary); a word that is nobody's stays as it is.
func orderStatus(word string) string {
	word = woocommerce.ReplaceAllString(strings.ToLower(word), "")
	switch word {
	case "on-hold":
		return "pending"
	case "canceled":
		return "cancelled"
	}
	return word
}

// members reads an object whose types cannot be relied on.
type members map[string]any

// text gives a string or number as text; "" for anything else.
func (m members) text(name string) string {
	switch v := m[name].(type) {
	case string:
		s, _ := CleanText(v)
		return strings.TrimSpace(s)
	case json.Number:
		return v.String()
	}
	return ""
}

// amount gives the first of the members that is a decimal.
func (m members) amount(names ...string) string {
	for _, name := range names {
		if s := m.text(name); decimal.MatchString(s) {
			return s
		}
	}
	return ""
}

// count gives a number of pieces; one when it is not said or cannot be read, because the line itself says that there is something.
func (m members) count(name string) int64 {
	if n, err := strconv.ParseInt(m.text(name), 10, 64); err == nil && n >= 0 {
		return n
	}
	return 1
}

// time gives the first of the members that is a time, in UTC.
func (m members) time(loc *time.Location, names ...string) time.Time {
	for _, name := range names {
		if t, err := parseOrderTime(m.text(name), loc); err == nil {
			return t
		}
	}
	return time.Time{}
}

func parseOrderTime(s string, loc *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateOnly} {
		// Year 0 is MySQL's "0000-00-00 00:00:00" in disguise, and JSON cannot carry years of five digits.
		if t, err := time.ParseInLocation(layout, s, loc); err == nil && t.UTC().Year() > 0 && t.UTC().Year() < 10_000 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", s)
}
