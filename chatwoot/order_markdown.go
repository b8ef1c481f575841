package chatwoot

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// FormatOrderMarkdown renders an order as a Markdown card, in the language nearest to lang: "zh-TW" (and ""), "zh-CN", else English. What
// comes from the shop or the customer is escaped.
func FormatOrderMarkdown(o Order, lang string) string {
	w := pick(lang)
	lines := []string{
		orderEmoji(o.Status) + " **" + w.status + escapeMarkdown(oneLine(o.statusText(lang))) + "**",
		"📝 **" + w.number + "** `" + inCode(o.ID) + "`",
	}
	if !o.CreatedAt.IsZero() {
		lines = append(lines, "📅 **"+w.created+"** "+orderTime(o.CreatedAt))
	}
	lines = append(lines, "", "**"+w.goods+"**")
	lines = append(lines, markdownGoods(o, w)...)
	lines = append(lines, "", fmt.Sprintf("💰 **%s** %s (%s %s)", w.total,
		money(o.TotalAmount, o.Currency), w.shipping, money(o.ShippingFee, o.Currency)))
	lines = append(lines, markdownParcel(o.Logistics, w)...)
	if o.Remark != "" {
		lines = append(lines, "", "📋 **"+w.remark+"** "+escapeMarkdown(strings.TrimSpace(o.Remark)))
	}
	return strings.Join(lines, "\n")
}

func markdownGoods(o Order, w orderWords) []string {
	if len(o.Items) == 0 {
		return []string{"▫️ " + w.noGoods}
	}
	lines := make([]string, 0, len(o.Items))
	for _, it := range o.Items {
		picture := ""
		if link := webLink(it.ImageURL); link != "" {
			picture = " [" + w.picture + "](" + link + ")"
		}
		lines = append(lines, fmt.Sprintf("▫️%s %s × %d %s", picture, escapeMarkdown(itemName(it, w)), it.Quantity, money(it.Price, o.Currency)))
	}
	return lines
}

func markdownParcel(p *OrderParcel, w orderWords) []string {
	if p == nil {
		return nil
	}
	return []string{
		"",
		"🚚 **" + w.parcel + "**",
		w.carrier + escapeMarkdown(orUnknown(p.Carrier, w)),
		w.tracking + escapeMarkdown(orUnknown(p.TrackingNumber, w)),
		"*" + w.hint + "*",
	}
}

func itemName(it OrderItem, w orderWords) string {
	if name := oneLine(it.Name); name != "" {
		return name
	}
	return w.unnamed
}

func orUnknown(s string, w orderWords) string {
	if s = oneLine(s); s != "" {
		return s
	}
	return w.unknown
}

// orderTime writes the time of an order to the minute, in the zone that t carries. UTC is named, because a reader takes an unnamed time for
// their own.
func orderTime(t time.Time) string {
	const minute = "2006-01-02 15:04"
	if t.Location() == time.UTC {
		return t.Format(minute + " UTC")
	}
	return t.Format(minute)
}

// A backslash before punctuation is dropped by CommonMark and by Discord alike, and "\<" ends mentions, custom emoji and HTML at once.
var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `~`, `\~`, `|`, `\|`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`, `#`, `\#`, `&`, `\&`,
)

var (
	// bareAddress fits an address as far as it can stand unescaped: a backslash in it would lead elsewhere.
	bareAddress = regexp.MustCompile(`https?://[^\s<>\[\]*|~\\\x60]+`)
	lineMark    = regexp.MustCompile(`(?m)^(\s*)([-+=]|\d+[.)])`)
	everybody   = regexp.MustCompile(`(?i)@(everyone|here)`)
)

// escapeMarkdown makes text show as it was written in CommonMark and Discord: no emphasis, link, quote, list, heading, mention or HTML
// begins in it. Line breaks stay, and bare addresses lead where they led.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for s != "" {
		at := bareAddress.FindStringIndex(s)
		if at == nil {
			at = []int{len(s), len(s)}
		}
		b.WriteString(lineMark.ReplaceAllStringFunc(markdownEscapes.Replace(s[:at[0]]), escapeMark))
		b.WriteString(s[at[0]:at[1]])
		s = s[at[1]:]
	}
	// Discord has no escape for these two; a space of no width parts sign and word.
	return everybody.ReplaceAllString(b.String(), "@\u200b$1")
}

// escapeMark escapes what would make a line a list or an underlined heading: "- " and "1. ".
func escapeMark(mark string) string {
	at := len(mark) - 1
	return mark[:at] + `\` + mark[at:]
}

// oneLine keeps a name from breaking out of its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// inCode makes text fit between back quotes, where nothing can be escaped.
func inCode(s string) string { return strings.ReplaceAll(oneLine(s), "`", "'") }

// webLink gives an address that may stand between the brackets of a Markdown link, or "" when it is not http or https.
func webLink(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20", `\`, "%5C").Replace(u.String())
}

// symbols are what people write before an amount. Dollars and yuan that could be taken for another's carry their country.
var symbols = map[string]string{
	"":    "¥", // source 001 names no currency and writes this
	"AUD": "A$",
	"CAD": "C$",
	"CNY": "¥",
	"EUR": "€",
	"GBP": "£",
	"HKD": "HK$",
	"JPY": "JP¥",
	"KRW": "₩",
	"MOP": "MOP$",
	"MYR": "RM",
	"SGD": "S$",
	"THB": "฿",
	"TWD": "NT$",
	"USD": "$",
	"VND": "₫",
}

// money writes a decimal string with the symbol of its ISO 4217 currency: "NT$599.00", "-NT$5". An amount that is not known is 0.00.
// The digits are the shop's own: nothing is rounded and no zero is added.
func money(amount, currency string) string {
	if amount == "" {
		amount = "0.00"
	}
	sign := ""
	if rest, negative := strings.CutPrefix(amount, "-"); negative {
		sign, amount = "-", rest
	}
	currency = strings.ToUpper(currency)
	if symbol, ok := symbols[currency]; ok {
		return sign + symbol + amount
	}
	return sign + currency + " " + amount
}
