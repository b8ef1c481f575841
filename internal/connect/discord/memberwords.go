package discord

// memberTexts holds what members of the community are told who ask for help.
var memberTexts = map[word][languages]string{
	// Commands. A command's name is lower case and has no spaces.
	"name_helpme":  {"求助", "求助", "helpme"},
	"cmd_helpme":   {"向客服求助，對話會在私訊中進行", "向客服求助，对话会在私信中进行", "Ask for help; the talk goes on in direct messages"},
	"opt_question": {"你的問題；也可以留空，稍後在私訊中說明", "你的问题；也可以留空，稍后在私信中说明", "Your question; or leave it out and tell us in the direct message"},

	// The greeting, in direct messages or a private thread.
	"greet":          {"👋 你好，這裡是客服。", "👋 你好，这里是客服。", "👋 Hello, this is support."},
	"greet_open":     {"👋 你的對話還在進行，接著說就可以了。", "👋 你的对话还在进行，接着说就可以了。", "👋 Your conversation is still open: just go on."},
	"greet_ask":      {"請直接在這裡說明你的問題，可以附上圖片或檔案。", "请直接在这里说明你的问题，可以附上图片或文件。", "Tell us here what we can help with; pictures and files are welcome."},
	"greet_question": {"你的問題：", "你的问题：", "Your question:"},
	"member_mention": {"在這個討論串裡，請在每則訊息中提及（@）我，否則我讀不到內容。", "在这个子区里，请在每条消息中提及（@）我，否则我读不到内容。", "In this thread, mention me (@) in each message: I cannot read the others."},

	// Answers to /helpme.
	"help_go":    {"📬 我已私訊你，請到那裡說明問題：%s", "📬 我已私信你，请到那里说明问题：%s", "📬 I have written to you. Tell us there what we can help with: %s"},
	"help_asked": {"📬 收到你的問題了，回覆會在這裡：%s", "📬 收到你的问题了，回复会在这里：%s", "📬 We have your question. The answer comes here: %s"},
	"help_open":  {"💬 你已經有進行中的對話，請在那裡繼續：%s", "💬 你已经有进行中的对话，请在那里继续：%s", "💬 You have an open conversation already. Go on there: %s"},
	"help_added": {"💬 你已經有進行中的對話，問題已加進去：%s", "💬 你已经有进行中的对话，问题已加进去：%s", "💬 You have an open conversation already. Your question was added to it: %s"},

	// Direct messages that are closed, and private threads.
	"dm_closed":      {"🔒 我無法私訊你：你的私訊沒有開放給這個伺服器的成員。\n到 使用者設定 → 內容與社交 開放「來自伺服器成員的私訊」，再用一次 /helpme。", "🔒 我无法私信你：你的私信没有向此服务器的成员开放。\n到 用户设置 → 内容与社交 允许“来自服务器成员的私信”，再用一次 /helpme。", "🔒 I cannot write to you: your direct messages are closed to members of this server.\nAllow direct messages from server members in User Settings → Content & Social, then use /helpme again."},
	"dm_how":         {"也可以到 使用者設定 → 內容與社交 開放「來自伺服器成員的私訊」，再用一次 /helpme。", "也可以到 用户设置 → 内容与社交 允许“来自服务器成员的私信”，再用一次 /helpme。", "Or allow direct messages from server members in User Settings → Content & Social, and use /helpme again."},
	"dm_too_fast":    {"⏳ Discord 暫時不讓我開新的私訊，請過幾分鐘再試。", "⏳ Discord 暂时不让我开新的私信，请过几分钟再试。", "⏳ Discord does not let me open more direct messages just now. Please try again in a few minutes."},
	"room_offer":     {"或者在這裡開一個私人討論串，只有你和客服看得到。", "或者在这里开一个私密子区，只有你和客服看得到。", "Or open a private thread here, which only you and staff can see."},
	"button_room":    {"開私人討論串", "开私密子区", "Open a private thread"},
	"room_name":      {"求助 · %s", "求助 · %s", "Help · %s"},
	"room_forbidden": {"這個頻道也不能開私人討論串：請伺服器管理員給機器人這些權限：%s", "此频道也不能开私密子区：请服务器管理员给机器人这些权限：%s", "A private thread cannot be opened in this channel either. The owner of the server has to give the bot these permissions: %s"},
	"room_not_here":  {"這種頻道不能開私人討論串，請到文字頻道再用一次 /helpme。", "这种频道不能开私密子区，请到文字频道再用一次 /helpme。", "A channel of this kind has no private threads. Use /helpme again in a text channel."},
	"room_full":      {"這個伺服器的討論串已達上限，請稍後再試。", "此服务器的子区已达上限，请稍后再试。", "This server has as many threads as Discord allows. Please try again later."},

	// Why somebody is not helped now.
	"member_blocked":    {"你目前無法使用客服。", "你目前无法使用客服。", "You cannot use support at present."},
	"member_pending":    {"請先完成這個伺服器的成員審核，再向客服求助。", "请先完成此服务器的成员审核，再向客服求助。", "Please pass the membership screening of this server first, then ask for help."},
	"member_young":      {"你的 Discord 帳號還太新，<t:%d:R>（<t:%d:f>）就可以求助。", "你的 Discord 账号还太新，<t:%d:R>（<t:%d:f>）就可以求助。", "Your Discord account is too new. You can ask for help <t:%d:R> (<t:%d:f>)."},
	"member_many":       {"你進行中的問題已達上限，請先等其中一個結束。", "你进行中的问题已达上限，请先等其中一个结束。", "You have as many open matters as are allowed. Please wait until one of them is closed."},
	"member_soon":       {"⏳ 請等一下，<t:%d:R>再試。這則訊息沒有送出。", "⏳ 请稍等，<t:%d:R>再试。这条消息没有发出。", "⏳ Please try again <t:%d:R>. This message was not taken."},
	"member_unreadable": {"⚠️ 我讀不到這則訊息。請用文字說明，或在訊息中提及（@）我。", "⚠️ 我读不到这条消息。请用文字说明，或在消息中提及（@）我。", "⚠️ I cannot read this message. Please say it in words, or mention me (@) in it."},

	// What is pressed under a message of the bot.
	"not_yours":       {"這個按鈕不是給你的。", "此按钮不是给你的。", "This button is not for you."},
	"helped_yes":      {"🙂 謝謝你的回饋。", "🙂 谢谢你的反馈。", "🙂 Thank you, good to know."},
	"helped_no":       {"謝謝你的回饋。再多說一點，或要求真人客服。", "谢谢你的反馈。请再多说一点，或要求人工客服。", "Thank you for telling us. Say a little more, or ask for a person."},
	"person_asked":    {"🙋 已為你找真人客服，請在這裡稍候。", "🙋 已为你转人工客服，请在这里稍候。", "🙋 A person has been asked for. Please wait here."},
	"person_number":   {"🙋 已為你找真人客服，客服單 #%d。", "🙋 已为你转人工客服，工单 #%d。", "🙋 A person has been asked for. Your ticket is #%d."},
	"person_position": {"目前排在第 %d 位。", "目前排在第 %d 位。", "Your place in the queue: %d."},
	"person_opens":    {"現在不在服務時間，<t:%d:F>（<t:%d:R>）恢復服務。", "现在不在服务时间，<t:%d:F>（<t:%d:R>）恢复服务。", "We are closed just now and open again <t:%d:F> (<t:%d:R>)."},

	// What members send that is not text; staff read it.
	"sticker":   {"[貼圖：%s]", "[贴纸：%s]", "[sticker: %s]"},
	"voice":     {"[語音訊息，%d 秒]", "[语音消息，%d 秒]", "[voice message, %d s]"},
	"forwarded": {"[轉發的訊息]", "[转发的消息]", "[forwarded message]"},
	"poll":      {"[投票] %s", "[投票] %s", "[poll] %s"},
}
