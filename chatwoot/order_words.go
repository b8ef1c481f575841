package chatwoot

import "strings"

// orderWords are the words around an order in one language.
type orderWords struct {
	status, number, created, goods, noGoods, unnamed, picture, total, shipping string
	parcel, carrier, tracking, hint, remark, unknown                           string

	order, holds, inAll, comma, paid, look, action                             string
	fieldID, fieldStatus, fieldCreated, fieldTotal, fieldShipping, fieldRemark string
}

var tw = orderWords{
	status: "訂單狀態:", number: "訂單編號:", created: "下單時間:", goods: "商品明細", noGoods: "無商品資訊", unnamed: "未知商品",
	picture: "圖片", total: "實付:", shipping: "含運費", parcel: "物流資訊", carrier: "物流商:", tracking: "單號:",
	hint: "點擊單號可複製追蹤", remark: "備註:", unknown: "未知",
	order: "訂單", holds: "包含 ", inAll: " 等共 N 件商品", comma: ",", paid: "實付 ", look: "查看訂單詳情", action: "操作",
	fieldID: "訂單編號", fieldStatus: "訂單狀態", fieldCreated: "下單時間", fieldTotal: "總金額", fieldShipping: "運費", fieldRemark: "備註",
}

var cn = orderWords{
	status: "订单状态:", number: "订单号:", created: "下单时间:", goods: "商品详情", noGoods: "无商品信息", unnamed: "未知商品",
	picture: "图片", total: "实付:", shipping: "含运费", parcel: "物流信息", carrier: "承运商:", tracking: "单号:",
	hint: "点击单号可复制跟踪", remark: "备注:", unknown: "未知",
	order: "订单", holds: "包含 ", inAll: " 等共计 N 件商品", comma: ",", paid: "实付 ", look: "查看订单详情", action: "操作",
	fieldID: "订单号", fieldStatus: "订单状态", fieldCreated: "下单时间", fieldTotal: "总金额", fieldShipping: "运费", fieldRemark: "备注",
}

var en = orderWords{
	status: "Order status: ", number: "Order number:", created: "Placed:", goods: "Items", noGoods: "No items", unnamed: "Unnamed item",
	picture: "picture", total: "Paid:", shipping: "shipping included:", parcel: "Shipment", carrier: "Carrier: ", tracking: "Tracking number: ",
	hint: "Tap the number to copy it", remark: "Remark:", unknown: "unknown",
	order: "Order", holds: "", inAll: " and more, N items in all", comma: ", ", paid: "paid ", look: "View the order", action: "Actions",
	fieldID: "Order number", fieldStatus: "Order status", fieldCreated: "Placed", fieldTotal: "Total", fieldShipping: "Shipping", fieldRemark: "Remark",
}

// pick gives the words of the language nearest to a tag: zh-TW for traditional Chinese and for "", zh-CN for other Chinese, else English.
func pick(tag string) orderWords {
	switch langOf(tag) {
	case "zh-TW":
		return tw
	case "zh-CN":
		return cn
	}
	return en
}

func langOf(tag string) string {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	switch {
	case tag == "", strings.HasPrefix(tag, "zh-tw"), strings.HasPrefix(tag, "zh-hk"), strings.HasPrefix(tag, "zh-mo"), strings.HasPrefix(tag, "zh-hant"):
		return "zh-TW"
	case tag == "zh", strings.HasPrefix(tag, "zh-"):
		return "zh-CN"
	}
	return "en"
}

// orderStatus is a status word's sign and names.
type orderStatus struct{ emoji, tw, cn, en string }

var statuses = map[string]orderStatus{
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

func orderEmoji(word string) string {
	if s, ok := statuses[word]; ok {
		return s.emoji
	}
	return "📦"
}

// statusText is what the shop calls the status, else its name in the language, else the word itself.
func (o Order) statusText(lang string) string {
	s, ok := statuses[o.Status]
	switch {
	case o.StatusText != "":
		return o.StatusText
	case !ok && o.Status == "":
		return pick(lang).unknown
	case !ok:
		return o.Status
	}
	switch langOf(lang) {
	case "zh-TW":
		return s.tw
	case "zh-CN":
		return s.cn
	}
	return s.en
}
