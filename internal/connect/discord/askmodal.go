package discord

import (
	"cmp"
	"slices"
	"strings"

	"kefu"
	api "kefu/internal/discord"
)

// What a window of Discord holds, in UTF-16 units.
const (
	maxInputLabel       = 45
	maxLabelDescription = 100
	maxInputPlaceholder = 100
	maxMenuPlaceholder  = 150
	maxInputValue       = 4000
	maxOptionText       = 100
)

// formModal is the window of a form. The custom id of an input is the name of its field; typed is what was written into it before, by label.
func formModal(l lang, arg string, f kefu.Form, typed map[string]string) api.Modal {
	m := api.Modal{CustomID: memberID(pressFill, arg), Title: cut(cmp.Or(clean(f.Title), l.say("ask_form")), api.MaxModalTitle)}
	for _, field := range f.Fields[:min(len(f.Fields), maxFormFields)] {
		if before, ok := typed[inputName(field)]; ok {
			field.Default = before
		}
		input := textInput(field)
		if field.Type == kefu.FieldSelect {
			input = selectInput(l, field)
		}
		label := cmp.Or(clean(field.Label), clean(field.Name), "–")
		whole := ""
		if width(label) > maxInputLabel {
			whole = cut(label, maxLabelDescription)
		}
		m.Components = append(m.Components, api.Labelled(cut(label, maxInputLabel), whole, input))
	}
	return m
}

func textInput(f kefu.FormField) api.Component {
	style, most, required := api.InputShort, maxInputValue, f.Required
	if f.Type == kefu.FieldArea {
		style = api.InputParagraph
	}
	value, _ := kefu.CleanText(f.Default)
	return api.Component{
		Type: api.ComponentTextInput, CustomID: f.Name, Style: style, MaxLength: &most, Required: &required,
		Placeholder: cut(clean(f.Placeholder), maxInputPlaceholder), Value: cut(value, maxInputValue),
	}
}

func selectInput(l lang, f kefu.FormField) api.Component {
	least, required := 0, f.Required
	if required {
		least = 1
	}
	c := api.Component{
		Type: api.ComponentStringSelect, CustomID: f.Name, Required: &required, MinValues: &least,
		Placeholder: cut(cmp.Or(clean(f.Placeholder), l.say("ask_pick")), maxMenuPlaceholder),
	}
	for _, o := range f.Options[:min(len(f.Options), maxOptions)] {
		chosen := f.Default != "" && (o.Value == f.Default || clean(o.Label) == f.Default)
		c.Options = append(c.Options, api.SelectOption{Label: cmp.Or(cut(clean(o.Label), maxOptionText), "–"), Value: optionValue(o), Default: chosen})
		if chosen {
			f.Default = "" // one only
		}
	}
	return c
}

// optionValue is what an option comes back as: its value, or its label where Discord does not take so long a value.
func optionValue(o kefu.Choice) string {
	if width(o.Value) <= maxOptionText {
		return o.Value
	}
	return cut(clean(o.Label), maxOptionText)
}

// filledIn reads the inputs of a submitted window, by the names of their fields. names are in the order of the window.
func filledIn(d api.InteractionData) (names []string, values map[string]string) {
	values = map[string]string{}
	for _, c := range d.Components {
		inputs := c.Components
		if c.Component != nil {
			inputs = append(slices.Clip(inputs), *c.Component)
		}
		for _, in := range inputs {
			if in.CustomID == "" {
				continue
			}
			text := in.Value
			if in.Type == api.ComponentStringSelect {
				text = strings.Join(in.Values, ", ")
			}
			text, _ = kefu.CleanText(strings.TrimSpace(text))
			names, values[in.CustomID] = append(names, in.CustomID), text
		}
	}
	return names, values
}

// inputName is what a field is called where what was typed is given back.
func inputName(f kefu.FormField) string { return cut(cmp.Or(clean(f.Label), f.Name), maxTitle) }
