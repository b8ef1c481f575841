package chatwoot_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/chatwoot"
	"kefu/internal/card"
	fake "kefu/internal/fake/chatwoot"
)

var update = flag.Bool("update", false, "write the golden files anew")

// orders are those that the renderings are tried on.
func orders() map[string]chatwoot.Order {
	at := time.Date(2023, 10, 27, 14, 30, 0, 0, time.FixedZone("CST", 8*3600))
	return map[string]chatwoot.Order{
		"full": {ID: "202071324", Status: "shipped", CreatedAt: at, Currency: "TWD", TotalAmount: "599.00", ShippingFee: "60", Remark: "leave it\nat the door", URL: "https://shop.example.com/o/1",
			Items:     []chatwoot.OrderItem{{Name: "Tea", Quantity: 2, Price: "250.00", ImageURL: "https://shop.example.com/tea.png"}, {Name: "Cup", Quantity: 1, Price: "39"}},
			Logistics: &chatwoot.OrderParcel{Carrier: "Black Cat", TrackingNumber: "BC-1"}},
		"bare":    {ID: "1", URL: "https://shop.example.com/o/2"},
		"hostile": {ID: "`1`\n", Status: "<b>", StatusText: "[x](javascript:1)", TotalAmount: "-1", URL: "javascript:alert(1)", Remark: "@everyone **now** https://shop.example.com/o_1?a=b&c_d=1", Items: []chatwoot.OrderItem{{Name: "# a\n[b](c)", ImageURL: "javascript:1"}}, Logistics: &chatwoot.OrderParcel{}},
	}
}

// TestOrderIsTheHouses compares the order's JSON and its Markdown with those of the program that this package comes from.
func TestOrderIsTheHouses(t *testing.T) {
	for name, o := range orders() {
		raw, err := json.Marshal(o)
		must(t, err)
		var house kefu.Order
		must(t, json.Unmarshal(raw, &house))
		again, err := json.Marshal(house)
		must(t, err)
		have(t, name, string(again), string(raw))
		house.CreatedAt = o.CreatedAt
		for _, lang := range []string{"", "zh-TW", "zh_HK", "zh", "zh-CN", "en", "fr"} {
			have(t, name+" "+lang, chatwoot.FormatOrderMarkdown(o, lang), card.Markdown(house, lang))
		}
	}
}

func TestOrderRenderings(t *testing.T) {
	for name, o := range orders() {
		for _, lang := range []string{"zh-TW", "zh-CN", "en"} {
			shown := map[string]any{
				"markdown": strings.Split(chatwoot.FormatOrderMarkdown(o, lang), "\n"),
				"card":     chatwoot.OrderCard(o, lang).Items,
				"form":     chatwoot.OrderForm(o, lang, chatwoot.FieldOption{Label: "Help", Value: "HELP"}).Items,
				"buttons":  chatwoot.ActionButtons(lang, chatwoot.Action{Type: chatwoot.Postback, Text: "Help", Payload: "HELP"}).Items,
			}
			got, err := json.MarshalIndent(shown, "", "  ")
			must(t, err)
			path := filepath.Join("testdata", name+"."+lang+".json")
			if *update {
				must(t, os.MkdirAll("testdata", 0o750))
				must(t, os.WriteFile(path, append(got, '\n'), 0o600))
			}
			want, err := os.ReadFile(path)
			must(t, err)
			have(t, path, string(got)+"\n", string(want))
		}
	}
}

func TestSendOrders(t *testing.T) {
	s, c := start(t, fake.Options{})
	id := talk(t, s)
	for name, o := range orders() {
		_, err := c.SendOrderForm(t.Context(), id, o, "zh-CN", chatwoot.FieldOption{Label: "Help", Value: "HELP"})
		if err != nil {
			t.Errorf("form of %s: %v", name, err)
		}
		m, err := c.SendOrderCard(t.Context(), id, o, "zh-CN")
		switch {
		case name == "hostile":
			if !isInvalid(err, 1) { // no address, so no action
				t.Errorf("a card without an action: %v", err)
			}
		case err != nil:
			t.Errorf("card of %s: %v", name, err)
		default:
			have(t, "fallback", m.Content, chatwoot.FormatOrderMarkdown(o, "zh-CN"))
		}
	}
	_, err := c.SendRich(t.Context(), id, chatwoot.ActionButtons("en", chatwoot.Action{Type: chatwoot.Link, Text: "Go", URI: "https://shop.example.com"}))
	must(t, err)
	if _, err := c.SendRich(t.Context(), id, chatwoot.ActionButtons("en")); !isInvalid(err, 1) {
		t.Errorf("buttons without any: %v", err)
	}
}

func TestOrderCardKeepsItsActions(t *testing.T) {
	own := chatwoot.Action{Type: chatwoot.Postback, Text: "Help", Payload: "HELP"}
	c, ok := chatwoot.OrderCard(orders()["full"], "en", own).Items[0].(chatwoot.Card)
	if !ok || len(c.Actions) != 1 || c.Actions[0] != own {
		t.Errorf("actions %+v", c.Actions)
	}
}
