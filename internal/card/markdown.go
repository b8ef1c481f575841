package card

import (
	"fmt"
	"strings"
	"time"

	"kefu"
)

// Markdown renders an order as source 001's Markdown card, in the language nearest to lang (see Lang). The time is shown in the zone
// that o.CreatedAt carries: convert it with In before.
func Markdown(o kefu.Order, lang string) string {
	w := pick(lang)
	lines := []string{
		StatusEmoji(o.Status) + " **" + w.status + EscapeMarkdown(oneLine(StatusText(o, lang))) + "**",
		"📝 **" + w.number + "** `" + inCode(o.ID) + "`",
	}
	if !o.CreatedAt.IsZero() {
		lines = append(lines, "📅 **"+w.created+"** "+Time(o.CreatedAt))
	}
	lines = append(lines, "", "**"+w.goods+"**")
	lines = append(lines, markdownGoods(o, w)...)
	lines = append(lines, "", fmt.Sprintf("💰 **%s** %s (%s %s)", w.total,
		Money(o.TotalAmount, o.Currency), w.shipping, Money(o.ShippingFee, o.Currency)))
	lines = append(lines, markdownParcel(o.Logistics, w)...)
	if o.Remark != "" {
		lines = append(lines, "", "📋 **"+w.remark+"** "+EscapeMarkdown(strings.TrimSpace(o.Remark)))
	}
	return strings.Join(lines, "\n")
}

func markdownGoods(o kefu.Order, w words) []string {
	if len(o.Items) == 0 {
		return []string{"▫️ " + w.noGoods}
	}
	lines := make([]string, 0, len(o.Items))
	for _, it := range o.Items {
		picture := ""
		if link := Link(it.ImageURL); link != "" {
			picture = " [" + w.picture + "](" + link + ")"
		}
		lines = append(lines, fmt.Sprintf("▫️%s %s × %d %s", picture, EscapeMarkdown(itemName(it, w)), it.Quantity, Money(it.Price, o.Currency)))
	}
	return lines
}

func markdownParcel(p *kefu.OrderParcel, w words) []string {
	if p == nil {
		return nil
	}
	return []string{
		"",
		"🚚 **" + w.parcel + "**",
		w.carrier + EscapeMarkdown(orUnknown(p.Carrier, w)),
		w.tracking + EscapeMarkdown(orUnknown(p.TrackingNumber, w)),
		"*" + w.hint + "*",
	}
}

func itemName(it kefu.OrderItem, w words) string {
	if name := oneLine(it.Name); name != "" {
		return name
	}
	return w.unnamed
}

func orUnknown(s string, w words) string {
	if s = oneLine(s); s != "" {
		return s
	}
	return w.unknown
}

// Time writes the time of an order to the minute, in the zone that t carries. UTC is named, because a reader takes an unnamed time for
// their own.
func Time(t time.Time) string {
	const minute = "2006-01-02 15:04"
	if t.Location() == time.UTC {
		return t.Format(minute + " UTC")
	}
	return t.Format(minute)
}
