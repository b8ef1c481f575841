package discord

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/discord"
	fake "kefu/internal/fake/discord"
)

func returnForm() *kefu.Form {
	return &kefu.Form{Title: "退貨 *申請* @everyone", Fields: []kefu.FormField{
		{Name: "order_id", Label: "訂單編號", Type: kefu.FieldText, Required: true, Placeholder: "8806"},
		{Name: "email", Label: "E-mail", Type: kefu.FieldEmail},
		{Name: "why", Label: strings.Repeat("為什麼要退貨？", 9), Type: kefu.FieldSelect, Required: true, Default: "broken", Options: []kefu.Choice{
			{Label: "商品損壞", Value: "broken"}, {Label: "尺寸 <不合>", Value: strings.Repeat("長", 60) + strings.Repeat("x", 60)}}},
		{Name: "remark", Label: "備註", Type: kefu.FieldArea, Default: "無"},
	}}
}

func colours(n int) []kefu.Choice {
	var list []kefu.Choice
	for i := range n {
		list = append(list, kefu.Choice{Label: fmt.Sprintf("顏色 %d", i+1), Value: fmt.Sprintf("colour-%d", i+1)})
	}
	return append(list, kefu.Choice{Label: "色票", URL: "https://shop.example/colours"})
}

// asking is a message that an agent or program wrote.
func asking(c kefu.Content) connector.Outbound {
	out := fromAgent(talkIn("7", 1), 5, "")
	out.Message.ID, out.Message.Content = "msg_ask", c
	return out
}

// askedContents are one of each kind.
func askedContents() map[string]kefu.Content {
	o := order(3)
	question := *returnForm()
	question.Step, question.Fault = 2, kefu.FaultEmail
	return map[string]kefu.Content{
		"form":     {Type: kefu.ContentForm, Text: "請填寫 **這份**", Form: returnForm()},
		"question": {Type: kefu.ContentForm, Form: &question},
		"choice":   {Type: kefu.ContentChoice, Text: "想要哪一個？", Choices: append(colours(2), kefu.Choice{Label: strings.Repeat("長", 90), Value: "close"})},
		"menu":     {Type: kefu.ContentChoice, Text: "想要哪一個？", Choices: colours(27)},
		"articles": {Type: kefu.ContentArticle, Text: "請看：", Articles: []kefu.ArticleCard{
			{Title: "一", Excerpt: "第一", URL: "https://shop.example/1"}, {Title: "二 *粗*"}, {Title: "三"}, {Title: "四", Excerpt: "第四 @everyone", URL: "javascript:alert(1)"}}},
		"order": {Type: kefu.ContentOrderCard, Text: "您的訂單：", Order: &o},
		"answer": {Type: kefu.ContentForm, Text: "訂單編號: 8806\n原因: 商品損壞", Answer: &kefu.Answer{MessageID: "msg_ask", Values: []kefu.AnswerValue{
			{Name: "order_id", Label: "訂單編號", Value: "8806"}, {Name: "why", Label: "原因", Value: "broken", Shown: "商品損壞"}}}},
	}
}

func sends(posts []post) []api.MessageSend {
	var list []api.MessageSend
	for _, p := range posts {
		send := api.MessageSend{Components: p.rows}
		for _, piece := range p.pieces {
			send.Embeds = append(send.Embeds, piece.embed)
		}
		list = append(list, send)
	}
	return list
}

func TestAskedGolden(t *testing.T) {
	t.Parallel()
	for name, content := range askedContents() {
		for l := range lang(languages) {
			out := asking(content)
			goldenJSON(t, "asked_"+name+"."+l.String(), sends(customerPosts(l, out)))
			if content.Answer != nil {
				out.Message.Author = kefu.Author{Kind: kefu.AuthorContact, Name: "Mia"}
			}
			goldenJSON(t, "desk_"+name+"."+l.String(), sends(render(l, out)))
		}
	}
	for l := range lang(languages) {
		goldenJSON(t, "asked_modal"+"."+l.String(), formModal(l, "msg_ask:", *returnForm(), map[string]string{"備註": "寫過的"}))
	}
}

// TestDeskNeverAnswers holds that nothing that a customer is asked can be pressed at a desk, whatever its value says.
func TestDeskNeverAnswers(t *testing.T) {
	t.Parallel()
	for name, content := range askedContents() {
		for _, p := range render(zhTW, asking(content)) {
			for _, row := range p.rows {
				for _, b := range row.Components {
					if !b.Disabled && b.Style != api.ButtonLink {
						t.Errorf("%s: %q can be pressed", name, b.CustomID)
					}
				}
			}
		}
	}
	ask := asking(kefu.Content{Type: kefu.ContentChoice, Choices: []kefu.Choice{{Label: "Close", Value: connector.CmdClose}}})
	ask.Message.Author, ask.Message.Private = kefu.System(), true
	if b := render(zhTW, ask)[0].rows[0].Components[0]; b.Disabled || b.CustomID != "kefu:close:" {
		t.Errorf("what the desk itself is asked: %+v", b)
	}
}

// TestHistoryKeepsWhatWasAsked: choices of long ago are words.
func TestHistoryKeepsWhatWasAsked(t *testing.T) {
	t.Parallel()
	m := withoutChoices(asking(askedContents()["choice"]).Message)
	text := render(zhTW, connector.Outbound{Message: m})[0].pieces[0].embed.Description
	for _, want := range []string{"顏色 1", "顏色 2", "色票", "https://shop.example/colours"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %q", want, text)
		}
	}
}

// TestAskedAtTheLimits posts what is as long as it may be: the fake and Discord's document judge it.
func TestAskedAtTheLimits(t *testing.T) {
	t.Parallel()
	r, th, _ := direct(t, fake.Options{})
	long := strings.Repeat("😀", kefu.MaxLabel)
	var options []kefu.Choice
	for i := range kefu.MostFields {
		options = append(options, kefu.Choice{Label: long, Value: strings.Repeat("v", 190) + fmt.Sprint(i)})
	}
	form := &kefu.Form{Title: strings.Repeat("題", 200)}
	for i := range kefu.MostFields {
		form.Fields = append(form.Fields, kefu.FormField{Name: fmt.Sprint("field", i), Label: long, Type: kefu.FieldSelect, Options: options, Placeholder: long, Default: long})
	}
	for i, c := range []kefu.Content{
		{Type: kefu.ContentForm, Form: &kefu.Form{Title: form.Title, Fields: form.Fields[:maxFormFields]}},
		{Type: kefu.ContentForm, Form: form},
		{Type: kefu.ContentChoice, Text: long, Choices: append(slices.Clone(options), colours(20)...)},
		{Type: kefu.ContentChoice, Choices: options[:1]},
		{Type: kefu.ContentChoice, Choices: slices.Repeat([]kefu.Choice{{Label: "L", URL: "https://a.example"}}, 40)},
	} {
		out := asking(c)
		out.Thread, out.Message.Seq = th, int64(i+10)
		out.DeliveryID += kefu.DeliveryID(fmt.Sprint(i))
		r.send(out)
	}
}
