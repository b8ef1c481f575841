package discord

import "fmt"

// Button styles with a meaning for the checks.
const (
	styleLink    = 5
	stylePremium = 6
)

// checkComponents checks the rows of a message. With layout components (v2)
// the frame is free and only what can be pressed is checked.
func checkComponents(list []Component, f *form, layout bool) {
	seen := map[string]bool{}
	if !layout {
		f.count("components", len(list), 0, 5)
	}
	for i, c := range list {
		at := fmt.Sprintf("components.%d", i)
		if c.Type != ComponentActionRow && !layout {
			f.add(at+".type", "BASE_TYPE_CHOICES", "Value must be one of {1}.")
			continue
		}
		checkRow(c, f.under(at), seen)
	}
}

func checkRow(row Component, f *form, seen map[string]bool) {
	selects := 0
	for i, c := range row.Components {
		g := f.under(fmt.Sprintf("components.%d", i))
		switch {
		case c.Type == ComponentButton:
			checkButton(c, g)
		case c.Type == ComponentSelect || c.Type >= 5 && c.Type <= 8:
			selects++
			checkSelect(c, g)
		case c.Type == ComponentActionRow:
			checkRow(c, g, seen)
		case c.Type < 9:
			g.add("type", "BASE_TYPE_CHOICES", "Value must be one of {2, 3, 5, 6, 7, 8}.")
		}
		if c.CustomID != "" && seen[c.CustomID] {
			g.add("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
		}
		seen[c.CustomID] = true
	}
	if row.Type != ComponentActionRow {
		return
	}
	f.count("components", len(row.Components), 1, 5)
	if selects > 0 && len(row.Components) > 1 {
		f.add("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
	}
}

func checkButton(c Component, f *form) {
	f.length("custom_id", c.CustomID, 0, 100)
	f.length("label", c.Label, 0, 80)
	switch {
	case c.Style < 1 || c.Style > stylePremium:
		f.add("style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
	case c.Style == styleLink && c.URL == "":
		f.required("url")
	case c.Style == styleLink && c.CustomID != "":
		f.add("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
	case c.Style < styleLink && c.CustomID == "":
		f.add("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
	}
	if c.Label == "" && c.Emoji == nil && c.Style != stylePremium {
		f.add("label", "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", "A label or emoji is required")
	}
	checkURL(f, "url", c.URL, false)
}

func checkSelect(c Component, f *form) {
	f.length("custom_id", c.CustomID, 1, 100)
	f.length("placeholder", c.Placeholder, 0, 150)
	if c.Type != ComponentSelect {
		return
	}
	f.count("options", len(c.Options), 1, 25)
	values := map[string]bool{}
	for i, o := range c.Options {
		at := fmt.Sprintf("options.%d", i)
		f.length(at+".label", o.Label, 1, 100)
		f.length(at+".value", o.Value, 1, 100)
		f.length(at+".description", o.Description, 0, 100)
		if values[o.Value] {
			f.add(at+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[o.Value] = true
	}
}

// checkModal checks the form that a callback wants to open.
func checkModal(m Modal, f *form) {
	f.length("title", m.Title, 1, 45)
	f.length("custom_id", m.CustomID, 1, 100)
	f.count("components", len(m.Components), 1, 5)
	seen := map[string]bool{}
	for i, c := range m.Components {
		at := fmt.Sprintf("components.%d", i)
		inner := c.Components
		switch c.Type {
		case ComponentLabel:
			f.length(at+".label", c.Label, 1, 45)
			f.length(at+".description", c.Description, 0, 100)
			if c.Component == nil {
				f.required(at + ".component")
				continue
			}
			inner = []Component{*c.Component}
		case ComponentActionRow:
			f.count(at+".components", len(inner), 1, 1)
		case 10: // text display holds no input
			continue
		default:
			f.add(at+".type", "BASE_TYPE_CHOICES", "Value must be one of {1, 10, 18}.")
		}
		for j, input := range inner {
			checkInput(input, f.under(fmt.Sprintf("%s.components.%d", at, j)), seen, c.Type == ComponentActionRow)
		}
	}
}

func checkInput(c Component, f *form, seen map[string]bool, ownLabel bool) {
	f.length("custom_id", c.CustomID, 1, 100)
	if seen[c.CustomID] {
		f.add("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	seen[c.CustomID] = true
	if c.Type != ComponentTextInput {
		if ownLabel {
			f.add("type", "BASE_TYPE_CHOICES", "Value must be one of {4}.")
		}
		checkModalSelect(c, f)
		return
	}
	if c.Style != 1 && c.Style != 2 {
		f.add("style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
	}
	if ownLabel {
		f.length("label", c.Label, 1, 45)
	}
	f.length("placeholder", c.Placeholder, 0, 100)
	f.length("value", c.Value, 0, 4000)
}
