package card

import "strings"

// The languages there are.
const (
	LangTW = "zh-TW"
	LangCN = "zh-CN"
	LangEN = "en"
)

type words struct {
	status, number, created, goods, noGoods, unnamed, picture, total, shipping string
	parcel, carrier, tracking, hint, remark, unknown, detail                   string
}

var tw = words{
	status: "訂單狀態:", number: "訂單編號:", created: "下單時間:", goods: "商品明細", noGoods: "無商品資訊", unnamed: "未知商品",
	picture: "圖片", total: "實付:", shipping: "含運費", parcel: "物流資訊", carrier: "物流商:", tracking: "單號:",
	hint: "點擊單號可複製追蹤", remark: "備註:", unknown: "未知", detail: "訂單詳情:",
}

// cn has source 001's words, letter by letter.
var cn = words{
	status: "订单状态:", number: "订单号:", created: "下单时间:", goods: "商品详情", noGoods: "无商品信息", unnamed: "未知商品",
	picture: "图片", total: "实付:", shipping: "含运费", parcel: "物流信息", carrier: "承运商:", tracking: "单号:",
	hint: "点击单号可复制跟踪", remark: "备注:", unknown: "未知", detail: "订单详情:",
}

var en = words{
	status: "Order status: ", number: "Order number:", created: "Placed:", goods: "Items", noGoods: "No items", unnamed: "Unnamed item",
	picture: "picture", total: "Paid:", shipping: "shipping included:", parcel: "Shipment", carrier: "Carrier: ", tracking: "Tracking number: ",
	hint: "Tap the number to copy it", remark: "Remark:", unknown: "unknown", detail: "Details:",
}

// Lang gives the language of ours that is nearest to a tag: zh-TW for traditional Chinese and for "", zh-CN for other Chinese, else en.
func Lang(tag string) string {
	tag = strings.ToLower(strings.ReplaceAll(tag, "_", "-"))
	switch {
	case tag == "", strings.HasPrefix(tag, "zh-tw"), strings.HasPrefix(tag, "zh-hk"), strings.HasPrefix(tag, "zh-mo"), strings.HasPrefix(tag, "zh-hant"):
		return LangTW
	case tag == "zh", strings.HasPrefix(tag, "zh-"):
		return LangCN
	}
	return LangEN
}

func pick(lang string) words {
	switch Lang(lang) {
	case LangTW:
		return tw
	case LangCN:
		return cn
	}
	return en
}
