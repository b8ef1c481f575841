package kefu

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of a form and of what is filled in.
const (
	MostFields = 25
	MaxLabel   = 80   // characters of a label
	MaxValue   = 4000 // characters of one value
)

// Form is what a customer is asked to fill in (contracts: orders). Each connector shows it as its medium can: a form, a window, or one
// question after the other.
type Form struct {
	Title  string      `json:"title,omitempty"`
	Fields []FormField `json:"fields"`
	// Step asks for one field alone, by its place from 1, where a medium cannot show a form; 0 is the whole. Fault says why it is asked
	// again; it is one of the Fault words.
	Step  int    `json:"step,omitempty"`
	Fault string `json:"fault,omitempty"`
}

// FormField is one thing that a form asks for.
type FormField struct {
	Name        string    `json:"name"`
	Label       string    `json:"label"`
	Type        FieldType `json:"type"`
	Placeholder string    `json:"placeholder,omitempty"`
	Default     string    `json:"default,omitempty"`
	Required    bool      `json:"required,omitempty"`
	Options     []Choice  `json:"options,omitempty"` // of a select
}

// FieldType says how a field is filled in.
type FieldType string

// Field types.
const (
	FieldText   FieldType = "text"
	FieldArea   FieldType = "text_area"
	FieldEmail  FieldType = "email"
	FieldSelect FieldType = "select"
)

// Faults of a value.
const (
	FaultNeeded = "needed" // it is required and empty
	FaultEmail  = "email"  // it is no e-mail address
	FaultOption = "option" // it is none of the options
	FaultLong   = "long"   // it has more than MaxValue characters
)

// Answer is what a customer filled in or picked, the same whatever the medium. Values are in the order of the form's fields.
type Answer struct {
	MessageID MessageID     `json:"message_id"` // what asked
	Values    []AnswerValue `json:"values"`
}

// AnswerValue is the answer to one field. Label is what was asked; Shown is the label of the option, of a select or choice.
type AnswerValue struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Value string `json:"value"`
	Shown string `json:"shown,omitempty"`
}

// ChoiceField is the name of the one field of an answer to choices.
const ChoiceField = "choice"

// Asks is the form of a content: its own, or the one that its choices amount to; nil when it asks nothing.
func (c Content) Asks() *Form {
	if c.Form != nil {
		return c.Form
	}
	if c.Type != ContentChoice || len(c.Choices) == 0 {
		return nil
	}
	options := slices.DeleteFunc(slices.Clone(c.Choices), func(o Choice) bool { return o.URL != "" })
	if len(options) == 0 {
		return nil
	}
	return &Form{Fields: []FormField{{Name: ChoiceField, Label: c.Text, Type: FieldSelect, Required: true, Options: options}}}
}

// Check tells what is wrong with a form and names every fault.
func (f Form) Check(faults *Faults, field string) {
	if n := len(f.Fields); n < 1 || n > MostFields {
		faults.Add(field+".fields", "must be 1 to %d", MostFields)
	}
	if utf8.RuneCountInString(f.Title) > 200 {
		faults.Add(field+".title", "must have at most 200 characters")
	}
	seen := make(map[string]bool, len(f.Fields))
	for i, one := range f.Fields {
		at := field + ".fields[" + strconv.Itoa(i) + "]"
		if one.Name == "" || len(one.Name) > 100 || seen[one.Name] {
			faults.Add(at+".name", "is needed, with at most 100 bytes, and no two alike")
		}
		seen[one.Name] = true
		one.check(faults, at)
	}
}

func (f FormField) check(faults *Faults, at string) {
	if n := utf8.RuneCountInString(f.Label); n < 1 || n > MaxLabel {
		faults.Add(at+".label", "is needed, with at most %d characters", MaxLabel)
	}
	if utf8.RuneCountInString(f.Placeholder) > 200 || utf8.RuneCountInString(f.Default) > MaxValue {
		faults.Add(at, "has a placeholder of more than 200 characters, or a default of more than %d", MaxValue)
	}
	switch f.Type {
	case FieldText, FieldArea, FieldEmail:
		if len(f.Options) > 0 {
			faults.Add(at+".options", "belong to the type select only")
		}
	case FieldSelect:
		f.checkOptions(faults, at)
	default:
		faults.Add(at+".type", "must be text, text_area, email or select")
	}
}

func (f FormField) checkOptions(faults *Faults, at string) {
	if n := len(f.Options); n < 1 || n > MostFields {
		faults.Add(at+".options", "must be 1 to %d", MostFields)
	}
	seen := make(map[string]bool, len(f.Options))
	for _, o := range f.Options {
		if n := utf8.RuneCountInString(o.Label); n < 1 || n > MaxLabel || o.Value == "" || len(o.Value) > 200 || seen[o.Value] {
			faults.Add(at+".options", "each needs a label of at most %d characters and a value of its own of at most 200 bytes", MaxLabel)
			return
		}
		seen[o.Value] = true
	}
}

// Answer reads what was filled in, by the names of fields, into the answer of the form. Every fault is named by its field; names that the
// form does not have are left out. A select takes the value of an option, else its label in any case.
func (f Form) Answer(message MessageID, filled map[string]string) (Answer, Faults) {
	out := Answer{MessageID: message, Values: make([]AnswerValue, 0, len(f.Fields))}
	var faults Faults
	for _, field := range f.Fields {
		v, fault := field.Take(filled[field.Name])
		if fault != "" {
			faults = append(faults, Fault{Field: field.Name, Msg: faultWords(fault)})
		}
		out.Values = append(out.Values, v)
	}
	return out, faults
}

// Take reads what was said to one field; fault is one of the Fault words, "" when it is right.
func (f FormField) Take(said string) (v AnswerValue, fault string) {
	said = strings.TrimSpace(said)
	v = AnswerValue{Name: f.Name, Label: f.Label, Value: said}
	switch {
	case said == "" && f.Required:
		return v, FaultNeeded
	case said == "":
		return v, ""
	case utf8.RuneCountInString(said) > MaxValue:
		v.Value = Excerpt(said, MaxValue)
		return v, FaultLong
	case f.Type == FieldEmail:
		if a, err := mail.ParseAddress(said); err != nil || a.Address != said {
			return v, FaultEmail
		}
	case f.Type == FieldSelect:
		o, ok := f.option(said)
		if !ok {
			return v, FaultOption
		}
		v.Value, v.Shown = o.Value, o.Label
	}
	return v, ""
}

func (f FormField) option(said string) (Choice, bool) {
	for _, o := range f.Options {
		if o.Value == said {
			return o, true
		}
	}
	for _, o := range f.Options {
		if strings.EqualFold(strings.TrimSpace(o.Label), said) {
			return o, true
		}
	}
	return Choice{}, false
}

func faultWords(fault string) string {
	return map[string]string{FaultNeeded: "is needed", FaultEmail: "is no e-mail address", FaultOption: "is none of the options",
		FaultLong: "is longer than " + strconv.Itoa(MaxValue) + " characters"}[fault]
}
