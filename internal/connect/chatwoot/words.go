package chatwoot

import (
	"fmt"
	"strings"

	"kefu/internal/card"
)

// phrases are what Kefu writes into Chatwoot for the staff there, by language.
var phrases = map[string]map[string]string{
	"card": {
		card.LangTW: "🎫 **客服單 %s** %s\n👤 %s",
		card.LangCN: "🎫 **工单 %s** %s\n👤 %s",
		card.LangEN: "🎫 **Ticket %s** %s\n👤 %s",
	},
	"no_orders": {
		card.LangTW: "⚠️ 查不到訂單：%s",
		card.LangCN: "⚠️ 查不到订单：%s",
		card.LangEN: "⚠️ The orders are not known: %s",
	},
	"waiting": {
		card.LangTW: "⏰ 顧客從 %s 起一直在等候專人回覆，請儘快回覆。",
		card.LangCN: "⏰ 客户从 %s 起一直在等待人工回复，请尽快回复。",
		card.LangEN: "⏰ The customer has been waiting for a person since %s. Please answer.",
	},
	"handed": {
		card.LangTW: "🙋 顧客正在等候專人服務。",
		card.LangCN: "🙋 客户正在等待人工服务。",
		card.LangEN: "🙋 The customer is waiting for a person.",
	},
	"closed": {
		card.LangTW: "🔒 客服單已由 %s 關閉。",
		card.LangCN: "🔒 工单已由 %s 关闭。",
		card.LangEN: "🔒 Closed by %s.",
	},
	"reason": {
		card.LangTW: "原因：%s",
		card.LangCN: "原因：%s",
		card.LangEN: "Reason: %s",
	},
	"somebody": {
		card.LangTW: "系統",
		card.LangCN: "系统",
		card.LangEN: "the system",
	},
	"elsewhere": {
		card.LangTW: "👤 現在由 %s 處理，此人不在 Chatwoot。",
		card.LangCN: "👤 现在由 %s 处理，此人不在 Chatwoot。",
		card.LangEN: "👤 %s has this conversation now, who is not in Chatwoot.",
	},
	"unknown_agent": {
		card.LangTW: "👤 已指派給 %s，但 Chatwoot 不認得這位客服，所以這裡維持未指派。",
		card.LangCN: "👤 已分配给 %s，但 Chatwoot 不认识这位客服，所以这里保持未分配。",
		card.LangEN: "👤 This was assigned to %s, whom Chatwoot does not know. It stays unassigned here.",
	},
	"failed": {
		card.LangTW: "⚠️ 這則訊息沒有送達顧客：%s",
		card.LangCN: "⚠️ 这条消息没有送达客户：%s",
		card.LangEN: "⚠️ This message did not reach the customer: %s",
	},
	"uncertain": {
		card.LangTW: "⚠️ 不確定這則訊息是否送達顧客：%s",
		card.LangCN: "⚠️ 不确定这条消息是否送达客户：%s",
		card.LangEN: "⚠️ It is not certain that this message reached the customer: %s",
	},
	"note": {
		card.LangTW: "📝 這則訊息已留作內部備註，沒有傳給顧客：這個對話由另一個客服台處理。把對話指派給自己，就能接手。",
		card.LangCN: "📝 这条消息已留作内部备注，没有发给客户：这个对话由另一个客服台处理。把对话分配给自己，就能接手。",
		card.LangEN: "📝 This message was kept as a note and did not go to the customer: another desk has this conversation. Assign it to yourself to take over.",
	},
	"note_closed": {
		card.LangTW: "📝 這則訊息已留作內部備註，沒有傳給顧客：這個對話已經結束。重新開啟對話，再寫一次。",
		card.LangCN: "📝 这条消息已留作内部备注，没有发给客户：这个对话已经结束。重新打开对话，再写一次。",
		card.LangEN: "📝 This message was kept as a note and did not go to the customer: the conversation has ended. Reopen it and write again.",
	},
	"edited": {
		card.LangTW: "✏️ 這則訊息後來有修改，但顧客看到的仍是原文。",
		card.LangCN: "✏️ 这条消息后来有修改，但客户看到的仍是原文。",
		card.LangEN: "✏️ This message was changed later; the customer still sees the old words.",
	},
	"deleted": {
		card.LangTW: "🗑️ 這則訊息後來已刪除，但顧客仍看得到。",
		card.LangCN: "🗑️ 这条消息后来已删除，但客户仍看得到。",
		card.LangEN: "🗑️ This message was deleted later; the customer still sees it.",
	},
	"undelivered": {
		card.LangTW: "⚠️ Chatwoot 無法把「%s」送給顧客：%s",
		card.LangCN: "⚠️ Chatwoot 无法把“%s”发给客户：%s",
		card.LangEN: "⚠️ Chatwoot could not deliver \"%s\" to the customer: %s",
	},
	"unshown": {
		card.LangTW: "（顧客傳來這裡無法顯示的內容，請到 Chatwoot 查看。）",
		card.LangCN: "（客户发来了这里无法显示的内容，请到 Chatwoot 查看。）",
		card.LangEN: "(The customer sent something that cannot be shown here; it is in Chatwoot.)",
	},
	"file_lost": {
		card.LangTW: "📎 檔案「%s」已經無法取得。",
		card.LangCN: "📎 文件“%s”已经无法获取。",
		card.LangEN: "📎 The file \"%s\" cannot be had any more.",
	},
}

// say words a phrase in the inbox's language.
func (c *Connector) say(phrase string, args ...any) string {
	if len(args) == 0 {
		return phrases[phrase][c.set.lang]
	}
	return fmt.Sprintf(phrases[phrase][c.set.lang], args...)
}

// harmless takes from a text what makes Chatwoot call somebody: a link to a person or team.
func harmless(text string) string {
	return strings.ReplaceAll(text, "mention://", "mention:\u200b//")
}

// inline makes somebody's words fit into a line of a note.
func inline(text string) string {
	return card.EscapeMarkdown(strings.Join(strings.Fields(text), " "))
}
