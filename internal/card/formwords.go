package card

import (
	"slices"
	"strings"

	"kefu"
)

// formWords are what is said around forms, choices and articles.
type formWords struct {
	form, required, optional, example, preset          string
	pickNumber, skip, leave                            string
	needed, email, option, long, wrong, read, untitled string
}

var formTW = formWords{
	form: "表單", required: "（必填）", optional: "（選填）", example: "例如：", preset: "預設：",
	pickNumber: "請回覆編號。", skip: "不填請回覆「略過」。", leave: "要中止請回覆「取消」。",
	needed: "這一項必須填寫。", email: "這不是有效的電子郵件地址。", option: "請從選項中選一個。", long: "內容太長，最多 4000 個字。",
	wrong: "這個內容不能接受，請再填一次。", read: "閱讀全文", untitled: "未命名文章",
}

var formCN = formWords{
	form: "表单", required: "（必填）", optional: "（选填）", example: "例如：", preset: "默认：",
	pickNumber: "请回复编号。", skip: "不填请回复“跳过”。", leave: "要中止请回复“取消”。",
	needed: "此项必填。", email: "这不是有效的邮箱地址。", option: "请从选项中选一个。", long: "内容太长，最多 4000 个字。",
	wrong: "此内容无法接受，请重新填写。", read: "阅读全文", untitled: "未命名文章",
}

var formEN = formWords{
	form: "Form", required: " (required)", optional: " (optional)", example: "e.g. ", preset: "Default: ",
	pickNumber: "Reply with a number.", skip: `Reply "skip" to leave this empty.`, leave: `Reply "exit" to stop.`,
	needed: "This is required.", email: "That is not a valid e-mail address.", option: "Please pick one of the options.",
	long: "That is too long: at most 4000 characters.", wrong: "That cannot be accepted. Please try again.", read: "Read on", untitled: "Untitled article",
}

func pickForm(lang string) formWords {
	switch Lang(lang) {
	case LangTW:
		return formTW
	case LangCN:
		return formCN
	}
	return formEN
}

// Optional is what stands behind the label of a field that may be left empty.
func Optional(lang string) string { return pickForm(lang).optional }

// Fault says in words what is wrong with a value; fault is one of kefu's Fault words. "" is nothing wrong.
func Fault(fault, lang string) string {
	w := pickForm(lang)
	switch fault {
	case "":
		return ""
	case kefu.FaultNeeded:
		return w.needed
	case kefu.FaultEmail:
		return w.email
	case kefu.FaultOption:
		return w.option
	case kefu.FaultLong:
		return w.long
	}
	return w.wrong
}

// Leaves tells whether a text means to leave a form that is asked question by question; the questions name the word for it. In English
// that is not "cancel": in a text message carriers take it for STOP, and the customer would get nothing more.
func Leaves(text string) bool {
	return slices.Contains([]string{"取消", "算了", "exit", "cancel"}, said(text))
}

// Skips tells whether a text means to leave one field empty.
func Skips(text string) bool {
	return slices.Contains([]string{"略過", "跳過", "跳过", "略过", "skip", "-", "－"}, said(text))
}

// said is a short text without what does not change its meaning: case, quotes, a full stop.
func said(text string) string {
	return strings.ToLower(strings.Trim(text, " \t\r\n　\"'“”‘’「」。.!！"))
}
