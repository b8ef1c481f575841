package lexis

import (
	"strings"
	"testing"
)

func TestScriptOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Script{
		"":                           NoScript,
		"12345 !? 😀":                 NoScript,
		"https://kefu.example/說明/登入": NoScript,
		"How do I log in?":           OtherScript,
		"ログインできません":                  OtherScript,
		"東京のサーバーに接続できない":                OtherScript,
		"로그인이 안 돼요":                     OtherScript,
		"Где мой заказ?":                OtherScript,
		"My name is 王, I cannot log in": OtherScript,
		"你好":                            Han,
		"我怎么办":                          Simplified,
		"怎麼登入？":                         Traditional,
		"訂單還沒到，我想退貨":                    Traditional,
		"订单还没到，我想退货":                    Simplified,
		"后台只有一台，里面的松树":                  Simplified, // 树
		"皇后只有一台":                        Han,        // characters that both forms have
		"乾隆是著名的":                        Han,
		"著名的乾隆皇帝陵墓在这里":                  Simplified,
		"Steam 無法登入 error E1234":        Traditional,
		"無法連線":                          Traditional,
		"转人工":                           Simplified,
		"轉真人":                           Traditional,
		"我家群裡的朋友都說很吃力，台北的系統真的慢": Traditional,
	} {
		if got := ScriptOf(text); got != want {
			t.Errorf("ScriptOf(%q) = %d, want %d", text, got, want)
		}
	}
}

// TestSharedCharactersAreKnown: what the constants name is in the tables, else naming it does nothing.
func TestSharedCharactersAreKnown(t *testing.T) {
	t.Parallel()
	for _, r := range sharedTraditional {
		if simplified(r) == r {
			t.Errorf("%c is not simplified by the tables", r)
		}
	}
	for _, r := range shared {
		if !simplifies(r) {
			t.Errorf("no character becomes %c", r)
		}
	}
}

func BenchmarkScriptOf(b *testing.B) {
	long := strings.Repeat("我想請問一下訂單編號三三號什麼時候會出貨？", 3000)
	for b.Loop() {
		ScriptOf(long)
	}
}
