package store

import (
	"testing"

	"kefu/internal/lexis"
)

// TestSearchGrammar holds the worked examples of both engines' query languages.
func TestSearchGrammar(t *testing.T) {
	for _, c := range []struct{ in, lite, liteLoose, pg string }{
		{"退貨", `"退货"`, `"退货"`, `'退货'`},
		{"取消訂單", `"取消 消订 订单"`, `"取消" OR "消订" OR "订单"`, `('取消'<->'消订'<->'订单')`},
		{"軟體", `"软件"`, `"软件"`, `'软件'`},
		{"伺服器", `"服务 务器"`, `"服务" OR "务器"`, `('服务'<->'务器')`},
		{"網路", `"网络"`, `"网络"`, `'网络'`},
		{"臺灣", `"台湾"`, `"台湾"`, `'台湾'`},
		{"ＶＩＰ", `"vip"`, `"vip"`, `'vip'`},
		{"貨", `"货"*`, `"货"*`, `'货':*`},
		{"Discord 機器人", `"discord" AND "机器 器人"`, `"discord" OR "机器" OR "器人"`, `'discord' & ('机器'<->'器人')`},
		{"怎麼取消訂單", `"怎么 么取 取消 消订 订单"`, `"怎么" OR "么取" OR "取消" OR "消订" OR "订单"`, `('怎么'<->'么取'<->'取消'<->'消订'<->'订单')`},
	} {
		q := lexis.Parse(c.in)
		if got := liteTerms(q.Terms, false); got != c.lite {
			t.Errorf("%s: FTS5 %s, want %s", c.in, got, c.lite)
		}
		if got := liteTerms(q.Loose().Terms, true); got != c.liteLoose {
			t.Errorf("%s: FTS5 with OR %s, want %s", c.in, got, c.liteLoose)
		}
		if got := pgTerms(q.Terms, false); got != c.pg {
			t.Errorf("%s: PostgreSQL %s, want %s", c.in, got, c.pg)
		}
	}
}
