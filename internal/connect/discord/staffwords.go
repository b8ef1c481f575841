package discord

// staffTexts holds what staff are told who work on tickets, and who are called.
var staffTexts = map[word][languages]string{
	// Commands.
	"cmd_ticket":        {"查看與處理客服單", "查看与处理工单", "Look at tickets and work on them"},
	"cmd_ticket_list":   {"列出最新的客服單", "列出最新的工单", "List the newest tickets"},
	"cmd_ticket_show":   {"顯示一張客服單與它的紀錄", "显示一张工单及其记录", "Show a ticket with its history"},
	"cmd_ticket_assign": {"把客服單交給成員或團隊", "把工单交给成员或团队", "Give a ticket to a member or a team"},
	"cmd_ticket_status": {"變更客服單的狀態", "更改工单的状态", "Change how a ticket stands"},
	"cmd_ticket_link":   {"標記為重複的客服單", "标记为重复的工单", "Say that a ticket repeats another one"},
	"cmd_canned":        {"傳送罐頭回覆", "发送快捷回复", "Send a canned response"},
	"cmd_block":         {"封鎖成員：不再接收此人的訊息", "屏蔽成员：不再接收此人的消息", "Block a member: nothing more is taken from them"},
	"cmd_unblock":       {"解除封鎖", "解除屏蔽", "Let a blocked member write again"},
	"opt_number":        {"客服單編號", "工单编号", "Number of the ticket"},
	"opt_of":            {"與哪一張重複；留空則取消標記", "与哪一张重复；留空则取消标记", "Number of the ticket that it repeats; leave it out to take the link away"},
	"opt_status":        {"狀態", "状态", "Status"},
	"opt_mine":          {"只列出由我負責的", "只列出由我负责的", "Only those that are mine"},
	"opt_team":          {"要交給哪個團隊", "要交给哪个团队", "The team whose queue gets it"},
	"opt_desk":          {"要轉到哪個客服台", "要转到哪个客服台", "The desk that gets it"},
	"opt_shortcut":      {"罐頭回覆的名稱或內容", "快捷回复的名称或内容", "Name of the response, or words that it has"},
	"opt_below":         {"附加在後面的文字", "附加在后面的文字", "Text to add below it"},
	"opt_blocked":       {"成員", "成员", "The member"},

	// How tickets stand.
	"stage_pending":    {"待處理", "待处理", "waiting"},
	"stage_processing": {"處理中", "处理中", "in progress"},
	"stage_resolved":   {"已解決", "已解决", "resolved"},
	"stage_closed":     {"已關閉", "已关闭", "closed"},

	// Members of a ticket.
	"field_title":         {"標題", "标题", "Title"},
	"field_description":   {"說明已變更", "说明已更改", "description changed"},
	"field_status":        {"狀態", "状态", "Status"},
	"field_priority":      {"優先順序", "优先级", "Priority"},
	"field_category":      {"類別", "类别", "Category"},
	"field_assignee_id":   {"負責人", "负责人", "Assigned to"},
	"field_team_id":       {"團隊", "团队", "Team"},
	"field_handler":       {"外部處理人", "外部处理人", "Outside handler"},
	"field_due_at":        {"期限", "截止时间", "Due"},
	"field_custom_fields": {"自訂欄位已變更", "自定义字段已更改", "custom fields changed"},
	"field_external_id":   {"外部編號", "外部编号", "External id"},
	"field_duplicate_of":  {"重複於", "重复于", "Repeats"},
	"same_as_this":        {"與此重複的客服單", "与此重复的工单", "Repeated by"},
	"made_at":             {"建立時間", "创建时间", "Opened"},
	"changed_at":          {"更新時間", "更新时间", "Last change"},
	"channel":             {"頻道", "频道", "Channel"},
	"ticket_history":      {"最近的變更", "最近的更改", "Latest changes"},
	"nobody":              {"無人負責", "无人负责", "nobody"},
	"in_queue":            {"%s（等待中）", "%s（等待中）", "%s (in its queue)"},
	"colon":               {"：", "：", ": "},
	"comma":               {"、", "、", ", "},

	// Answers to one person.
	"tickets_none":     {"沒有符合的客服單。", "没有符合的工单。", "There are no such tickets."},
	"ticket_given":     {"✅ 客服單 #%d 已交給 %s。", "✅ 工单 #%d 已交给 %s。", "✅ Ticket #%d was given to %s."},
	"ticket_moved":     {"✅ 客服單 #%d 現在是「%s」。", "✅ 工单 #%d 现在是“%s”。", "✅ Ticket #%d is %s now."},
	"ticket_linked":    {"🔗 客服單 #%d 已標記為與 #%d 重複。", "🔗 工单 #%d 已标记为与 #%d 重复。", "🔗 Ticket #%d repeats #%d from now on."},
	"ticket_unlinked":  {"✅ 客服單 #%d 不再標記為重複。", "✅ 工单 #%d 不再标记为重复。", "✅ Ticket #%d repeats no other one now."},
	"blocked":          {"⛔ 已封鎖 %s，之後的訊息不會再收到。", "⛔ 已屏蔽 %s，之后的消息不会再收到。", "⛔ %s is blocked: nothing more is taken from them."},
	"unblocked":        {"✅ 已解除封鎖 %s。", "✅ 已解除屏蔽 %s。", "✅ %s may write again."},
	"transferred_team": {"✅ 已轉給團隊。", "✅ 已转给团队。", "✅ Given to the team."},
	"transferred_desk": {"✅ 已轉給另一個客服台；這裡之後寫的只存為內部備註。", "✅ 已转给另一个客服台；此处之后写的只存为内部备注。", "✅ Given to the other desk: what is written here from now on is kept as a note."},
	"refused_step":     {"客服單 #%d 現在是「%s」，不能這樣變更。可以改成：%s。", "工单 #%d 现在是“%s”，不能这样更改。可以改成：%s。", "Ticket #%d is %s: that step does not exist. It can become: %s."},
	"refused_ticket":   {"這裡沒有客服單 #%s。", "这里没有工单 #%s。", "There is no ticket #%s here."},
	"refused_tickets":  {"這裡沒有客服單 #%s 或 #%s。", "这里没有工单 #%s 或 #%s。", "There is no ticket #%s or no ticket #%s here."},
	"refused_canned":   {"找不到這則罐頭回覆。", "找不到这条快捷回复。", "There is no such canned response."},
	"refused_long":     {"內容太長，無法傳送。", "内容太长，无法发送。", "That is too long to be sent."},
	"refused_whom":     {"請選擇一位成員、一個團隊或一個客服台（擇一）。", "请选择一位成员、一个团队或一个客服台（任选其一）。", "Name one member, one team or one desk, from the list."},
	"refused_who":      {"請選擇一位成員或一個團隊（擇一）。", "请选择一位成员或一个团队（任选其一）。", "Name one member or one team, from the list."},
	"refused_itself":   {"客服單不能與自己重複；請確認兩個編號。", "工单不能与自己重复；请确认两个编号。", "A ticket cannot repeat itself: look at the two numbers again."},

	// A talk that a desk is given.
	"history_late": {"這段對話由其他客服台轉來，以下是先前的內容。", "此对话由其他客服台转来，以下是此前的内容。", "This talk was given to you by another desk. What was said before:"},

	// Calls, to everybody who sees the channel.
	"call_first":  {"🔔 客服單 #%d 的顧客在等真人客服（<t:%d:R>）。", "🔔 工单 #%d 的客户在等人工客服（<t:%d:R>）。", "🔔 The customer of #%d asks for a person (<t:%d:R>)."},
	"calling":     {"🔔 客服單 #%d 的顧客從 <t:%d:R> 開始等候，還沒有人回覆。", "🔔 工单 #%d 的客户从 <t:%d:R> 开始等候，还没有人回复。", "🔔 The customer of #%d waits since <t:%d:R>, and nobody has answered yet."},
	"calling_all": {"所有客服台都已通知。", "所有客服台都已通知。", "Every desk was told."},
}
