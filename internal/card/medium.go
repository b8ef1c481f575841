package card

import "strings"

// medium is how the pieces of a rendering are written in one kind of place.
type medium struct {
	safe   func(string) string // what others wrote
	strong func(string) string // what is already safe
	link   func(label, address string) string
	indent string
}

func plain() medium {
	same := func(s string) string { return s }
	return medium{safe: same, strong: same, link: func(label, address string) string { return label + " " + address }, indent: "   "}
}

func markdown() medium {
	return medium{
		safe:   EscapeMarkdown,
		strong: func(s string) string { return "**" + s + "**" },
		link:   func(label, address string) string { return "[" + label + "](" + address + ")" },
		indent: "   ",
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
