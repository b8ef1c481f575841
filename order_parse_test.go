package kefu

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func taipei() *time.Location { return time.FixedZone("CST", 8*60*60) }

func TestParseOrdersShapes(t *testing.T) {
	one := []Order{{ID: "8806", Currency: "TWD"}}
	for _, c := range []struct {
		name, raw string
		want      []Order
	}{
		{"one", `{"order_id":"8806"}`, one},
		{"number as id", `{"order_id":8806}`, one},
		{"list", `[{"order_id":"8806"}]`, one},
		{"orders", `{"orders":[{"order_id":"8806"}]}`, one},
		{"orders holds one", `{"orders":{"order_id":"8806"}}`, one},
		{"two", `[{"order_id":"8806"},{"order_id":"8807"}]`, []Order{{ID: "8806", Currency: "TWD"}, {ID: "8807", Currency: "TWD"}}},
		{"one of two can be read", `[{"order_id":"8806"},{"status":"paid"},7,null]`, one},
		{"nothing", ``, nil},
		{"blanks", " \n", nil},
		{"null", `null`, nil},
		{"empty list", `[]`, nil},
		{"no orders", `{"orders":[]}`, nil},
		{"orders null", `{"orders":null}`, nil},
		{"empty object", `{}`, nil},
		{"false", `false`, nil},
		{"empty text", `""`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseOrders([]byte(c.raw), taipei(), "TWD")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseOrdersRefuses(t *testing.T) {
	for _, raw := range []string{`<br />`, `{"order_id":"1"} x`, `{"order_id":"1"}{}`, `7`, `true`, `"none"`, `[{"status":"paid"}]`, `{"order_id":""}`, `[1]`} {
		got, err := ParseOrders([]byte(raw), nil, "")
		if got != nil || KindOf(err) != KindMalformed {
			t.Errorf("%s: got %v, %v, want an error of kind malformed", raw, got, err)
		}
	}
}

// Every member, under both names, as 000, 001 and 003 write them.
func TestParseOrdersMembers(t *testing.T) {
	want := Order{
		ID: "202071324", CustomerID: "user_123", Status: "shipped", StatusText: "已出貨", CreatedAt: time.Date(2023, 10, 27, 6, 30, 0, 0, time.UTC),
		Items: []OrderItem{
			{Name: "商品A", Quantity: 2, Price: "100.10", ImageURL: "https://i.example/a.png"},
			{Name: "商品B", Quantity: 1, Price: "0.1"},
		},
		TotalAmount: "1058.00", ShippingFee: "60", Currency: "CNY",
		Logistics: &OrderParcel{Carrier: "黑貓", TrackingNumber: "9001"}, Remark: "急件", URL: "https://shop.example/o/1",
	}
	const rest = `"customer_id":"user_123","status":"wc-shipped","status_text":"已出貨","items":[
		{"name":"商品A","quantity":"2","price":100.10,"image_url":"https://i.example/a.png"},{"name":"商品B","price":"0.1"}],
		"shipping_fee":60,"currency":"cny","logistics":{"carrier":"黑貓","tracking_number":9001},"remark":"急件","url":"https://shop.example/o/1"}`
	for _, head := range []string{
		`{"order_id":"202071324","created_at":"2023-10-27 14:30","total_amount":"1058.00",`,
		`{"order_id":202071324,"create_time":"2023-10-27 14:30:00","amount":1058.00,`,
		`{"order_id":"202071324","created_at":"2023-10-27T14:30:00+08:00","total_amount":1058.00,"amount":"7",`,
		`{"order_id":"202071324","created_at":"yesterday","create_time":"2023-10-27T06:30:00Z","total_amount":"NT$1,058","amount":"1058.00",`,
	} {
		got, err := ParseOrders([]byte(head+rest), taipei(), "TWD")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]Order{want}, got); d != "" {
			t.Errorf("%s: %s", head, d)
		}
	}
}

func TestParseOrdersAmounts(t *testing.T) {
	for raw, want := range map[string]string{
		`599`: "599", `599.00`: "599.00", `"599.00"`: "599.00", `" 599 "`: "599", `-5.5`: "-5.5", `0`: "0",
		`0.30000000000000004`:    "0.30000000000000004",
		`123456789012345678.01`:  "123456789012345678.01",
		`1e3`:                    "",
		`"1,280.00"`:             "",
		`"NT$5"`:                 "",
		`".5"`:                   "",
		`"05"`:                   "",
		`""`:                     "",
		`null`:                   "",
		`[]`:                     "",
		`1234567890123456789012`: "",
	} {
		got, err := ParseOrders([]byte(`{"order_id":1,"total_amount":`+raw+`}`), nil, "")
		if err != nil || got[0].TotalAmount != want {
			t.Errorf("%s: got %+v %v, want %q", raw, got, err, want)
		}
	}
}

func TestParseOrdersStatus(t *testing.T) {
	for raw, want := range map[string]string{
		"pending": "pending", "on-hold": "pending", "wc-on-hold": "pending", "processing": "processing", "completed": "completed", "cancelled": "cancelled",
		"canceled": "cancelled", "refunded": "refunded", "failed": "failed", "Shipped": "shipped", "paid": "paid", "delivered": "delivered", "checkout-draft": "checkout-draft",
	} {
		got, err := ParseOrders([]byte(`{"order_id":1,"status":"`+raw+`"}`), nil, "")
		if err != nil || got[0].Status != want {
			t.Errorf("%s: got %+v %v, want %q", raw, got, err, want)
		}
	}
}

func TestParseOrdersLeavesOutWhatItCannotRead(t *testing.T) {
	raw := `{"order_id":"1\u0000","created_at":"0000-00-00 00:00:00","items":[{"name":"a\u0000b","quantity":-1},7],"logistics":[],"status":{}}`
	got, err := ParseOrders([]byte(raw), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Order{{ID: "1", Items: []OrderItem{{Name: "ab", Quantity: 1}}}}, got); d != "" {
		t.Error(d)
	}
}

func TestParseOrdersIsBounded(t *testing.T) {
	raw := "[" + strings.Repeat(`{"order_id":1},`, 500) + `{"order_id":2}]`
	got, err := ParseOrders([]byte(raw), nil, "")
	if err != nil || len(got) != maxOrders {
		t.Errorf("%d orders, %v, want %d", len(got), err, maxOrders)
	}
}

// Whatever a shop answers: no panic, and what comes out is an order that JSON can carry and that reads back the same.
func FuzzParseOrders(f *testing.F) {
	f.Add([]byte(`{"orders":[{"order_id":8806,"amount":1.10,"items":[{"name":"a","quantity":2}],"created_at":"2023-10-27 14:30"}]}`))
	f.Add([]byte(`[{"order_id":"1","logistics":{"carrier":null}}]`))
	f.Add([]byte("{\"order_id\":\"\xff\\u0000x\"}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		orders, err := ParseOrders(raw, taipei(), "TWD")
		if err != nil {
			if KindOf(err) != KindMalformed || orders != nil {
				t.Fatalf("error %v beside %v", err, orders)
			}
			return
		}
		if len(orders) == 0 {
			return
		}
		out, err := json.Marshal(orders)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseOrders(out, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(orders, again); d != "" {
			t.Error(d)
		}
	})
}
