package discord

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"kefu"
	"kefu/internal/card"
	"kefu/internal/connector"
	api "kefu/internal/discord"
)

const (
	// maxShown is how many orders the opening card shows; the Order button shows more.
	maxShown = 1
	// What a field of the card may hold; with these, card and order together stay under 6,000 characters, whatever they are made of.
	maxShort  = 200
	maxRemark = 600
)

// opening turns the first post of a conversation into its card: what it is about, who asks, the order, and the buttons.
func opening(l lang, p *post, out connector.Outbound) {
	c := *out.Card
	e := &p.pieces[0].embed
	e.Title = cut(escape(cmp.Or(strings.TrimSpace(cmp.Or(c.Subject, c.Ticket.Title)), l.say("ticket_n", c.Ticket.Number))), maxTitle)
	e.Fields = append(e.Fields, api.EmbedField{Name: l.say("ticket"), Value: ticketNumber(c.Ticket), Inline: true})
	e.Fields = append(e.Fields, customerFields(l, out.Customer)...)
	if c.OrderErr != "" {
		e.Fields = append(e.Fields, api.EmbedField{Name: l.say("button_order"), Value: cut(l.say("order_error", escape(c.OrderErr)), 2*maxShort)})
	}
	if len(c.Orders) > maxShown {
		e.Fields = append(e.Fields, api.EmbedField{Name: l.say("button_order"), Value: l.say("orders_more", len(c.Orders)-maxShown)})
	}
	for _, o := range c.Orders[:min(len(c.Orders), maxShown)] {
		p.pieces = append(p.pieces, piece{embed: orderEmbed(l, o)})
	}
	p.rows = append(cardButtons(l), p.rows...)
}

func ticketNumber(t kefu.Ticket) string {
	number := fmt.Sprintf("#%d", t.Number)
	if t.ExternalID != "" {
		number += " (" + escape(t.ExternalID) + ")"
	}
	return cut(number, maxShort)
}

// customerFields show who asks; the whole address is shown to those who press "Show contact" only.
func customerFields(l lang, who kefu.Contact) []api.EmbedField {
	fields := []api.EmbedField{{
		Name: l.say("customer"), Value: cut(cmp.Or(escape(strings.TrimSpace(who.Name)), l.say("unset")), maxShort), Inline: true,
	}}
	if masked := maskEmail(who.Email); masked != "" {
		fields = append(fields, api.EmbedField{Name: l.say("email"), Value: code(masked), Inline: true})
	}
	return fields
}

func cardButtons(l lang) []api.Component {
	return []api.Component{api.Row(
		api.Button(api.ButtonPrimary, customID(connector.CmdReply, ""), l.say("button_reply")),
		api.Button(api.ButtonSuccess, customID(connector.CmdClaim, ""), l.say("button_claim")),
		api.Button(api.ButtonDanger, customID(askClose, ""), l.say("button_close")),
		api.Button(api.ButtonSecondary, customID(connector.CmdOrder, ""), l.say("button_order")),
		api.Button(api.ButtonSecondary, customID(connector.CmdContact, ""), l.say("button_contact")),
	)}
}

// orderEmbed shows an order (contracts: orders, Discord embed).
func orderEmbed(l lang, o kefu.Order) api.Embed {
	status := card.StatusEmoji(o.Status) + " " + escape(card.StatusText(o, l.String()))
	e := api.Embed{
		Title: cut(l.say("order_title", escape(o.ID)), maxTitle),
		URL:   webLink(o.URL),
		Color: orderColour(o.Status),
		Fields: []api.EmbedField{
			{Name: l.say("order_status"), Value: cut(status, maxShort), Inline: true},
			{Name: l.say("order_total"), Value: cut(total(l, o), maxShort), Inline: true},
		},
	}
	if !o.CreatedAt.IsZero() {
		when := fmt.Sprintf("<t:%d:f>", o.CreatedAt.Unix()) // each reader sees the time of where they are
		e.Fields = append(e.Fields, api.EmbedField{Name: l.say("order_created"), Value: when, Inline: true})
	}
	e.Fields = append(e.Fields, api.EmbedField{Name: l.say("order_goods"), Value: goods(l, o)})
	e.Fields = append(e.Fields, extras(l, o)...)
	for _, it := range o.Items {
		if picture := webLink(it.ImageURL); picture != "" {
			e.Thumbnail = &api.EmbedThumbnail{URL: picture}
			break
		}
	}
	return e
}

func total(l lang, o kefu.Order) string {
	if o.TotalAmount == "" {
		return "–"
	}
	sum := card.Money(o.TotalAmount, o.Currency)
	if o.ShippingFee == "" {
		return sum
	}
	return l.say("order_with", sum, card.Money(o.ShippingFee, o.Currency))
}

// goods lists the items as far as a field holds them, and counts the rest.
func goods(l lang, o kefu.Order) string {
	if len(o.Items) == 0 {
		return l.say("order_none")
	}
	var lines []string
	room := maxFieldValue
	for i, it := range o.Items {
		line := fmt.Sprintf("▫️ %s × %d %s", escape(cut(oneLine(it.Name), 120)), it.Quantity, money(it.Price, o.Currency))
		rest := l.say("order_more", len(o.Items)-i)
		if room -= width(line) + 1; room < width(rest) && (i < len(o.Items)-1 || room < 0) {
			return strings.Join(append(lines, rest), "\n")
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n")
}

func money(amount, currency string) string {
	if amount == "" {
		return ""
	}
	return card.Money(amount, currency)
}

func extras(l lang, o kefu.Order) []api.EmbedField {
	var fields []api.EmbedField
	if p := o.Logistics; p != nil && (p.Carrier != "" || p.TrackingNumber != "") {
		line := escape(oneLine(p.Carrier))
		if p.TrackingNumber != "" {
			line = cut(line, maxShort) + " " + code(oneLine(p.TrackingNumber))
		}
		fields = append(fields, api.EmbedField{Name: l.say("order_parcel"), Value: cut(strings.TrimSpace(line), 2*maxShort), Inline: true})
	}
	// Cleaned first: of a remark that is nothing but what cannot be shown, nothing is left, and Discord refuses a whole post for an empty field.
	if remark := strings.TrimSpace(quote(o.Remark)); remark != "" {
		fields = append(fields, api.EmbedField{Name: l.say("order_remark"), Value: cut(remark, maxRemark)})
	}
	return fields
}

func orderColour(status string) int {
	switch status {
	case "pending":
		return 0xF39C12
	case "paid", "processing":
		return 0x3498DB
	case "shipped":
		return 0x9B59B6
	case "delivered", "completed":
		return 0x2ECC71
	case "cancelled":
		return 0x95A5A6
	case "refunded", "failed":
		return 0xE74C3C
	}
	return 0x7F8C8D
}

// code shows text letter by letter.
func code(s string) string {
	s, _ = kefu.CleanText(s)
	return "`" + cut(strings.ReplaceAll(s, "`", "'"), maxShort-2) + "`"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// webLink gives the address back if Discord would take it in an embed or button, else "": one bad link refuses the whole message.
func webLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(address) > 512 {
		return ""
	}
	return address
}
