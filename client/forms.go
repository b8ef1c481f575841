package client

// Form is what a customer is asked to fill in. With a Step it asks for that field alone, counted from 1, of a form that is asked field by
// field; Fault says why it is asked again: needed, email, option or long.
type Form struct {
	Title  string      `json:"title,omitempty"`
	Fields []FormField `json:"fields"`
	Step   int         `json:"step,omitempty"`
	Fault  string      `json:"fault,omitempty"`
}

// NewForm is a form to ask for. It is shown as a form where the customer's side can, and asked field by field elsewhere.
type NewForm struct {
	Title  string      `json:"title,omitempty"`
	Fields []FormField `json:"fields"` // at most 25
}

// FormField is one thing that a form asks for.
type FormField struct {
	Name        string   `json:"name"` // what the value comes back by
	Label       string   `json:"label"`
	Type        string   `json:"type"` // text, text_area, email or select
	Placeholder string   `json:"placeholder,omitempty"`
	Default     string   `json:"default,omitempty"`
	Required    bool     `json:"required,omitempty"`
	Options     []Choice `json:"options,omitempty"` // of a select
}

// FormAnswer is what a customer filled in or picked, the same whatever they did that with. Values are in the order of the form's fields.
type FormAnswer struct {
	MessageID string      `json:"message_id"` // what asked
	Values    []FormValue `json:"values"`
}

// Value is the value of a field by its name; "" when it was left empty. The one field of choices is "choice".
func (a FormAnswer) Value(name string) string {
	for _, v := range a.Values {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}

// FormValue is the answer to one field.
type FormValue struct {
	Name  string `json:"name"`
	Label string `json:"label"` // what was asked
	Value string `json:"value"`
	Shown string `json:"shown,omitempty"` // label of the option
}

// NewAnswer is what a contact fills in or picks.
type NewAnswer struct {
	MessageID string            `json:"message_id"` // what asks
	Values    map[string]string `json:"values"`     // by the names of the fields; of a select an option's value or label
}
