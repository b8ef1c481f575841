package card

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
)

var update = flag.Bool("update", false, "write the golden files anew")

// orders are what the golden files show: everything there is, source 001's own example, and almost nothing.
func orders() map[string]kefu.Order {
	return map[string]kefu.Order{
		"full": {
			ID: "8806", Status: "shipped", CreatedAt: time.Date(2023, 10, 27, 6, 30, 0, 0, time.UTC).In(time.FixedZone("CST", 8*60*60)),
			Items: []kefu.OrderItem{
				{Name: "龍之湯碗（大）", Quantity: 2, Price: "1280", ImageURL: "https://i.example/a_(1).png"},
				{Name: "*折扣* [點我](https://evil.example) @everyone <@1>\n# 標題", Quantity: 1, Price: "-100.50", ImageURL: "javascript:alert(1)"},
				{Quantity: 3, Price: ""},
			},
			TotalAmount: "2459.50", ShippingFee: "60", Currency: "TWD",
			Logistics: &kefu.OrderParcel{Carrier: "黑貓_宅急便", TrackingNumber: "9001-23"},
			Remark:    "請放**管理室**\n- 謝謝", URL: "https://shop.example/o/8806",
		},
		"source": {
			ID: "123456789", Status: "shipped", StatusText: "已发货", CreatedAt: time.Date(2023, 10, 27, 14, 30, 0, 0, time.UTC),
			Items: []kefu.OrderItem{{Name: "商品A", Quantity: 2, Price: "100.00"}}, TotalAmount: "1058.00", ShippingFee: "0.00", Currency: "CNY",
		},
		"bare": {ID: "1`2", Status: "checkout-draft", Logistics: &kefu.OrderParcel{TrackingNumber: "X"}},
	}
}

func TestGolden(t *testing.T) {
	renderings := map[string]func(kefu.Order, string) string{"md": Markdown, "txt": Text}
	for name, o := range orders() {
		for _, lang := range []string{LangTW, LangCN, LangEN} {
			for ext, render := range renderings {
				path := filepath.Join("testdata", name+"."+lang+"."+ext)
				t.Run(filepath.Base(path), func(t *testing.T) {
					golden(t, path, render(o, lang)+"\n")
				})
			}
		}
	}
}

// golden holds got against a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

func TestStatus(t *testing.T) {
	for word, want := range map[string][4]string{
		"pending": {"⏳", "待付款", "待付款", "Pending"}, "paid": {"💰", "已付款", "已付款", "Paid"}, "processing": {"⚙️", "處理中", "处理中", "Processing"},
		"shipped": {"📦", "已出貨", "已发货", "Shipped"}, "delivered": {"✅", "已送達", "已送达", "Delivered"}, "completed": {"✅", "已完成", "已完成", "Completed"},
		"cancelled": {"❌", "已取消", "已取消", "Cancelled"}, "refunded": {"💸", "已退款", "已退款", "Refunded"}, "failed": {"⚠️", "付款失敗", "付款失败", "Failed"},
		"draft": {"📦", "draft", "draft", "draft"}, "": {"📦", "未知", "未知", "unknown"},
	} {
		got := [4]string{StatusEmoji(word), StatusName(word, "zh-TW"), StatusName(word, "zh-CN"), StatusName(word, "en-GB")}
		if got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestLang(t *testing.T) {
	for tag, want := range map[string]string{
		"": LangTW, "zh-TW": LangTW, "zh_TW": LangTW, "zh-Hant-HK": LangTW, "zh-HK": LangTW, "zh": LangCN, "zh-CN": LangCN, "zh-Hans": LangCN,
		"en": LangEN, "en-US": LangEN, "ja": LangEN, "zhx": LangEN,
	} {
		if got := Lang(tag); got != want {
			t.Errorf("%q: got %s, want %s", tag, got, want)
		}
	}
}

func TestMoney(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"599.00", "TWD"}: "NT$599.00", {"5", "cny"}: "¥5", {"5", "USD"}: "$5", {"-5", "TWD"}: "-NT$5", {"", "CNY"}: "¥0.00", {"5", ""}: "¥5", {"5", "CHF"}: "CHF 5",
		{"-5", "CHF"}: "-CHF 5", {"5", "JPY"}: "JP¥5",
	} {
		if got := Money(in[0], in[1]); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestEscapeMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"plain 中文 3.14":               "plain 中文 3.14",
		"*a* _b_ ~c~":                 `\*a\* \_b\_ \~c\~`,
		"`x` ||y||":                   "\\`x\\` \\|\\|y\\|\\|",
		`a\*b`:                        `a\\\*b`,
		"[t](u)":                      `\[t\](u)`,
		"<@1> <b>":                    `\<@1\> \<b\>`,
		"# h\n> q":                    `\# h` + "\n" + `\> q`,
		"- a\n  + b":                  `\- a` + "\n" + `  \+ b`,
		"1. a\n2) b":                  `1\. a` + "\n" + `2\) b`,
		"a\n---":                      "a\n" + `\---`,
		"@everyone @HERE a@b.example": "@\u200beveryone @\u200bHERE a@b.example",
		"&lt;":                        `\&lt;`,

		"_a_ https://a.example/x_y/_z?b=1&c=d#e - _f_": `\_a\_ https://a.example/x_y/_z?b=1&c=d#e \- \_f\_`,
		"https://a.example/[t](https://b.example)":     `https://a.example/\[t\](https://b.example)`,
		"http://a.example/**b**`c`":                    "http://a.example/\\*\\*b\\*\\*\\`c\\`",
		"https://a.example/@everyone":                  "https://a.example/@\u200beveryone",
		"https://<b>":                                  `https://\<b\>`,
	} {
		if got := EscapeMarkdown(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestLink(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x y(1)": "https://a.example/x%20y%281%29", "http://a.example": "http://a.example", "javascript:alert(1)": "", "//a.example/x": "", "": "",
		"https:///x": "", "data:image/png;base64,AA": "", "https://a.example/\nx": "",
	} {
		if got := Link(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// Whatever a shop writes into an order: it stays on its line, and nobody is mentioned.
func FuzzMarkdown(f *testing.F) {
	f.Add("a\n**b**", "https://x.example/)(", "@everyone")
	f.Fuzz(func(t *testing.T, name, link, status string) {
		o := kefu.Order{ID: name, StatusText: status, Items: []kefu.OrderItem{{Name: name, ImageURL: link, Quantity: 1}}}
		got := Markdown(o, LangEN)
		if n := strings.Count(got, "\n"); n != 6 {
			t.Errorf("%d line breaks, want 6:\n%s", n, got)
		}
		// In the code quotes of the number nothing is mentioned.
		outside := strings.Replace(got, "`"+inCode(o.ID)+"`", "", 1)
		if everybody.MatchString(outside) && !strings.Contains(Link(link), "@") {
			t.Errorf("mentions everybody: %s", outside)
		}
	})
}
