package discord

import (
	"fmt"
	"strings"
)

// lang is a language that the connector speaks; the zero value is the default.
type lang int

const (
	zhTW lang = iota
	zhCN
	english
)

// languages is how many there are.
const languages = 3

// String gives the language's tag.
func (l lang) String() string { return [languages]string{"zh-TW", "zh-CN", "en"}[l] }

// langOf picks the language for a locale of Discord: a guild's preferred_locale, or the reader's own.
func langOf(locale string) lang {
	switch {
	case strings.HasPrefix(locale, "en"):
		return english
	case locale == "zh-CN":
		return zhCN
	}
	return zhTW
}

// say words something in the language. The words of one name take the same arguments in every language.
func (l lang) say(w word, args ...any) string {
	text := w.in()[l]
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// term gives the name of a word of the vocabulary; one that is not known is its own name.
func (l lang) term(w string) string {
	if t := word(w).in(); t != ([languages]string{}) {
		return t[l]
	}
	return w
}

// tables of words: of the ticket channels, of customers, of reports, of staff, of what is asked.
func tables() []map[word][languages]string {
	return []map[word][languages]string{texts, memberTexts, boardTexts, staffTexts, askTexts}
}

func (w word) in() [languages]string {
	for _, table := range tables() {
		if t, ok := table[w]; ok {
			return t
		}
	}
	return [languages]string{}
}

// word names a text in the table.
type word string

// texts holds what is said in the channels, to everybody who sees them, and in answers to one person.
var texts = map[word][languages]string{
	// Posts.
	"note":             {"內部備註", "内部备注", "Internal note"},
	"customer":         {"顧客", "客户", "Customer"},
	"email":            {"電子郵件", "电子邮件", "E-mail"},
	"phone":            {"電話", "电话", "Phone"},
	"ticket":           {"客服單", "工单", "Ticket"},
	"ticket_n":         {"客服單 #%d", "工单 #%d", "Ticket #%d"},
	"late":             {"補送", "补发", "late"},
	"edited":           {"已編輯", "已编辑", "edited"},
	"deleted_post":     {"（寄件人已刪除此訊息）", "（发送者已删除此消息）", "(deleted by its author)"},
	"picture":          {"圖片", "图片", "Picture"},
	"file":             {"檔案", "文件", "File"},
	"picture_private":  {"🔒 圖片位於內部位址，未載入：<%s>", "🔒 图片位于内部地址，未加载：<%s>", "🔒 Picture at a private address, not loaded: <%s>"},
	"file_lost":        {"📎 檔案無法讀取：%s", "📎 文件无法读取：%s", "📎 The file cannot be read: %s"},
	"no_text":          {"（沒有文字）", "（没有文字）", "(no text)"},
	"history":          {"頻道已重建，以下是先前的對話。", "频道已重建，以下是此前的对话。", "This channel was made again. What was said before:"},
	"history_cut":      {"更早的 %d 則訊息未列出，請用 /transcript 查看。", "更早的 %d 条消息未列出，请用 /transcript 查看。", "Earlier messages that are not shown: %d. See /transcript."},
	"topic":            {"客服單 #%d · %s · %s", "工单 #%d · %s · %s", "Ticket #%d · %s · %s"},
	"button_reply":     {"回覆", "回复", "Reply"},
	"button_claim":     {"認領", "认领", "Claim"},
	"button_close":     {"關閉", "关闭", "Close"},
	"button_order":     {"訂單", "订单", "Order"},
	"button_contact":   {"顯示聯絡方式", "显示联系方式", "Show contact"},
	"button_retry":     {"重送", "重发", "Retry"},
	"button_take":      {"接手", "接手", "Take over"},
	"button_close_now": {"確定關閉", "确定关闭", "Close now"},
	"button_keep":      {"保持開啟", "保持打开", "Keep open"},

	// Orders.
	"order_title":   {"訂單 #%s", "订单 #%s", "Order #%s"},
	"order_status":  {"狀態", "状态", "Status"},
	"order_created": {"下單時間", "下单时间", "Ordered"},
	"order_goods":   {"商品", "商品", "Goods"},
	"order_none":    {"沒有商品", "没有商品", "No goods"},
	"order_total":   {"總計", "总计", "Total"},
	"order_with":    {"%s（含運費 %s）", "%s（含运费 %s）", "%s (%s shipping included)"},
	"order_parcel":  {"物流", "物流", "Shipping"},
	"order_remark":  {"備註", "备注", "Remark"},
	"order_more":    {"…另有 %d 項", "…另有 %d 项", "… and %d more"},
	"order_error":   {"無法取得訂單：%s", "无法获取订单：%s", "The order could not be fetched: %s"},
	"orders_more":   {"另有 %d 筆訂單，請按「訂單」查看", "另有 %d 笔订单，请按“订单”查看", "More orders: %d. Press Order"},
	"orders_empty":  {"這位顧客沒有訂單。", "这位客户没有订单。", "This customer has no orders."},

	// Notices.
	"closed":           {"🔒 客服單 #%d 已由%s關閉。", "🔒 工单 #%d 已由%s关闭。", "🔒 Ticket #%d was closed by %s."},
	"closed_reason":    {"原因：%s", "原因：%s", "Reason: %s"},
	"transcript":       {"客服單 #%d 的對話紀錄", "工单 #%d 的对话记录", "Transcript of ticket #%d"},
	"reopened":         {"🔓 客服單 #%d 已由%s重新開啟。", "🔓 工单 #%d 已由%s重新打开。", "🔓 Ticket #%d was reopened by %s."},
	"assigned":         {"🙋 由 %s 負責。", "🙋 由 %s 负责。", "🙋 %s has this ticket."},
	"unassigned":       {"🙋 目前無人負責。", "🙋 目前无人负责。", "🙋 Nobody has this ticket now."},
	"somebody":         {"系統", "系统", "the system"},
	"channel_gone":     {"⚠️ 客服單 #%d 的頻道被刪除了。客服單仍然開啟，下一則訊息會重建頻道。", "⚠️ 工单 #%d 的频道被删除了。工单仍然打开，下一条消息会重建频道。", "⚠️ The channel of ticket #%d was deleted. The ticket stays open; its channel is made again with the next message."},
	"guild_full":       {"⚠️ 這個伺服器的頻道已滿（500 個）。請刪除不用的頻道，新的客服單才有位置。", "⚠️ 此服务器的频道已满（500 个）。请删除不用的频道，新工单才有位置。", "⚠️ This server is full (500 channels). Delete channels that are not needed, so that new tickets find room."},
	"guild_full_forum": {"⚠️ 這個伺服器的頻道已滿（500 個），新的客服單改開在論壇 <#%s>。請刪除不用的頻道。", "⚠️ 此服务器的频道已满（500 个），新工单改开在论坛 <#%s>。请删除不用的频道。", "⚠️ This server is full (500 channels): new tickets go to the forum <#%s>. Delete channels that are not needed."},
	"no_manage":        {"⚠️ Kefu 無法建立客服單頻道：缺少「管理頻道」權限。請在 伺服器設定 → 身分組 給 Kefu 的身分組這個權限，然後執行 kefu doctor。", "⚠️ Kefu 无法创建工单频道：缺少“管理频道”权限。请在 服务器设置 → 身份组 给 Kefu 的身份组此权限，然后运行 kefu doctor。", "⚠️ Kefu cannot make ticket channels: it lacks the permission Manage Channels. Give it to Kefu's role in Server Settings → Roles, then run kefu doctor."},
	"cannot_remove":    {"⚠️ 客服單已關閉，但 Kefu 沒有權限刪除或封存這個頻道：需要「管理頻道」，封存另需「管理身分組」。", "⚠️ 工单已关闭，但 Kefu 没有权限删除或归档此频道：需要“管理频道”，归档另需“管理身份组”。", "⚠️ The ticket is closed, but Kefu may not delete or archive this channel: it needs Manage Channels, and for archiving Manage Roles as well."},
	"failed":           {"⚠️ 沒有送達顧客：%s", "⚠️ 没有送达客户：%s", "⚠️ Not delivered to the customer: %s"},
	"uncertain":        {"⚠️ 不確定是否送達顧客：%s", "⚠️ 不确定是否送达客户：%s", "⚠️ It may or may not have reached the customer: %s"},
	"edited_later":     {"✏️ 顧客看到的仍是編輯前的內容：對方不支援修改。", "✏️ 客户看到的仍是编辑前的内容：对方不支持修改。", "✏️ The customer still sees the text from before the edit: their side cannot change it."},
	"deleted_later":    {"🗑️ 刪除的訊息顧客已經看到：對方不支援收回。", "🗑️ 删除的消息客户已经看到：对方不支持撤回。", "🗑️ The deleted message had already reached the customer: their side cannot take it back."},
	"kept_private":     {"📝 此對話由其他客服台負責，這則訊息只存為內部備註，顧客看不到。", "📝 此对话由其他客服台负责，这条消息只存为内部备注，客户看不到。", "📝 Another desk has this talk: your message was kept as a note, and the customer does not see it."},
	"not_relayable":    {"⚠️ 貼圖、投票和轉發的訊息無法送給顧客。", "⚠️ 贴纸、投票和转发的消息无法发给客户。", "⚠️ Stickers, polls and forwarded messages cannot be sent to the customer."},

	// Forms.
	"form_reply":     {"回覆顧客", "回复客户", "Reply to the customer"},
	"form_note":      {"內部備註", "内部备注", "Internal note"},
	"form_text":      {"內容", "内容", "Text"},
	"form_files":     {"附件", "附件", "Files"},
	"close_question": {"要關閉這張客服單嗎？頻道會被刪除或封存。", "要关闭这张工单吗？频道会被删除或归档。", "Close this ticket? Its channel will be deleted or archived."},

	// Answers to one person.
	"not_agent":       {"只有客服人員可以這樣做。", "只有客服人员可以这样做。", "Only staff can do this."},
	"no_answer":       {"現在無法儲存，請稍後再試一次。", "现在无法保存，请稍后再试。", "This could not be stored just now. Please try again in a moment."},
	"not_known":       {"這個頻道沒有客服單。", "此频道没有工单。", "No ticket belongs to this channel."},
	"worn_out":        {"這個按鈕已經不能用了。", "此按钮已不能使用。", "This button does nothing any more."},
	"sent":            {"✅ 已送出。", "✅ 已发送。", "✅ Sent."},
	"noted":           {"📝 已存為內部備註。", "📝 已存为内部备注。", "📝 Kept as a note."},
	"claimed":         {"✅ 這張客服單由你負責。", "✅ 这张工单由你负责。", "✅ This ticket is yours."},
	"transferred":     {"✅ 已轉給 %s。", "✅ 已转给 %s。", "✅ Given to %s."},
	"closing":         {"✅ 客服單已關閉。", "✅ 工单已关闭。", "✅ The ticket is closed."},
	"kept_open":       {"✅ 客服單保持開啟。", "✅ 工单保持打开。", "✅ The ticket stays open."},
	"reopening":       {"✅ 客服單已重新開啟。", "✅ 工单已重新打开。", "✅ The ticket is open again."},
	"retried":         {"✅ 正在重新傳送。", "✅ 正在重新发送。", "✅ It is being sent again."},
	"taken_over":      {"✅ 你已接手，之後的訊息會送給顧客。", "✅ 你已接手，之后的消息会发给客户。", "✅ The talk is yours: what you write from now on goes to the customer."},
	"transcript_none": {"還沒有對話紀錄。", "还没有对话记录。", "There is no transcript yet."},
	"transcript_at":   {"對話紀錄：", "对话记录：", "Transcript:"},
	"contact":         {"聯絡方式", "联系方式", "Contact"},
	"unset":           {"（未提供）", "（未提供）", "(not given)"},
	"already":         {"已經處理過了。", "已经处理过了。", "This was done already."},
	"status_of":       {"客服單 #%d：%s", "工单 #%d：%s", "Ticket #%d: %s"},
	"status_owner":    {"負責人：%s", "负责人：%s", "Owner: %s"},
	"status_nobody":   {"負責人：無", "负责人：无", "Owner: nobody"},
	"status_priority": {"優先順序：%s", "优先级：%s", "Priority: %s"},
	"status_waiting":  {"等待送達：%d · 未送達：%d", "等待送达：%d · 未送达：%d", "Waiting: %d · not delivered: %d"},
	"refused_taken":   {"這張客服單已由 %s 認領。", "这张工单已由 %s 认领。", "%s has claimed this ticket."},
	"refused_closed":  {"這張客服單已經關閉。", "这张工单已经关闭。", "This ticket is closed."},
	"refused_open":    {"這張客服單已經開啟。", "这张工单已经打开。", "This ticket is open already."},
	"refused_empty":   {"沒有可以送出的內容。", "没有可以发送的内容。", "There is nothing to send."},
	"refused_missing": {"找不到：可能已被刪除。", "找不到：可能已被删除。", "Not found: it may have been removed."},
	"refused_agent":   {"這位成員不是客服人員。", "该成员不是客服人员。", "That member is not known as staff."},
	"refused_final":   {"不需要重送：已經送達或正在傳送。", "无需重发：已送达或正在发送。", "Nothing to retry: it was delivered, or is on its way."},
	"refused_owner":   {"此對話由其他客服台負責。", "此对话由其他客服台负责。", "Another desk has this talk."},
	"refused_other":   {"無法完成：%s", "无法完成：%s", "That could not be done: %s"},

	// Words of the vocabulary.
	"open":    {"開啟", "打开", "open"},
	"pending": {"等待中", "等待中", "pending"},
	"snoozed": {"已延後", "已推迟", "snoozed"},
	"closed_": {"已關閉", "已关闭", "closed"},
	"low":     {"低", "低", "low"},
	"medium":  {"中", "中", "medium"},
	"high":    {"高", "高", "high"},
	"urgent":  {"緊急", "紧急", "urgent"},

	// Commands.
	"cmd_reply":        {"回覆顧客", "回复客户", "Reply to the customer"},
	"cmd_note":         {"寫內部備註，顧客看不到", "写内部备注，客户看不到", "Write a note that the customer does not see"},
	"cmd_claim":        {"認領這張客服單", "认领这张工单", "Claim this ticket"},
	"cmd_transfer":     {"把這張客服單轉給別人", "把这张工单转给别人", "Give this ticket to somebody else"},
	"cmd_close":        {"關閉這張客服單", "关闭这张工单", "Close this ticket"},
	"cmd_reopen":       {"重新開啟這張客服單", "重新打开这张工单", "Reopen this ticket"},
	"cmd_order":        {"顯示顧客的訂單", "显示客户的订单", "Show the customer's orders"},
	"cmd_transcript":   {"取得對話紀錄", "获取对话记录", "Get the transcript"},
	"cmd_status":       {"顯示客服單的狀態", "显示工单的状态", "Show how this ticket stands"},
	"opt_text":         {"內容；留空會開啟多行視窗", "内容；留空会打开多行窗口", "Text; leave it out for a form with many lines"},
	"opt_file":         {"附件", "附件", "A file"},
	"opt_member":       {"要轉給誰", "要转给谁", "Who shall have it"},
	"opt_close_reason": {"原因", "原因", "Reason"},

	// Reasons that staff read beside a message or in the console.
	"why_token":      {"Discord 不接受 Bot 權杖，請更新設定。", "Discord 不接受 Bot 令牌，请更新设置。", "Discord does not accept the bot token: put a valid one into the settings"},
	"why_permission": {"Kefu 在頻道 %s 缺少權限：%s", "Kefu 在频道 %s 缺少权限：%s", "Kefu lacks a permission in channel %s: %s"},
	"why_limit":      {"Discord 要求稍候再送。", "Discord 要求稍后再发。", "Discord asks to wait"},
	"why_brake":      {"被 Discord 拒絕的要求太多，暫停傳送以免被封鎖。", "被 Discord 拒绝的请求过多，暂停发送以免被封禁。", "Discord refused too many requests: sending waits, lest it bans this address"},
	"why_down":       {"Discord 暫時無法使用。", "Discord 暂时不可用。", "Discord is not available just now"},
	"why_lost":       {"Discord 的回應遺失了。", "Discord 的响应丢失了。", "Discord's answer was lost"},
	"why_form":       {"Discord 不接受內容：%s", "Discord 不接受内容：%s", "Discord refused the content: %s"},
	"why_automod":    {"被伺服器的 AutoMod 規則擋下了。", "被服务器的 AutoMod 规则拦截。", "the server's AutoMod rules blocked it"},
	"why_gone":       {"Discord 頻道已經不存在。", "Discord 频道已不存在。", "the Discord channel does not exist any more"},
	"why_archived":   {"討論串已封存且無法重新開啟。", "子区已归档且无法重新打开。", "the thread is archived and could not be reopened"},
	"why_full":       {"伺服器的頻道已滿（500 個），也沒有論壇可用。", "服务器的频道已满（500 个），也没有论坛可用。", "the server is full (500 channels) and has no forum"},
	"why_state":      {"Kefu 的資料庫暫時無法使用。", "Kefu 的数据库暂时不可用。", "Kefu's own database is not available just now"},
	"why_long":       {"頻道內的新訊息太多，無法確認是否已送達。", "频道内的新消息过多，无法确认是否已送达。", "too many new messages in the channel to find out whether it arrived"},
	"why_vault":      {"附件無法讀取：%s", "附件无法读取：%s", "the attachment could not be read: %s"},
	"why_other":      {"Discord 拒絕了：%s", "Discord 拒绝了：%s", "Discord refused: %s"},
}
