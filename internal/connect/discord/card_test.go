package discord

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

var update = flag.Bool("update", false, "write the golden files anew")

func order(items int) kefu.Order {
	o := kefu.Order{
		ID: "8806", Status: "shipped", CreatedAt: time.Date(2023, 10, 27, 6, 30, 0, 0, time.UTC), TotalAmount: "1280.00", ShippingFee: "60.00", Currency: "TWD",
		Logistics: &kefu.OrderParcel{Carrier: "黑貓宅急便", TrackingNumber: "9012-3456"}, Remark: "請*放*管理室", URL: "https://shop.example/order?orderId=8806",
	}
	for i := range items {
		o.Items = append(o.Items, kefu.OrderItem{Name: fmt.Sprintf("龍之杯 %d [限量]", i+1), Quantity: int64(i + 1), Price: "610.00",
			ImageURL: fmt.Sprintf("https://shop.example/%d.png", i+1)})
	}
	return o
}

// golden compares what would be sent with what is kept for it.
func golden(t *testing.T, name string, l lang, p post) {
	t.Helper()
	send := api.MessageSend{Components: p.rows}
	for _, piece := range p.pieces {
		send.Embeds = append(send.Embeds, piece.embed)
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(send); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name+"."+l.String()+".json")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	base := connector.Outbound{
		Message: kefu.Message{Seq: 1, Author: kefu.Author{Kind: kefu.AuthorContact, Name: "DemoUser"},
			Content: kefu.Content{Type: kefu.ContentText, Text: "你好，我想請問我的訂單何時會出貨？謝謝。"}},
		Customer: kefu.Contact{Name: "DemoUser", Email: "demo@example.com"},
		Card:     &connector.Card{Ticket: kefu.Ticket{Number: 33, ExternalID: "33"}, Subject: "關於訂單 #8806 商品運送問題"},
	}
	for name, orders := range map[string][]kefu.Order{
		"card": nil, "card_order": {order(2)}, "card_goods_cut": {order(60), order(1)}, "card_bare_order": {{ID: "1", Status: "odd", Currency: "USD"}},
	} {
		for l := range lang(languages) {
			out, c := base, *base.Card
			c.Orders = orders
			if name == "card" {
				c.OrderErr = "502 Bad Gateway"
			}
			out.Card = &c
			golden(t, name, l, render(l, out)[0])
		}
	}
	note := base
	note.Card, note.Message.Private = nil, true
	note.Message.Author = kefu.Author{Kind: kefu.AuthorAgent, Name: "Alice", Via: "Console"}
	for l := range lang(languages) {
		golden(t, "note", l, render(l, note)[0])
	}
}

// TestPostsFit holds Discord's limits for whatever a customer and a shop can send.
func TestPostsFit(t *testing.T) {
	t.Parallel()
	text := rapid.Custom(func(t *rapid.T) string {
		unit := rapid.SampledFrom([]string{"字", "word ", "*", "`", "```\n", "\n", "😀", "https://a.example/x_y ", "@everyone", "\\"}).Draw(t, "unit")
		return strings.Repeat(unit, rapid.SampledFrom([]int{0, 1, 20, 700}).Draw(t, "times")) + rapid.StringN(0, 20, -1).Draw(t, "rest")
	})
	rapid.Check(t, func(t *rapid.T) {
		o := order(rapid.SampledFrom([]int{0, 1, 8, 60}).Draw(t, "items"))
		o.ID, o.StatusText, o.Remark = text.Draw(t, "id"), text.Draw(t, "status"), text.Draw(t, "remark")
		if len(o.Items) > 0 {
			o.Items[0].Name = text.Draw(t, "name")
		}
		out := connector.Outbound{
			Message:  kefu.Message{Seq: 1, Author: kefu.Author{Name: text.Draw(t, "author")}, Content: kefu.Content{Text: text.Draw(t, "text"), Order: &o}},
			Customer: kefu.Contact{Name: text.Draw(t, "customer"), Email: text.Draw(t, "mail") + "@example.com"},
			Card:     &connector.Card{Subject: text.Draw(t, "subject"), Orders: []kefu.Order{o}, OrderErr: text.Draw(t, "err")},
		}
		out.Message.Content.Attachments = make([]kefu.Attachment, rapid.IntRange(0, 30).Draw(t, "attachments"))
		shown := 0
		for _, p := range render(zhTW, out) {
			if n := size(p); n > api.MaxEmbedTotal || len(p.pieces) > api.MaxEmbeds || len(p.pieces) == 0 {
				t.Fatalf("%d characters in %d embeds", n, len(p.pieces))
			}
			for _, piece := range p.pieces {
				fitsEmbed(t, piece.embed)
				if piece.file != nil {
					shown++
				}
			}
		}
		if shown != len(out.Message.Content.Attachments) {
			t.Fatalf("%d of %d attachments", shown, len(out.Message.Content.Attachments))
		}
	})
}

func fitsEmbed(t *rapid.T, e api.Embed) {
	if width(e.Title) > 256 || width(e.Description) > 4096 || e.Author != nil && (width(e.Author.Name) > 256 || e.Author.Name == "") || len(e.Fields) > 25 {
		t.Fatalf("embed over a limit: %d %d", width(e.Title), width(e.Description))
	}
	for _, f := range e.Fields {
		if f.Name == "" || f.Value == "" || width(f.Name) > 256 || width(f.Value) > 1024 {
			t.Fatalf("field %q of %d characters", f.Name, width(f.Value))
		}
	}
}

func TestMaskEmail(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]string{
		"demo@example.com": "d***@e***.com", "王@例子.tw": "王***@例***.tw", "a@b": "a***@b***", "": "", "nobody": "", "@x.y": "",
	} {
		if got := maskEmail(email); got != want {
			t.Errorf("maskEmail(%q) = %q, want %q", email, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a *b* c":                       `a \*b\* c`,
		"```go\nx := *y\n```":           "```go\nx := *y\n```",
		"see https://a.example/x_y_z *": `see https://a.example/x_y_z \*`,
	} {
		if got := quote(text); got != want {
			t.Errorf("quote(%q) = %q, want %q", text, got, want)
		}
	}
	if got := quote("open ```fence *x*"); strings.Contains(got, "```") {
		t.Errorf("a fence that is never closed stays one: %q", got)
	}
}
