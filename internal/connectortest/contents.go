package connectortest

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"kefu"
)

func contents() []check {
	return []check{{"nothing that a content holds is lost", (*kit).saysAll}}
}

// Told is a content, and the words of it that somebody who reads it must see: none of them means anything in any markup.
type Told struct {
	Content kefu.Content
	Facts   []string
}

// Tellings are one content of each kind, by name. No fact stands in two of them.
func Tellings() map[string]Told {
	form := kefu.Form{Title: "退貨申請表", Fields: []kefu.FormField{
		{Name: "order_id", Label: "哪一張訂單", Type: kefu.FieldText, Required: true, Placeholder: "例子7701"},
		{Name: "why", Label: "退貨的原因", Type: kefu.FieldSelect, Required: true,
			Options: []kefu.Choice{{Label: "商品損壞了", Value: "broken"}, {Label: "尺寸不合適", Value: "size"}}},
		{Name: "email", Label: "聯絡信箱", Type: kefu.FieldEmail},
		{Name: "remark", Label: "其他的話", Type: kefu.FieldArea},
	}}
	question := kefu.Form{Title: "保固登記", Step: 2, Fields: []kefu.FormField{
		{Name: "serial", Label: "序號", Type: kefu.FieldText},
		{Name: "shop", Label: "在哪裡買的", Type: kefu.FieldSelect, Options: []kefu.Choice{{Label: "台北門市", Value: "a"}, {Label: "高雄門市", Value: "b"}}}}}
	order := kefu.Order{ID: "8806123", Status: "shipped", StatusText: "正在路上", CreatedAt: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC),
		Items: []kefu.OrderItem{{Name: "龍之湯碗", Quantity: 2, Price: "1280"}, {Name: "龍之杯", Quantity: 1, Price: "77"}}, TotalAmount: "2697.25", ShippingFee: "60",
		Currency: "TWD", Logistics: &kefu.OrderParcel{Carrier: "黑貓宅急便", TrackingNumber: "TRACK90012"}, Remark: "放在管理室"}
	return map[string]Told{
		"text":  {kefu.Content{Type: kefu.ContentText, Text: "只是文字"}, []string{"只是文字"}},
		"order": {kefu.Content{Type: kefu.ContentOrderCard, Text: "您的訂單如下", Order: &order}, []string{"您的訂單如下", "8806123", "正在路上", "龍之湯碗", "龍之杯", "2697.25", "黑貓宅急便", "TRACK90012", "放在管理室"}},
		"form": {kefu.Content{Type: kefu.ContentForm, Text: "請填寫下表", Form: &form},
			[]string{"請填寫下表", "退貨申請表", "哪一張訂單", "例子7701", "退貨的原因", "商品損壞了", "尺寸不合適", "聯絡信箱", "其他的話"}},
		"question": {kefu.Content{Type: kefu.ContentForm, Form: &question}, []string{"在哪裡買的", "台北門市", "高雄門市"}},
		"choice": {kefu.Content{Type: kefu.ContentChoice, Text: "要怎麼處理呢", Choices: []kefu.Choice{
			{Label: "把錢退給我", Value: "refund"}, {Label: "換一個新的", Value: "exchange"}, {Label: "退換貨規定", URL: "https://shop.example/rules77"}}},
			[]string{"要怎麼處理呢", "把錢退給我", "換一個新的", "退換貨規定", "https://shop.example/rules77"}},
		"article": {kefu.Content{Type: kefu.ContentArticle, Text: "請看這些文章", Articles: []kefu.ArticleCard{
			{ID: "art_1", Title: "如何退貨給我們", Excerpt: "七天之內都可以", URL: "https://shop.example/help77"}, {ID: "art_2", Title: "運費誰來付", Excerpt: "我們付一半"},
			{ID: "art_3", Title: "保固多久呢", Excerpt: "整整一年"}, {ID: "art_4", Title: "門市在哪裡", Excerpt: "台中也有"}}},
			[]string{"請看這些文章", "如何退貨給我們", "七天之內都可以", "https://shop.example/help77", "運費誰來付", "我們付一半", "保固多久呢", "整整一年", "門市在哪裡", "台中也有"}},
		"answer": {kefu.Content{Type: kefu.ContentForm, Text: "序號是什麼: XK99\n顏色是什麼: 大紅色", Answer: &kefu.Answer{MessageID: "msg_0", Values: []kefu.AnswerValue{
			{Name: "serial", Label: "序號是什麼", Value: "XK99"}, {Name: "colour", Label: "顏色是什麼", Value: "r", Shown: "大紅色"}}}},
			[]string{"序號是什麼", "XK99", "顏色是什麼", "大紅色"}},
		"offers": {kefu.Content{Type: kefu.ContentText, Text: "還可以看看", Choices: []kefu.Choice{{Label: "本店的首頁", URL: "https://shop.example/home77"}}},
			[]string{"還可以看看", "本店的首頁", "https://shop.example/home77"}},
		"event": {kefu.Content{Type: kefu.ContentEvent, Text: "有人加入對話"}, []string{"有人加入對話"}},
	}
}

// saysAll sends one content of each kind: whatever the medium makes of it, everything that it says is there to be read.
func (k *kit) saysAll() {
	t := k.open(1)
	seq := int64(0)
	for name, tell := range Tellings() {
		seq++
		out := k.message(t, seq, "")
		out.Message.Content = tell.Content
		for _, fact := range tell.Facts {
			if strings.Contains(k.everything(), fact) {
				k.t.Fatalf("%q is there before it was sent", fact)
			}
		}
		k.deliver(out)
		there := k.everything()
		for _, fact := range tell.Facts {
			if !strings.Contains(there, fact) {
				k.t.Errorf("%s: %q is nowhere to be read", name, fact)
			}
		}
	}
}

// everything is what the remote has, with signs as they are.
func (k *kit) everything() string {
	k.t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(k.remote.State()); err != nil {
		k.t.Fatal(err)
	}
	return b.String()
}
