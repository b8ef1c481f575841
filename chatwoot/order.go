package chatwoot

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// Order is a shop's order. Money is a decimal string, never floating point; the time is shown in the zone that it carries.
type Order struct {
	ID          string       `json:"order_id"`
	CustomerID  string       `json:"customer_id,omitempty"`
	Status      string       `json:"status,omitempty"` // pending, paid, processing, shipped, delivered, completed, cancelled, refunded, failed
	StatusText  string       `json:"status_text,omitempty"`
	CreatedAt   time.Time    `json:"created_at,omitzero"`
	Items       []OrderItem  `json:"items,omitempty"`
	TotalAmount string       `json:"total_amount,omitempty"`
	ShippingFee string       `json:"shipping_fee,omitempty"`
	Currency    string       `json:"currency,omitempty"` // ISO 4217
	Logistics   *OrderParcel `json:"logistics,omitempty"`
	Remark      string       `json:"remark,omitempty"`
	URL         string       `json:"url,omitempty"`
}

// OrderItem is one line of goods.
type OrderItem struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
	Price    string `json:"price,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
}

// OrderParcel is where the goods are.
type OrderParcel struct {
	Carrier        string `json:"carrier,omitempty"`
	TrackingNumber string `json:"tracking_number,omitempty"`
}

// OrderCard is an order as one card with the actions, or with a link to the order's URL when there are none. Its Content is the whole
// order in Markdown, for channels that show no cards. lang is as in FormatOrderMarkdown.
func OrderCard(o Order, lang string, actions ...Action) Rich {
	w := pick(lang)
	card := Card{Title: oneLine(w.order + " #" + o.ID + " " + o.statusText(lang)), Description: o.summary(w), Actions: actions}
	for _, it := range o.Items[:min(len(o.Items), 1)] {
		card.MediaURL = webLink(it.ImageURL)
	}
	if link := webLink(o.URL); len(actions) == 0 && link != "" {
		card.Actions = []Action{{Type: Link, Text: w.look, URI: link}}
	}
	return Rich{Content: FormatOrderMarkdown(o, lang), ContentType: Cards, Items: []Item{card}}
}

// summary is the card's one sentence.
func (o Order) summary(w orderWords) string {
	paid := w.paid + money(o.TotalAmount, o.Currency)
	if len(o.Items) == 0 {
		return paid
	}
	goods := w.holds + itemName(o.Items[0], w)
	if n := len(o.Items); n > 1 {
		goods += strings.Replace(w.inAll, "N", strconv.Itoa(n), 1)
	}
	return goods + w.comma + paid
}

// OrderForm is an order as a form, with a select of the choices when there are any. The customer can change what stands in the fields:
// Chatwoot has none that can only be read.
func OrderForm(o Order, lang string, choices ...FieldOption) Rich {
	w := pick(lang)
	f := orderForm{}
	f.add("order_id", w.fieldID, FieldText, o.ID)
	f.add("status", w.fieldStatus, FieldText, o.statusText(lang))
	if !o.CreatedAt.IsZero() {
		f.add("created_at", w.fieldCreated, FieldText, orderTime(o.CreatedAt))
	}
	f.add("items", w.goods, FieldTextArea, o.goodsText(w))
	f.add("total_amount", w.fieldTotal, FieldText, money(o.TotalAmount, o.Currency))
	if o.ShippingFee != "" {
		f.add("shipping_fee", w.fieldShipping, FieldText, money(o.ShippingFee, o.Currency))
	}
	if p := o.Logistics; p != nil {
		f.add("logistics", w.parcel, FieldTextArea, w.carrier+orUnknown(p.Carrier, w)+"\n"+w.tracking+orUnknown(p.TrackingNumber, w))
	}
	f.add("remark", w.fieldRemark, FieldTextArea, strings.TrimSpace(o.Remark))
	if len(choices) > 0 {
		f = append(f, Field{Name: "action_select", Label: w.action, Type: FieldSelect, Options: choices})
	}
	return Rich{Content: FormatOrderMarkdown(o, lang), ContentType: Form, Items: f}
}

type orderForm []Item

// add adds a field unless it would be empty.
func (f *orderForm) add(name, label string, kind FieldType, text string) {
	if text != "" {
		*f = append(*f, Field{Name: name, Label: label, Type: kind, Placeholder: label, Default: text})
	}
}

func (o Order) goodsText(w orderWords) string {
	lines := make([]string, len(o.Items))
	for i, it := range o.Items {
		lines[i] = "▫️ " + itemName(it, w) + " × " + strconv.FormatInt(it.Quantity, 10) + " - " + money(it.Price, o.Currency)
	}
	return strings.Join(lines, "\n")
}

// ActionButtons is one card with nothing but buttons.
func ActionButtons(lang string, actions ...Action) Rich {
	w := pick(lang)
	return Rich{Content: w.action, ContentType: Cards, Items: []Item{Card{Title: w.action, Actions: actions}}}
}

// SendOrderCard sends an OrderCard. An order without a URL needs an action.
func (c *Client) SendOrderCard(ctx context.Context, conversationID int64, o Order, lang string, actions ...Action) (*Message, error) {
	return c.SendRich(ctx, conversationID, OrderCard(o, lang, actions...))
}

// SendOrderForm sends an OrderForm.
func (c *Client) SendOrderForm(ctx context.Context, conversationID int64, o Order, lang string, choices ...FieldOption) (*Message, error) {
	return c.SendRich(ctx, conversationID, OrderForm(o, lang, choices...))
}
