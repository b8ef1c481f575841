package card

import (
	"fmt"
	"strings"

	"kefu"
)

// Text renders an order as plain text, for places without any formatting (a site's ticket, SMS), in the language nearest to lang. It
// holds no Markdown; a place that reads HTML must escape it.
func Text(o kefu.Order, lang string) string {
	w := pick(lang)
	lines := []string{
		StatusEmoji(o.Status) + " " + w.status + oneLine(StatusText(o, lang)),
		spaced(w.number) + oneLine(o.ID),
	}
	if !o.CreatedAt.IsZero() {
		lines = append(lines, spaced(w.created)+Time(o.CreatedAt))
	}
	lines = append(lines, textGoods(o, w)...)
	lines = append(lines, fmt.Sprintf("%s%s (%s %s)", spaced(w.total), Money(o.TotalAmount, o.Currency), w.shipping, Money(o.ShippingFee, o.Currency)))
	if p := o.Logistics; p != nil {
		lines = append(lines, w.carrier+orUnknown(p.Carrier, w), w.tracking+orUnknown(p.TrackingNumber, w))
	}
	if o.Remark != "" {
		lines = append(lines, spaced(w.remark)+strings.TrimSpace(o.Remark))
	}
	if link := Link(o.URL); link != "" {
		lines = append(lines, spaced(w.detail)+link)
	}
	return strings.Join(lines, "\n")
}

func textGoods(o kefu.Order, w words) []string {
	if len(o.Items) == 0 {
		return []string{"- " + w.noGoods}
	}
	lines := make([]string, 0, len(o.Items))
	for _, it := range o.Items {
		lines = append(lines, fmt.Sprintf("- %s × %d %s", itemName(it, w), it.Quantity, Money(it.Price, o.Currency)))
	}
	return lines
}

// spaced parts a label from its value.
func spaced(label string) string { return strings.TrimRight(label, " ") + " " }
