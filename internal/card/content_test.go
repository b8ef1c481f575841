package card

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"kefu"
)

const hostile = "*粗* [點我](https://evil.example) @everyone <@1> <b>&lt;\n# 標題\n1. 項目"

func returns() kefu.Form {
	return kefu.Form{Title: "退貨申請", Fields: []kefu.FormField{
		{Name: "order_id", Label: "訂單編號", Type: kefu.FieldText, Required: true, Placeholder: "8806"},
		{Name: "why", Label: "原因", Type: kefu.FieldSelect, Required: true, Default: "broken",
			Options: []kefu.Choice{{Label: "商品損壞", Value: "broken"}, {Label: "尺寸不合", Value: "size"}}},
		{Name: "email", Label: "電子郵件", Type: kefu.FieldEmail},
		{Name: "remark", Label: "備註", Type: kefu.FieldArea, Placeholder: "想對我們說的話", Default: "無"},
	}}
}

func step(f kefu.Form, n int, fault string) kefu.Form {
	f.Step, f.Fault = n, fault
	return f
}

// contents are one of each kind, and what somebody would write who means harm.
func contents() map[string]kefu.Content {
	form := func(f kefu.Form) kefu.Content {
		return kefu.Content{Type: kefu.ContentForm, Text: "請填寫", Form: &f}
	}
	order := orders()["full"]
	answer := kefu.Answer{MessageID: "msg_1", Values: []kefu.AnswerValue{
		{Name: "order_id", Label: "訂單編號", Value: "8806"}, {Name: "why", Label: "原因", Value: "broken", Shown: "商品損壞"},
		{Name: "email", Label: "電子郵件"}, {Name: "remark", Label: "備註", Value: "第一行\n第二行"},
	}}
	return map[string]kefu.Content{
		"form":        form(returns()),
		"step-first":  form(step(returns(), 1, "")),
		"step-select": {Type: kefu.ContentForm, Form: new(step(returns(), 2, ""))},
		"step-fault":  {Type: kefu.ContentForm, Form: new(step(returns(), 3, kefu.FaultEmail))},
		"choice": {Type: kefu.ContentChoice, Text: "要怎麼處理？", Choices: []kefu.Choice{
			{Label: "退款", Value: "refund"}, {Label: "查看規定", Value: "rules", URL: "https://shop.example/rules_(1)"}, {Label: "換貨", Value: "exchange"}}},
		"choice-again": {Type: kefu.ContentForm, Form: &kefu.Form{Step: 1, Fault: kefu.FaultOption, Fields: []kefu.FormField{{
			Name: kefu.ChoiceField, Label: "要怎麼處理？", Type: kefu.FieldSelect, Required: true, Options: []kefu.Choice{{Label: "退款", Value: "refund"}}}}}},
		"offers": {Type: kefu.ContentText, Text: "這有幫助嗎？", Choices: []kefu.Choice{
			{Label: "有", Value: "helped:yes"}, {Label: "沒有", Value: "helped:no"}, {Label: "說明", URL: "javascript:alert(1)"}}},
		"article": {Type: kefu.ContentArticle, Text: "請看這些說明：", Articles: []kefu.ArticleCard{
			{Title: "如何退貨", Excerpt: "七天內可退。\n- 附發票", URL: "https://shop.example/help/return"}, {Excerpt: "沒有標題"}}},
		"answer": {Type: kefu.ContentForm, Text: AnswerText(answer), Answer: &answer},
		"order":  {Type: kefu.ContentOrderCard, Text: "您的訂單", Order: &order},
		"hostile-form": form(kefu.Form{Title: hostile, Fields: []kefu.FormField{{Name: "a", Label: hostile, Type: kefu.FieldSelect,
			Placeholder: hostile, Default: hostile, Options: []kefu.Choice{{Label: hostile, Value: hostile}}}}}),
		"hostile-answer": {Type: kefu.ContentForm, Text: hostile, Answer: &kefu.Answer{Values: []kefu.AnswerValue{
			{Name: "a", Label: hostile, Value: hostile}, {Name: hostile, Value: "x", Shown: hostile}}}},
		"hostile-choice":  {Type: kefu.ContentChoice, Text: hostile, Choices: []kefu.Choice{{Label: hostile, Value: "a"}, {Label: hostile, URL: "https://x.example/)("}}},
		"hostile-article": {Type: kefu.ContentArticle, Articles: []kefu.ArticleCard{{Title: hostile, Excerpt: hostile, URL: "https://x.example/)["}}},
	}
}

func TestContentGolden(t *testing.T) {
	for name, c := range contents() {
		for _, lang := range []string{LangTW, LangCN, LangEN} {
			for ext, render := range map[string]func(kefu.Content, string) string{"md": ToldMarkdown, "txt": Content} {
				path := filepath.Join("testdata", "content-"+name+"."+lang+"."+ext)
				t.Run(filepath.Base(path), func(t *testing.T) { golden(t, path, render(c, lang)+"\n") })
			}
		}
	}
}

// Who does not answer by writing is told everything, but not how to answer.
func TestToldSaysNotHow(t *testing.T) {
	for name, c := range contents() {
		for _, lang := range []string{LangTW, LangCN, LangEN} {
			w := pickForm(lang)
			want := Content(c, lang)
			for _, how := range []string{w.pickNumber, w.skip, w.leave} {
				want = strings.ReplaceAll(want, how, "")
			}
			if got := Told(c, lang); got != strings.TrimSpace(want) {
				t.Errorf("%s in %s: %q, want %q", name, lang, got, want)
			}
		}
	}
}

// The numbers that people read are those that the rules count by.
func TestNumbersAreThoseOfAsks(t *testing.T) {
	c := contents()["choice"]
	text := Content(c, LangEN)
	for i, o := range c.Asks().Fields[0].Options {
		if want := fmt.Sprintf("\n%d. %s", i+1, o.Label); !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// A text that says what the answer says is not said twice, and one that says more is kept.
func TestLead(t *testing.T) {
	a := &kefu.Answer{Values: []kefu.AnswerValue{{Label: "Color", Value: "r", Shown: "Red"}}}
	for text, want := range map[string]string{"": "", "Color: Red": "", "color：red\n": "", "Color: r": "Color: r", "I like\x00 it": "I like it"} {
		if got := Lead(kefu.Content{Text: text, Answer: a}); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestFault(t *testing.T) {
	seen := map[string]bool{}
	for _, lang := range []string{LangTW, LangCN, LangEN} {
		for _, fault := range []string{kefu.FaultNeeded, kefu.FaultEmail, kefu.FaultOption, kefu.FaultLong, "another"} {
			words := Fault(fault, lang)
			if words == "" || seen[words] {
				t.Errorf("%s in %s: %q", fault, lang, words)
			}
			seen[words] = true
		}
		if got := Fault("", lang); got != "" {
			t.Errorf("no fault in %s: %q", lang, got)
		}
	}
}

func TestAnswerToAQuestion(t *testing.T) {
	a := kefu.Answer{Values: []kefu.AnswerValue{{Label: "要怎麼處理？", Value: "r", Shown: "退款"}, {Label: "Colour:", Value: "red"}, {Name: "size", Value: "L"}}}
	if got := AnswerText(a); got != "要怎麼處理？ 退款\nColour: red\nsize: L" {
		t.Errorf("%q", got)
	}
}

// Each language asks for a word that is understood.
func TestLeavesAndSkips(t *testing.T) {
	for text, want := range map[string][2]bool{
		"取消": {true, false}, "「取消」。": {true, false}, " Cancel ": {true, false}, "Exit.": {true, false}, "算了": {true, false}, "“取消”": {true, false},
		"略過": {false, true}, "“跳过”": {false, true}, "SKIP.": {false, true}, "-": {false, true},
		"取消訂單": {}, "please cancel my order": {}, "": {}, "不要略過": {},
	} {
		if got := [2]bool{Leaves(text), Skips(text)}; got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
