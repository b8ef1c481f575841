package discord

// askTexts holds what is said around forms and choices.
var askTexts = map[word][languages]string{
	"button_fill":   {"填寫", "填写", "Fill in"},
	"button_refill": {"已填寫，再填一次", "已填写，再填一次", "Filled in. Fill in again"},
	"ask_pick":      {"請選擇", "请选择", "Pick one"},
	"ask_form":      {"表單", "表单", "Form"},
	"filled":        {"✅ 謝謝，已收到你填寫的內容。", "✅ 谢谢，已收到你填写的内容。", "✅ Thank you, we have your answer."},
	"filled_wrong":  {"⚠️ 還沒有送出，請修正後再填一次：", "⚠️ 还没有发送，请修改后再填一次：", "⚠️ This was not sent yet. Please mend it and fill it in again:"},
	"fault_of":      {"• %s：%s", "• %s：%s", "• %s: %s"},
}
