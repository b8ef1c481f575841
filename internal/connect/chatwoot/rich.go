package chatwoot

import (
	"cmp"
	"strconv"
	"strings"

	"kefu"
	api "kefu/chatwoot"
)

func digitsOf(n int64) string { return strconv.FormatInt(n, 10) }

func formItems(f kefu.Form) []api.Item {
	items := make([]api.Item, 0, len(f.Fields))
	for _, one := range f.Fields {
		item := api.Field{Name: one.Name, Label: one.Label, Type: api.FieldType(one.Type), Placeholder: cmp.Or(one.Placeholder, one.Label), Default: one.Default}
		if one.Required {
			item.Required = "required"
		}
		for _, o := range one.Options {
			item.Options = append(item.Options, api.FieldOption{Label: o.Label, Value: o.Value})
		}
		items = append(items, item)
	}
	return items
}

func articleItems(list []kefu.ArticleCard) []api.Item {
	var items []api.Item
	for _, a := range list {
		if a.URL != "" { // the text tells of those without an address
			items = append(items, api.Article{Title: a.Title, Description: a.Excerpt, Link: a.URL})
		}
	}
	return items
}

// choices are a select of what can be picked; links are buttons of a card, when there is nothing to be picked. The text tells of both.
func choices(content kefu.Content) *api.Rich {
	var picks []api.Item
	var links []api.Action
	for _, o := range content.Choices {
		if o.URL != "" {
			links = append(links, api.Action{Type: api.Link, Text: o.Label, URI: o.URL})
		} else {
			picks = append(picks, api.Choice{Title: o.Label, Value: o.Value})
		}
	}
	if len(picks) > 0 {
		return &api.Rich{ContentType: api.InputSelect, Items: picks}
	}
	title, _, _ := strings.Cut(strings.TrimSpace(content.Text), "\n")
	return &api.Rich{ContentType: api.Cards, Items: []api.Item{api.Card{Title: cmp.Or(title, links[0].Text), Actions: links}}}
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
