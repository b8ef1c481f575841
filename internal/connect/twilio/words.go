package twilio

import (
	"fmt"

	"kefu"
)

// word names a text that is written into Twilio.
type word int

const (
	wordNote word = iota
	wordTicket
	wordSubject
	wordCustomer
	wordNoOrders
	wordHistory
	wordHistoryLate
	wordHistoryCut
	wordFileGone
	wordDeleted
	wordNothing
)

// texts are in zh-TW, zh-CN and English. The words of one name take the same arguments in every language.
var texts = map[word][3]string{
	wordNote:        {"📝 內部備註・%s", "📝 内部备注・%s", "📝 Internal note · %s"},
	wordTicket:      {"🎫 客服單 #%d", "🎫 工单 #%d", "🎫 Ticket #%d"},
	wordSubject:     {"主旨：%s", "主题：%s", "Subject: %s"},
	wordCustomer:    {"顧客：%s", "顾客：%s", "Customer: %s"},
	wordNoOrders:    {"訂單目前查不到：%s", "订单暂时查不到：%s", "The orders are not known now: %s"},
	wordHistory:     {"🕘 先前的對話：", "🕘 之前的对话：", "🕘 What was said before:"},
	wordHistoryLate: {"🕘 轉來之前的對話：", "🕘 转来之前的对话：", "🕘 What was said before it came here:"},
	wordHistoryCut:  {"（更早的 %d 則訊息請看對話紀錄）", "（更早的 %d 条消息请看对话记录）", "(%d earlier messages are in the transcript)"},
	wordFileGone:    {"📎 %s（已無法取得）", "📎 %s（已无法获取）", "📎 %s (no longer available)"},
	wordDeleted:     {"（這則訊息已被刪除）", "（这条消息已被删除）", "(this message was deleted)"},
	wordNothing:     {"（沒有文字）", "（没有文字）", "(no text)"},
}

// say words something in the inbox's language.
func (c *Connector) say(w word, args ...any) string {
	at := map[kefu.Locale]int{kefu.LocaleTaiwan: 0, kefu.LocaleChina: 1, kefu.LocaleEnglish: 2}[c.set.lang]
	if text := texts[w][at]; len(args) > 0 {
		return fmt.Sprintf(text, args...)
	}
	return texts[w][at]
}
