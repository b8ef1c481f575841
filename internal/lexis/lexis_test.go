package lexis

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFoldAndTokens(t *testing.T) {
	for _, c := range []struct{ in, folded, tokens string }{
		{"退貨", "退货", "退货 货"}, {"退货", "退货", "退货 货"},
		{"取消訂單", "取消订单", "取消 消订 订单 单"},
		{"軟體", "软件", "软件 件"}, {"软件", "软件", "软件 件"},
		{"伺服器", "服务器", "服务 务器 器"}, {"服务器", "服务器", "服务 务器 器"},
		{"網路", "网络", "网络 络"},
		{"臺灣", "台湾", "台湾 湾"}, {"台灣", "台湾", "台湾 湾"}, {"台湾", "台湾", "台湾 湾"},
		{"ＶＩＰ", "vip", "vip"},
		{"貨", "货", "货"},
		{"Discord 機器人", "discord 机器人", "discord 机器 器人 人"},
		{"怎麼取消訂單", "怎么取消订单", "怎么 么取 取消 消订 订单 单"},
		{"Café №5 can't", "café no5 can't", "cafe no5 can t"},
		{"refunded REFUNDS", "refunded refunds", "refund refund"},
		{"コーヒー", "コーヒー", "コー ーヒ ヒー ー"},
		{"", "", ""}, {" -*:\"' ", " -*:\"' ", ""},
	} {
		if got := Fold(c.in); got != c.folded {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.folded)
		}
		if got := strings.Join(Tokens(c.in), " "); got != c.tokens {
			t.Errorf("Tokens(%q) = %q, want %q", c.in, got, c.tokens)
		}
	}
}

func TestStem(t *testing.T) {
	for in, want := range map[string]string{
		"caresses": "caress", "ponies": "poni", "cats": "cat", "feed": "feed", "plastered": "plaster", "bled": "bled",
		"motoring": "motor", "sing": "sing", "conflated": "conflat", "troubled": "troubl", "sized": "size", "hopping": "hop", "falling": "fall",
		"hissing": "hiss", "failing": "fail", "filing": "file", "happy": "happi", "sky": "sky", "relational": "relat", "conditional": "condit",
		"vietnamization": "vietnam", "electrical": "electr", "hopefulness": "hope", "goodness": "good", "revival": "reviv", "allowance": "allow",
		"adjustment": "adjust", "dependent": "depend", "adoption": "adopt", "effective": "effect", "probate": "probat", "rate": "rate",
		"cease": "ceas", "controlling": "control", "roll": "roll", "is": "is", "a1s": "a1s", "shipping": "ship", "shipped": "ship", "orders": "order",
	} {
		if got := stem(in); got != want {
			t.Errorf("stem(%q) = %q, want %q", in, got, want)
		}
	}
}

func describe(q Query) string {
	var out []string
	for _, t := range q.Terms {
		s := strings.Join(t.Tokens, "+")
		if t.Prefix {
			s += "*"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, strict, loose string }{
		{"退貨", "退货", "退货"},
		{"取消訂單", "取消+消订+订单", "取消 消订 订单"},
		{"貨", "货*", "货*"},
		{"Discord 機器人", "discord 机器+器人", "discord 机器 器人"},
		{"A-1001", "a+1001", "a 1001"},
		{"amy.lee@example.com", "ami+lee+exampl+com", "ami lee exampl com"},
		{"#33", "33", "33"},
		{`"退貨" AND (NEAR*) a<->b c:d`, "退货 and near a b c d", "退货 and near a b c d"},
		{"訂單，訂單 order-訂單", "订单 order", "订单 order"},
		{"  *** ", "", ""},
	} {
		q := Parse(c.in)
		if got := describe(q); got != c.strict {
			t.Errorf("Parse(%q) = %q, want %q", c.in, got, c.strict)
		}
		if got := describe(q.Loose()); got != c.loose {
			t.Errorf("Parse(%q).Loose() = %q, want %q", c.in, got, c.loose)
		}
	}
}

func TestExcerpt(t *testing.T) {
	for _, c := range []struct {
		query, text string
		length      int
		want        string
	}{
		{"退货", "我想退貨，謝謝", 50, "我想[退貨]，謝謝"},
		{"软件", "這個軟體\n壞了", 50, "這個[軟體] 壞了"},
		{"貨", "退貨了", 50, "退[貨]了"},
		{"refund", "<b>ＲＥＦＵＮＤＥＤ</b>", 50, "<b>[ＲＥＦＵＮＤＥＤ]</b>"},
		{"订单", strings.Repeat("字", 100) + "訂單" + strings.Repeat("字", 100), 20, "…字字字字字[訂單]字字字字字字字字字字字字…"},
		{"nothing", "some text", 4, "some…"},
		{"a b", "a b", 9, "[a] [b]"},
	} {
		text, marks := Parse(c.query).Excerpt(c.text, c.length)
		if got := bracketed(text, marks); got != c.want {
			t.Errorf("%q in %q: %q, want %q", c.query, c.text, got, c.want)
		}
	}
}

func bracketed(text string, marks []Range) string {
	r := []rune(text)
	for _, m := range slices.Backward(marks) {
		r = slices.Insert(r, m.End, ']')
		r = slices.Insert(r, m.Start, '[')
	}
	return string(r)
}

// TestAWordOfATextFindsIt: whatever a text is made of, each of its words, asked for alone, has it.
func TestAWordOfATextFindsIt(t *testing.T) {
	letters := rapid.SampledFrom([]rune("退貨訂單取消後台麵面干乾ＶＩＰé ÉſKabcingsed019，。- '\"*:ーカｶﾞ한글𠮷"))
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(letters, 0, 40).Draw(t, "text"))
		for field := range strings.FieldsSeq(text) {
			q := Parse(field)
			if !q.Empty() && q.Score(text) != 1 {
				t.Errorf("%q does not find %q: %v in %v", field, text, q, Tokens(text))
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"退貨", `"a" AND NEAR(b, 3) c* d:e <-> ! & | \`, "ＶＩＰ\u0301", "ﷺ", "Å\xff", "İ", "ー"} {
		f.Add(s, s+" 退貨")
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		q := Parse(query)
		for _, term := range append(q.Terms, q.Loose().Terms...) {
			for _, tok := range term.Tokens {
				if tok == "" || strings.ContainsAny(tok, " '\"\\*:&|!<>()-") {
					t.Errorf("token %q of %q could be taken for a command", tok, query)
				}
			}
		}
		if score := q.Score(text); score < 0 || score > 1 {
			t.Errorf("score %v", score)
		}
		excerpt, marks := q.Excerpt(text, 40)
		last := 0
		for _, m := range marks {
			if m.Start < last || m.End <= m.Start || m.End > utf8.RuneCountInString(excerpt) {
				t.Errorf("mark %v in %q", m, excerpt)
			}
			last = m.End
		}
		if n := len(Tokens(text)); n > MaxTokens {
			t.Errorf("%d tokens", n)
		}
	})
}

func BenchmarkTokens(b *testing.B) {
	text := strings.Repeat("您好，我想取消訂單 A-1001，because the package was damaged. ", 3)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Tokens(text)
	}
}
