package discord

// boardTexts holds what customers and the boards are told of tickets: notices, reports, ratings.
var boardTexts = map[word][languages]string{
	// Messages to a customer.
	"support":          {"客服人員", "客服人员", "Support"},
	"articles_lead":    {"這些說明也許能幫上忙：", "这些说明或许能帮到你：", "These articles may help:"},
	"button_helped":    {"有幫助", "有帮助", "This helped"},
	"button_nothelped": {"沒有幫助", "没有帮助", "This did not help"},
	"button_person":    {"找真人客服", "找人工客服", "Talk to a person"},
	"form_answer":      {"回覆客服", "回复客服", "Your reply"},
	"answer_sent":      {"✅ 已送出給客服人員。", "✅ 已发送给客服人员。", "✅ Sent to our team."},

	// What happened to a case, told to the customer.
	"case_n":         {"客服單 #%d", "工单 #%d", "Case #%d"},
	"case_bare":      {"這次對話", "本次对话", "This conversation"},
	"told_first":     {"📨 %s 已建立，接下來由真人客服在這裡回覆你。", "📨 %s 已创建，接下来由人工客服在这里回复你。", "📨 %s: a person from our team will answer you here."},
	"told_handed":    {"🔁 %s 正在轉交給其他客服人員。", "🔁 %s 正在转交给其他客服人员。", "🔁 %s is being handed on to somebody else on our team."},
	"told_next":      {"下一位就輪到你。", "下一位就轮到你。", "You are next."},
	"told_before":    {"在你前面等候的人數：%d。", "在你前面等候的人数：%d。", "People waiting before you: %d."},
	"told_closed_at": {"目前非服務時間，下次開始服務：<t:%d:F>（<t:%d:R>）。", "目前不在服务时间，下次开始服务：<t:%d:F>（<t:%d:R>）。", "We are closed now, and open again <t:%d:F> (<t:%d:R>)."},
	"told_joined":    {"👋 %s 已加入對話。", "👋 %s 已加入对话。", "👋 %s has joined the conversation."},
	"told_left":      {"%s 已離開對話。", "%s 已离开对话。", "%s has left the conversation."},
	"told_nobody":    {"下一位有空的客服人員會回覆你。", "下一位有空的客服人员会回复你。", "The next free person will answer you."},
	"told_closed_by": {"✅ %s 已由 %s 關閉。", "✅ %s 已由 %s 关闭。", "✅ %s was closed by %s."},
	"told_closed_me": {"✅ %s 已由你關閉。", "✅ %s 已由你关闭。", "✅ %s was closed by you."},
	"told_closed":    {"✅ %s 已關閉。", "✅ %s 已关闭。", "✅ %s was closed."},
	"told_reopened":  {"🔄 %s 已重新開啟。", "🔄 %s 已重新打开。", "🔄 %s is open again."},

	// Ratings.
	"rate_ask":       {"這次的服務如何？請給 1 到 5 顆星。", "本次服务如何？请打 1 到 5 星。", "How was our help? Give 1 to 5 stars."},
	"button_comment": {"補充意見", "补充意见", "Add a comment"},
	"form_comment":   {"你的意見", "你的意见", "Your comment"},
	"rate_thanks":    {"感謝你的意見！", "感谢你的意见！", "Thank you for your comment!"},
	"rate_done":      {"你已經評分過了。", "你已经评价过了。", "You have rated this already."},
	"rate_expired":   {"評分的時間已經過了。", "评价时间已过。", "It is too late to rate this."},
	"rate_missing":   {"找不到這次服務的評分。", "找不到本次服务的评价。", "There is nothing here for you to rate."},

	// Reports. A command's name is lower case and has no spaces.
	"name_bug":         {"回報問題", "反馈问题", "bug"},
	"cmd_bug":          {"回報錯誤，會建立客服單並持續追蹤", "反馈错误，会创建工单并持续跟进", "Report a bug; it becomes a case that is followed until it is solved"},
	"name_new_feature": {"功能建議", "功能建议", "new_feature"},
	"cmd_new_feature":  {"建議新功能，會建立客服單並持續追蹤", "建议新功能，会创建工单并持续跟进", "Suggest a feature; it becomes a case that is followed"},
	"form_bug":         {"回報問題", "反馈问题", "Report a bug"},
	"form_new_feature": {"建議新功能", "建议新功能", "Suggest a feature"},
	"ask_title":        {"標題", "标题", "Title"},
	"ask_bug":          {"發生了什麼事", "发生了什么", "What happened"},
	"ask_new_feature":  {"想要什麼功能", "想要什么功能", "What you would like"},
	"more_bug":         {"重現步驟", "重现步骤", "Steps to see it"},
	"more_new_feature": {"為什麼需要", "为什么需要", "What it is for"},
	"rank_bug":         {"嚴重程度", "严重程度", "How severe it is"},
	"rank_new_feature": {"重要程度", "重要程度", "How important it is"},
	"report_rank":      {"%s：%s", "%s：%s", "%s: %s"},
	"ask_files":        {"截圖或檔案", "截图或文件", "Pictures or files"},
	"report_taken":     {"✅ 謝謝你！已建立客服單 #%d，有回覆時會私訊通知你。", "✅ 谢谢你！已创建工单 #%d，有回复时会私信通知你。", "✅ Thank you! This is case #%d. Answers come to you as direct messages."},
	"report_shown":     {"處理進度會顯示在 %s。", "处理进度会显示在 %s。", "How it stands is shown in %s."},
	"report_refused":   {"⚠️ 無法建立客服單：%s", "⚠️ 无法创建工单：%s", "⚠️ No case could be opened: %s"},
	"report_back":      {"你寫的內容如下，不會遺失：", "你写的内容如下，不会丢失：", "Here is what you wrote, so that nothing is lost:"},

	// Boards.
	"board_status":      {"狀態", "状态", "Status"},
	"board_priority":    {"優先順序", "优先级", "Priority"},
	"board_author":      {"回報者", "反馈者", "Reported by"},
	"board_member":      {"一位成員", "一位成员", "a member"},
	"board_pending":     {"⏳ 等待處理", "⏳ 等待处理", "⏳ waiting"},
	"board_processing":  {"🔧 處理中", "🔧 处理中", "🔧 in progress"},
	"board_resolved":    {"✅ 已解決", "✅ 已解决", "✅ resolved"},
	"board_closed":      {"🔒 已結案", "🔒 已结案", "🔒 closed"},
	"board_duplicate":   {"🔁 與其他客服單重複", "🔁 与其他工单重复", "🔁 duplicate of another case"},
	"board_duplicate_n": {"🔁 與 %s 重複", "🔁 与 %s 重复", "🔁 duplicate of %s"},

	// Reasons that staff read.
	"why_dm_closed":   {"對方不接收私訊。", "对方不接收私信。", "the member does not take direct messages"},
	"why_left":        {"對方已離開伺服器。", "对方已离开服务器。", "the member has left the server"},
	"why_dm_fast":     {"Discord 要求放慢開啟私訊的速度。", "Discord 要求放慢打开私信的速度。", "Discord asks to open direct messages more slowly"},
	"why_thread_gone": {"與對方的討論串已被刪除。", "与对方的子区已被删除。", "the thread with the member was deleted"},
	"why_board_gone":  {"看板頻道 %s 不存在或無法使用。", "看板频道 %s 不存在或无法使用。", "the board's channel %s does not exist, or cannot be used"},
}
