package chatwoot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"kefu"
	api "kefu/chatwoot"
	"kefu/internal/card"
	"kefu/internal/connector"
)

// leftEmpty is what stands in a field that may be left empty: the widget sends a form only when every field has a value.
const leftEmpty = "-"

func digitsOf(n int64) string { return strconv.FormatInt(n, 10) }

// rich is the content as cards, form, select or articles, and what the widget does not show of it: of a select it shows the text and the
// options, of all else the items and nothing of the text. The text says everything, for those who read it instead. nil is where a text
// alone says it as well. Chatwoot's rules are checked: what they refuse goes out as text.
func rich(content kefu.Content, lang string) (r *api.Rich, words string) {
	rest := content
	rest.Text, rest.Choices, words = "", nil, beside(content, lang)
	switch {
	case content.Form != nil && content.Form.Step == 0:
		r = &api.Rich{ContentType: api.Form, Items: formItems(*content.Form, lang)}
	case content.Form != nil || content.Answer != nil:
	case content.Order != nil:
		made := api.OrderCard(orderOf(*content.Order), lang)
		r = &made
	case len(content.Articles) > 0:
		r = &api.Rich{ContentType: api.Articles}
		r.Items, rest.Articles = articleItems(content.Articles)
	case content.Asks() != nil:
		r, rest, words = &api.Rich{ContentType: api.InputSelect, Items: picks(content.Choices)}, content, ""
	default:
		r, words = links(content)
		rest.Choices = content.Choices
	}
	if r == nil {
		return nil, ""
	}
	if r.ContentType == api.InputSelect {
		r.Content = strings.TrimSpace(card.Told(rest, lang)) // the widget shows it letter by letter
	} else {
		r.Content = strings.TrimSpace(card.ToldMarkdown(rest, lang))
	}
	if r.Check() != nil {
		return nil, ""
	}
	return r, words
}

// beside are the words that go out before a rich message.
func beside(content kefu.Content, lang string) string {
	words := []string{card.Lead(content)}
	if f := content.Form; f != nil && strings.TrimSpace(f.Title) != "" {
		words = append(words, "📋 **"+inline(f.Title)+"**")
	}
	more := kefu.Content{Choices: content.Choices}
	for _, a := range content.Articles {
		if card.Link(a.URL) == "" {
			more.Articles = append(more.Articles, a)
		}
	}
	return paragraphs(append(words, card.ToldMarkdown(more, lang))...)
}

// asText is a content as one text of the widget's, which takes it for Markdown: what people wrote stays as they wrote it, what is put
// together of an order or articles is escaped.
func asText(content kefu.Content, lang string) string {
	if content.Order == nil && content.Answer == nil && len(content.Articles) == 0 {
		return strings.TrimSpace(card.Content(content, lang))
	}
	lead := card.Lead(content)
	content.Text = ""
	return paragraphs(lead, card.ToldMarkdown(content, lang))
}

func paragraphs(list ...string) string {
	var full []string
	for _, p := range list {
		if p = strings.TrimSpace(p); p != "" {
			full = append(full, p)
		}
	}
	return strings.Join(full, "\n\n")
}

// withoutVotes leaves out what can only be pressed: whether an answer helped. Who wants a person says so in the button's words.
func withoutVotes(content kefu.Content) kefu.Content {
	content.Choices = slices.DeleteFunc(slices.Clone(content.Choices), func(o kefu.Choice) bool {
		return strings.HasPrefix(o.Value, connector.CmdHelped+":")
	})
	return content
}

// formItems are the fields of a form. What may be left empty says so, and has a value that means nothing.
func formItems(f kefu.Form, lang string) []api.Item {
	items := make([]api.Item, 0, len(f.Fields))
	for _, one := range f.Fields {
		item := api.Field{Name: one.Name, Label: one.Label, Type: api.FieldType(one.Type), Placeholder: cmp.Or(one.Placeholder, one.Label), Default: one.Default}
		for _, o := range one.Options {
			item.Options = append(item.Options, api.FieldOption{Label: o.Label, Value: o.Value})
		}
		if one.Required {
			item.Required = "required"
		} else {
			item = mayBeEmpty(item, lang)
		}
		items = append(items, item)
	}
	return items
}

func mayBeEmpty(item api.Field, lang string) api.Field {
	item.Label += card.Optional(lang)
	item.Default = cmp.Or(item.Default, leftEmpty)
	switch item.Type {
	case api.FieldEmail:
		item.Type = api.FieldText // a browser takes nothing else than an address there
	case api.FieldSelect:
		if !slices.ContainsFunc(item.Options, func(o api.FieldOption) bool { return o.Value == leftEmpty }) {
			item.Options = append([]api.FieldOption{{Label: "–", Value: leftEmpty}}, item.Options...)
		}
	case api.FieldText, api.FieldTextArea:
	}
	return item
}

// articleItems are the articles that have an address; the words beside tell of the others.
func articleItems(list []kefu.ArticleCard) (items []api.Item, of []kefu.ArticleCard) {
	for _, a := range list {
		if card.Link(a.URL) != "" {
			items, of = append(items, api.Article{Title: a.Title, Description: a.Excerpt, Link: a.URL}), append(of, a)
		}
	}
	return items, of
}

// picks are the options of a select; the text tells of addresses.
func picks(list []kefu.Choice) []api.Item {
	var items []api.Item
	for _, o := range list {
		if o.URL == "" {
			items = append(items, api.Choice{Title: o.Label, Value: o.Value})
		}
	}
	return items
}

// links are addresses as the buttons of a card, with the words before it; nil when something else can be picked too.
func links(content kefu.Content) (r *api.Rich, words string) {
	var buttons []api.Action
	for _, o := range content.Choices {
		if card.Link(o.URL) == "" {
			return nil, ""
		}
		buttons = append(buttons, api.Action{Type: api.Link, Text: o.Label, URI: o.URL})
	}
	if len(buttons) == 0 {
		return nil, ""
	}
	return &api.Rich{ContentType: api.Cards, Items: []api.Item{api.Card{Title: buttons[0].Text, Actions: buttons}}}, card.Lead(content)
}

func orderOf(o kefu.Order) api.Order {
	out := api.Order{ID: o.ID, CustomerID: o.CustomerID, Status: o.Status, StatusText: o.StatusText, CreatedAt: o.CreatedAt, TotalAmount: o.TotalAmount,
		ShippingFee: o.ShippingFee, Currency: o.Currency, Remark: o.Remark, URL: o.URL}
	for _, it := range o.Items {
		out.Items = append(out.Items, api.OrderItem(it))
	}
	if o.Logistics != nil {
		p := api.OrderParcel(*o.Logistics)
		out.Logistics = &p
	}
	return out
}
