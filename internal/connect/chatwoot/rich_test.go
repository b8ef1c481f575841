package chatwoot

import (
	"strings"
	"testing"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/chatwoot"
)

// inWidget is what Chatwoot's website widget shows of a message: of a select the text and the options, of a form, of cards and of articles
// the items and nothing of the text (app/javascript/widget/components/AgentMessageBubble.vue).
func inWidget(m fake.Said) string {
	var words []string
	if m.ContentType == "text" || m.ContentType == "input_select" {
		words = append(words, m.Content)
	}
	items, _ := m.Attributes["items"].([]any)
	var read func(any)
	read = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			for _, key := range []string{"title", "description", "label", "text", "uri", "link", "media_url", "placeholder", "default"} {
				read(x[key])
			}
			read(x["actions"])
			read(x["options"])
		case []any:
			for _, one := range x {
				read(one)
			}
		case string:
			words = append(words, x)
		}
	}
	read(items)
	return strings.Join(words, "\n")
}

// TestTheWidgetShowsEverything sends contents to a website's customer, who must come to see all of each, and no lead twice.
func TestTheWidgetShowsEverything(t *testing.T) {
	bot := kefu.Content{Type: kefu.ContentArticle, Text: "Send it back **within 14 days**.",
		Articles: []kefu.ArticleCard{{Title: "Returns", Excerpt: "How to", URL: "https://shop.example/r"}, {Title: "Inside", Excerpt: "No address"}},
		Choices: []kefu.Choice{{Label: "It helped", Value: connector.CmdHelped + ":yes"}, {Label: "No use", Value: connector.CmdHelped + ":no"},
			{Label: "Talk to a person", Value: connector.CmdPerson}}}
	unsure := kefu.Content{Type: kefu.ContentText, Text: "What do you mean?", Choices: bot.Choices[2:]}
	order := *shown()["order"].Order
	order.URL, order.Remark = "", "[press](https://evil.example) *now*"
	contents := map[string]struct {
		kefu.Content
		want []string
	}{
		"order":  {shown()["order"], []string{"Order #A-1 Shipped", "杯子 <b>, paid NT$1200", "https://shop.example/cup.png", "https://shop.example/order/1"}},
		"led":    {kefu.Content{Type: kefu.ContentOrderCard, Text: "Your order is on its way", Order: shown()["order"].Order}, []string{"Your order is on its way", "Order #A-1"}},
		"bare":   {kefu.Content{Type: kefu.ContentOrderCard, Text: "Here **it** is", Order: &order}, []string{"Here **it** is", `\[press\](https://evil.example) \*now\*`, `杯子 \<b\>`}},
		"form":   {shown()["form"], []string{"Your size\n\n📋 **Size**", "E-mail", "you@example.com", "Size (optional)", "Large", "Small", "Why (optional)"}},
		"choice": {shown()["choice"], []string{"Solved?", "Yes", "No", "Help pages https://shop.example/help"}},
		"links":  {shown()["links"], []string{"Read on", "Help pages", "https://shop.example/help"}},
		"bot":    {bot, []string{"Send it back **within 14 days**.", "Returns", "How to", "https://shop.example/r", "Inside", "No address", "• Talk to a person"}},
		"unsure": {unsure, []string{"What do you mean?\n• Talk to a person"}},
	}
	for name, content := range contents {
		r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
		th, _ := r.channel(fake.WebInbox)
		out := outbound(th, "1", kefu.AuthorBot, content.Content)
		out.Customer.Locale = kefu.LocaleEnglish
		parts := r.send(out).Parts
		var words []string
		said := talkOf(r.s, th).Messages
		for _, m := range said {
			if m.Kind == "outgoing" {
				words = append(words, inWidget(m))
			}
		}
		all := strings.Join(words, "\n")
		for _, want := range content.want {
			if !strings.Contains(all, want) {
				t.Errorf("%s: %q is not in %q", name, want, all)
			}
		}
		if lead := content.Text; strings.Count(all, lead) != 1 && lead != "" {
			t.Errorf("%s: %q is there twice or not at all: %q", name, lead, all)
		}
		if strings.Contains(all, "helped") || strings.Contains(all, "No use") {
			t.Errorf("%s: what cannot be pressed: %q", name, all)
		}
		if len(parts) != len(words) {
			t.Errorf("%s: %d parts of %d messages", name, len(parts), len(words))
		}
	}
}

// TestAFieldMayStayEmpty: the widget sends a form only when every field has a value, so that what may be left empty has one that says so.
func TestAFieldMayStayEmpty(t *testing.T) {
	for name, locale := range map[string]kefu.Locale{"選填": kefu.LocaleTaiwan, "选填": kefu.LocaleChina, "optional": kefu.LocaleEnglish} {
		r := newRig(t, map[string]any{"inbox_id": fake.WebInbox})
		th, id := r.channel(fake.WebInbox)
		content := shown()["form"]
		content.Form.Fields = append(content.Form.Fields, kefu.FormField{Name: "also", Label: "Second address", Type: kefu.FieldEmail},
			kefu.FormField{Name: "dash", Label: "Line", Type: kefu.FieldText, Required: true}, kefu.FormField{Name: "n", Label: "Pieces", Type: kefu.FieldText, Default: "1"})
		out := outbound(th, "1", kefu.AuthorAgent, content)
		out.Customer.Locale = locale
		form := r.send(out).Parts[1]
		r.look(&th)
		if err := r.s.CustomerSubmits(id, numberOf(form.ExternalID), map[string]string{"size": "L"}); err == nil {
			t.Error("a form without what is needed was sent")
		}
		if err := r.s.CustomerSubmits(id, numberOf(form.ExternalID), map[string]string{"mail": "demo@example.com", "dash": "-"}); err != nil {
			t.Fatal(err)
		}
		list := r.look(&th)
		if len(list) != 1 {
			t.Fatalf("taken in: %+v", list)
		}
		same(t, "filled", list[0].Filled, map[string]string{"mail": "demo@example.com", "size": "", "why": "", "also": "", "dash": "-", "n": "1"})
		for _, m := range talkOf(r.s, th).Messages {
			if m.ContentType == "form" && strings.Count(inWidget(m), name) != 4 {
				t.Errorf("%s: what is optional does not say so: %q", name, inWidget(m))
			}
		}
	}
}
