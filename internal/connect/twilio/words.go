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
	wordFailed
	wordUncertain
	wordKept
	wordEdited
	wordTakenBack
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
	wordFailed:      {"⚠️ 訊息沒有送到顧客那裡：%s", "⚠️ 消息没有送到顾客那里：%s", "⚠️ A message did not reach the customer: %s"},
	wordUncertain:   {"⚠️ 訊息可能沒有送到顧客那裡：%s", "⚠️ 消息可能没有送到顾客那里：%s", "⚠️ A message may not have reached the customer: %s"},
	wordEdited: {"✏️ 顧客那裡無法顯示您修改後的內容，看到的仍是原本的訊息。", "✏️ 顾客那里无法显示您修改后的内容，看到的仍是原来的消息。",
		"✏️ The customer still sees the message as it was: an edit cannot be shown there."},
	wordTakenBack: {"🗑️ 顧客那裡的訊息無法收回。", "🗑️ 顾客那里的消息无法收回。", "🗑️ The message cannot be taken back at the customer's side."},
	wordKept: {"📝 這段對話目前由其他客服台處理，您寫的內容只留作內部備註。", "📝 这段对话目前由其他客服台处理，您写的内容只留作内部备注。",
		"📝 Another desk has this talk: what you wrote was kept as an internal note."},
}

// say words something in the inbox's language.
func (c *Connector) say(w word, args ...any) string {
	at := map[kefu.Locale]int{kefu.LocaleTaiwan: 0, kefu.LocaleChina: 1, kefu.LocaleEnglish: 2}[c.set.lang]
	if text := texts[w][at]; len(args) > 0 {
		return fmt.Sprintf(text, args...)
	}
	return texts[w][at]
}
