package card

import (
	"strings"

	"kefu"
)

// medium is how the pieces of a rendering are written in one kind of place.
type medium struct {
	safe   func(string) string // what others wrote
	strong func(string) string // what is already safe
	link   func(label, address string) string
	indent string
	order  func(o kefu.Order, lang string) string
	told   bool // readers cannot answer here, or do it by pressing: they are not told how to answer
}

func plain() medium {
	same := func(s string) string { return s }
	return medium{safe: same, strong: same, link: func(label, address string) string { return label + " " + address }, indent: "   ", order: Text}
}

func markdown() medium {
	return medium{
		safe:   EscapeMarkdown,
		strong: func(s string) string { return "**" + s + "**" },
		link:   func(label, address string) string { return "[" + label + "](" + address + ")" },
		indent: "   ",
		order:  func(o kefu.Order, lang string) string { return Markdown(o, lang) + orderPage(o, lang) },
	}
}

// line is what others wrote, on one line.
func (m medium) line(s string) string { return m.safe(oneLine(s)) }

// full joins the blocks that say something.
func full(between string, blocks ...string) string {
	var kept []string
	for _, b := range blocks {
		if strings.TrimSpace(b) != "" {
			kept = append(kept, b)
		}
	}
	return strings.Join(kept, between)
}
