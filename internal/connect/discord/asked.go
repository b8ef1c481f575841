package discord

import (
	"cmp"
	"strconv"
	"strings"

	"kefu"
	"kefu/internal/card"
	api "kefu/internal/discord"
)

const (
	// Names of what members press and fill in when they are asked something, beside those of customerpost.go.
	pressFill = "fill" // + message[:thread]
	pressPick = "pick" // + message:number[:thread]; without a number it is a select, whose values are numbers

	// maxFormFields is how many fields a window of Discord has.
	maxFormFields = 5
	maxRows       = 5
	maxOptions    = 25
)

// Forms is how many fields a form may have that opens in a window.
func (c *Connector) Forms() int { return maxFormFields }

// wording is all of a content that words say: the text, what is asked and what was answered, escaped. What belongs into embeds and buttons
// of its own is not in it.
func wording(l lang, c kefu.Content) string {
	parts := []string{quote(card.Lead(c))}
	if c.Form != nil {
		parts = append(parts, card.FormMarkdown(*c.Form, l.String()))
	}
	if c.Answer != nil {
		parts = append(parts, card.AnswerMarkdown(*c.Answer))
	}
	return paragraphs(parts...)
}

// paragraphs parts what is not empty by blank lines.
func paragraphs(parts ...string) string {
	var full []string
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			full = append(full, strings.TrimRight(p, "\n"))
		}
	}
	return strings.Join(full, "\n\n")
}

// offer is what can be pressed below a message; lines say what of it buttons cannot.
type offer struct {
	buttons []api.Component
	menu    *api.Component
	lines   []string
}

// rows lays an offer out, with more buttons at its end.
func (o offer) rows(more ...api.Component) []api.Component {
	var rows []api.Component
	if o.menu != nil {
		rows = append(rows, api.Row(*o.menu))
	}
	return append(rows, rowsOf(unlike(append(o.buttons, more...)))...)
}

// fillButton opens a form, where a window can hold it; one that is asked question by question has none.
func fillButton(l lang, m kefu.Message, thread string) []api.Component {
	f := m.Content.Form
	if f == nil || f.Step > 0 || len(f.Fields) == 0 || len(f.Fields) > maxFormFields {
		return nil
	}
	return []api.Component{api.Button(api.ButtonPrimary, memberID(pressFill, string(m.ID)+":"+thread), l.say("button_fill"))}
}

// picks makes what a customer can pick: buttons, or a menu where they are too many. room is how many buttons there may be.
func picks(l lang, m kefu.Message, thread string, room int) (o offer) {
	var options, links []kefu.Choice
	for _, ch := range m.Content.Choices {
		if ch.URL == "" {
			options = append(options, ch)
		} else {
			links = append(links, ch)
		}
	}
	if len(options)+len(links) <= room {
		for i, ch := range options {
			o.buttons = append(o.buttons, api.Button(api.ButtonSecondary, pickID(m.ID, strconv.Itoa(i), thread), o.label(ch)))
		}
	} else {
		o.menu = menu(l, m.ID, thread, options)
		for i, ch := range options {
			if i >= maxOptions || width(clean(ch.Label)) > maxButtonLabel {
				o.lines = append(o.lines, "• "+clean(ch.Label))
			}
		}
		room -= buttonsInRow
	}
	for _, ch := range links {
		o.link(ch, room)
	}
	return o
}

func menu(l lang, id kefu.MessageID, thread string, options []kefu.Choice) *api.Component {
	if len(options) == 0 {
		return nil
	}
	m := api.Component{Type: api.ComponentStringSelect, CustomID: pickID(id, "", thread), Placeholder: l.say("ask_pick")}
	for i, ch := range options[:min(len(options), maxOptions)] {
		m.Options = append(m.Options, api.SelectOption{Label: cmp.Or(cut(clean(ch.Label), maxButtonLabel), "–"), Value: strconv.Itoa(i)})
	}
	return &m
}

// label is what a button says; what is too long for it is said in words too.
func (o *offer) label(ch kefu.Choice) string {
	whole := clean(ch.Label)
	if width(whole) > maxButtonLabel {
		o.lines = append(o.lines, "• "+whole)
	}
	return cmp.Or(cut(whole, maxButtonLabel), "–")
}

// link adds a choice that is an address: as a button while there is room, else as words.
func (o *offer) link(ch kefu.Choice, room int) {
	switch {
	case webLink(ch.URL) == "":
		o.lines = append(o.lines, "• "+clean(ch.Label))
	case len(o.buttons) >= room:
		o.lines = append(o.lines, "• "+clean(ch.Label)+" "+ch.URL)
	default:
		o.buttons = append(o.buttons, api.LinkButton(ch.URL, o.label(ch)))
	}
}

func pickID(id kefu.MessageID, n, thread string) string {
	return memberID(pressPick, string(id)+":"+n+":"+thread)
}

// clean is a label on one line.
func clean(label string) string {
	label, _ = kefu.CleanText(label)
	return oneLine(label)
}
