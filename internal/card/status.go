package card

import "kefu"

type status struct{ emoji, tw, cn, en string }

// statuses is the order row of the status words (contracts: vocabulary, orders).
var statuses = map[string]status{
	"pending":    {"⏳", "待付款", "待付款", "Pending"},
	"paid":       {"💰", "已付款", "已付款", "Paid"},
	"processing": {"⚙️", "處理中", "处理中", "Processing"},
	"shipped":    {"📦", "已出貨", "已发货", "Shipped"},
	"delivered":  {"✅", "已送達", "已送达", "Delivered"},
	"completed":  {"✅", "已完成", "已完成", "Completed"},
	"cancelled":  {"❌", "已取消", "已取消", "Cancelled"},
	"refunded":   {"💸", "已退款", "已退款", "Refunded"},
	"failed":     {"⚠️", "付款失敗", "付款失败", "Failed"},
}

// StatusEmoji is the sign of an order status; words that are not ours have the parcel.
func StatusEmoji(word string) string {
	if s, ok := statuses[word]; ok {
		return s.emoji
	}
	return "📦"
}

// StatusName is the name of an order status in a language (see Lang). A word that is not ours is its own name.
func StatusName(word, lang string) string {
	s, ok := statuses[word]
	switch {
	case !ok && word == "":
		return pick(lang).unknown
	case !ok:
		return word
	}
	switch Lang(lang) {
	case LangTW:
		return s.tw
	case LangCN:
		return s.cn
	}
	return s.en
}

// StatusText is what the shop calls the order's status, else our name of it. It is not escaped.
func StatusText(o kefu.Order, lang string) string {
	if o.StatusText != "" {
		return o.StatusText
	}
	return StatusName(o.Status, lang)
}
