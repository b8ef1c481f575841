package demo

// word names a text in the table.
type word string

// texts holds what the demo says, in the order of the languages.
var texts = map[word][languages]string{
	"title":     {"Kefu 示範：真正的 Kefu，模擬的 WordPress 與 Discord", "Kefu 演示：真正的 Kefu，模拟的 WordPress 与 Discord", "Kefu demo: the real Kefu, a simulated WordPress and Discord"},
	"title_how": {"不需任何帳號；資料庫是暫時的，結束就刪除。", "不需任何账号；数据库是临时的，结束就删除。", "No account needed; the database is a throw-away one and goes at the end."},

	// What is played.
	"scene_start":  {"Kefu 啟動，登入 Discord", "Kefu 启动，登录 Discord", "Kefu starts and logs in to Discord"},
	"scene_open":   {"顧客在網站開了客服單 #33", "客户在网站开了工单 #33", "A customer opens ticket #33 on the site"},
	"scene_answer": {"客服直接在 Discord 頻道裡回覆", "客服直接在 Discord 频道里回复", "Staff answer by writing in the Discord channel"},
	"scene_update": {"顧客在網站回覆", "客户在网站回复", "The customer replies on the site"},
	"scene_claim":  {"客服按「認領」，再用「回覆」視窗作答", "客服按“认领”，再用“回复”窗口作答", "Staff press Claim, then answer in the Reply form"},
	"scene_outage": {"網站故障，只回 500 的 HTML 錯誤頁", "网站故障，只回 500 的 HTML 错误页", "The site breaks down: HTML error pages, status 500"},
	"scene_close":  {"顧客在網站關閉客服單", "客户在网站关闭工单", "The customer closes the ticket on the site"},
	"scene_second": {"另一張客服單 #32，這次由客服在 Discord 用 /close 關閉", "另一张工单 #32，这次由客服在 Discord 用 /close 关闭", "Another ticket, #32: this time staff close it in Discord with /close"},

	// What came of it.
	"did_start":     {"Kefu 已上線，註冊了 %d 個斜線指令", "Kefu 已上线，注册了 %d 个斜杠指令", "Kefu is online, with %d slash commands"},
	"did_open":      {"%.2f 秒後出現頻道 #%s，卡片上有主旨、顧客、訊息、圖片與訂單 8806", "%.2f 秒后出现频道 #%s，卡片上有主题、客户、消息、图片与订单 8806", "After %.2f s there is channel #%s; its card has subject, customer, text, picture and order 8806"},
	"did_answer":    {"網站顯示「%s」的回覆；Discord 的訊息上有 ✅", "网站显示“%s”的回复；Discord 的消息上有 ✅", "The site shows the answer of \"%s\"; the message in Discord bears a ✅"},
	"did_update":    {"頻道裡出現顧客的回覆", "频道里出现客户的回复", "The customer's reply is in the channel"},
	"did_claim":     {"由 %s 負責；多行的回覆原樣到達網站", "由 %s 负责；多行的回复原样到达网站", "%s has the ticket; the answer of several lines is on the site as written"},
	"did_outage":    {"第一次，網站什麼都沒做；第二次，它其實收下了卻仍回 500。\nKefu 先標 ⏳，重試前先讀 ticket/get，發現已經送達，就不再送：網站上只有一則，⏳ 變成 ✅", "第一次，网站什么都没做；第二次，它其实收下了却仍回 500。\nKefu 先标 ⏳，重试前先读 ticket/get，发现已经送达，就不再发：网站上只有一条，⏳ 变成 ✅", "The first time the site did nothing; the second time it took the reply and said 500 all the same.\nKefu marked it ⏳, read ticket/get before trying again, found it there and sent it no more: it is there once, and ⏳ became ✅"},
	"did_close":     {"頻道裡說明由「%s」關閉，對話紀錄已存檔，頻道已刪除", "频道里说明由“%s”关闭，对话记录已存档，频道已删除", "The channel said that %s closed it; the transcript is kept, the channel deleted"},
	"did_second":    {"網站收到一次 ticket/close，沒有來回打轉", "网站收到一次 ticket/close，没有来回打转", "The site was told once by ticket/close; nothing loops"},
	"missed":        {"沒有等到：%s（%s）", "没有等到：%s（%s）", "Did not happen: %s (%s)"},
	"missed_within": {"等了 %.0f 秒", "等了 %.0f 秒", "waited %.0f s"},
	"not_played":    {"前一步沒有成功，這一步不演", "前一步没有成功，这一步不演", "not played: the step before it failed"},

	// What is waited for.
	"want_login":      {"Kefu 登入 Discord 並註冊指令", "Kefu 登录 Discord 并注册指令", "Kefu logs in to Discord and registers its commands"},
	"want_hook":       {"Kefu 以 200 收下 ticket/%s", "Kefu 以 200 收下 ticket/%s", "Kefu takes ticket/%s with 200"},
	"want_channel":    {"Discord 出現頻道 #%s", "Discord 出现频道 #%s", "channel #%s in Discord"},
	"want_card":       {"開場卡片帶有主旨、訊息、圖片與訂單 8806", "开场卡片带有主题、消息、图片与订单 8806", "an opening card with subject, text, picture and order 8806"},
	"want_reply":      {"網站以 ticket/update 收到「%s」", "网站以 ticket/update 收到“%s”", "the site gets \"%s\" by ticket/update"},
	"want_mark":       {"客服的訊息上有 %s", "客服的消息上有 %s", "a %s on the message of staff"},
	"want_post":       {"頻道裡出現「%s」", "频道里出现“%s”", "\"%s\" in the channel"},
	"want_button":     {"卡片上有可以按的「%s」", "卡片上有可以按的“%s”", "a button \"%s\" on the card that can be pressed"},
	"want_owner":      {"頻道裡說由 %s 負責", "频道里说由 %s 负责", "the channel says that %s has the ticket"},
	"want_form":       {"「回覆」視窗開啟並可送出", "“回复”窗口打开并可提交", "the Reply form opens and can be sent"},
	"want_notice":     {"頻道裡說明是誰關閉的", "频道里说明是谁关闭的", "the channel says who closed it"},
	"want_transcript": {"對話紀錄貼到紀錄頻道", "对话记录贴到记录频道", "the transcript is posted to its channel"},
	"want_gone":       {"頻道被刪除", "频道被删除", "the channel is deleted"},
	"want_site_close": {"網站收到 ticket/close", "网站收到 ticket/close", "the site is told by ticket/close"},
	"want_said":       {"%s 能在頻道裡發言", "%s 能在频道里发言", "%s may write in the channel"},
	"want_command":    {"%s 能使用 /%s", "%s 能使用 /%s", "%s may use /%s"},

	// The table at the end.
	"checks":           {"檢查（數字來自模擬的 WordPress 與 Discord 各自的帳本）", "检查（数字来自模拟的 WordPress 与 Discord 各自的账本）", "Checks (counted in the ledgers of the simulated WordPress and Discord)"},
	"check_played":     {"每一步都演完", "每一步都演完", "every step was played"},
	"check_to_desk":    {"WordPress → Discord：依序、無遺漏、無重複", "WordPress → Discord：依序、无遗漏、无重复", "WordPress → Discord: in order, none lost, none doubled"},
	"check_to_site":    {"Discord → WordPress：依序、無遺漏、無重複", "Discord → WordPress：依序、无遗漏、无重复", "Discord → WordPress: in order, none lost, none doubled"},
	"check_sender":     {"網站看到的寄件人", "网站看到的发送者", "sender as the site sees it"},
	"check_marks":      {"頻道裡的每則客服訊息都有 ✅", "频道里的每条客服消息都有 ✅", "every message of staff in the channel bears a ✅"},
	"check_speed":      {"開單到頻道與卡片，3 秒以內", "开单到频道与卡片，3 秒以内", "from ticket to channel and card, within 3 s"},
	"check_outage":     {"網站回 500 之後只送達一次", "网站回 500 之后只送达一次", "delivered once in spite of the 500s"},
	"check_closed":     {"從網站關閉：有說明、頻道已刪除", "从网站关闭：有说明、频道已删除", "closed from the site: notice given, channel deleted"},
	"check_second":     {"從 Discord 關閉：網站只被通知一次", "从 Discord 关闭：网站只被通知一次", "closed from Discord: the site told once"},
	"check_loop":       {"網站自己關的單，沒有再收到關閉通知", "网站自己关的单，没有再收到关闭通知", "what the site closed itself is not sent back to it"},
	"check_transcript": {"對話紀錄已存檔，內容完整", "对话记录已存档，内容完整", "transcript kept, and complete"},
	"check_rules":      {"沒有違反 Discord 的規則", "没有违反 Discord 的规则", "none of Discord's rules broken"},
	"steps_of":         {"%d / %d 步", "%d / %d 步", "%d of %d steps"},
	"messages_of":      {"%d / %d 則", "%d / %d 条", "%d of %d messages"},
	"arrived_as":       {"%d / %d 則；到達的是 %s", "%d / %d 条；到达的是 %s", "%d of %d messages; what arrived is %s"},
	"times":            {"%d 次", "%d 次", "%d"},
	"outage_got":       {"%d 次 500，送達 %d 次", "%d 次 500，送达 %d 次", "%d answers of 500, delivered %d×"},
	"broken_rules":     {"%d 項：%s", "%d 项：%s", "%d: %s"},
	"nothing":          {"（沒有）", "（没有）", "(none)"},
	"yes":              {"是", "是", "yes"},
	"no":               {"否", "否", "no"},
	"seconds":          {"%.2f 秒", "%.2f 秒", "%.2f s"},
	"never":            {"沒有出現", "没有出现", "it never did"},
	"all_well":         {"全部正確。", "全部正确。", "All is well."},
	"not_well":         {"有 %d 項不對。", "有 %d 项不对。", "%d of these are wrong."},

	// Trying by hand.
	"hands":         {"現在換你試。Kefu 會一直開著，按 Ctrl-C 結束；邊緣上發生的事會繼續顯示在下面。", "现在换你试。Kefu 会一直开着，按 Ctrl-C 结束；边缘上发生的事会继续显示在下面。", "Your turn. Kefu stays up until Ctrl-C, and what crosses its edges goes on being shown below."},
	"hands_site":    {"模擬的 WordPress（開單、留言、關單）", "模拟的 WordPress（开单、留言、关单）", "The simulated WordPress (open, write, close)"},
	"hands_discord": {"模擬的 Discord（以客服身分回覆、按按鈕）", "模拟的 Discord（以客服身份回复、按按钮）", "The simulated Discord (answer and press buttons as staff)"},
	"hands_kefu":    {"Kefu", "Kefu", "Kefu"},
	"hands_curl":    {"或者直接貼上這些 curl（網站上已有客服單 #34，只差通知）：", "或者直接贴上这些 curl（网站上已有工单 #34，只差通知）：", "Or paste these (the site has ticket #34 already; only its hooks are missing):"},
	"bye":           {"再見，暫時的資料庫一併刪除。", "再见，临时的数据库一并删除。", "Good-bye; the throw-away database goes too."},
}
