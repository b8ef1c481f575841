package discord

// ComponentType tells the kinds of component apart.
type ComponentType int

// Kinds of component.
const (
	ComponentActionRow    ComponentType = 1
	ComponentButton       ComponentType = 2
	ComponentStringSelect ComponentType = 3
	ComponentTextInput    ComponentType = 4
	ComponentUserSelect   ComponentType = 5
	ComponentRoleSelect   ComponentType = 6
	ComponentTextDisplay  ComponentType = 10
	ComponentLabel        ComponentType = 18
	ComponentFileUpload   ComponentType = 19
)

// Style is how a button looks, or how many lines a text input has.
type Style int

// Styles of buttons and of text inputs.
const (
	ButtonPrimary   Style = 1
	ButtonSecondary Style = 2
	ButtonSuccess   Style = 3
	ButtonDanger    Style = 4
	ButtonLink      Style = 5 // has a URL and no custom id

	InputShort     Style = 1
	InputParagraph Style = 2
)

// Component is an element of a message or of a modal. In a message, an action row holds up to five buttons or one select, and there
// are at most five rows. In a modal, labels hold one text input, select or file upload each (the older form, an action row with one
// text input, is taken too). CustomID comes back with the interaction and holds up to 100 characters.
type Component struct {
	Type        ComponentType  `json:"type"`
	CustomID    string         `json:"custom_id,omitempty"`
	Label       string         `json:"label,omitempty"`
	Description string         `json:"description,omitempty"`
	Content     string         `json:"content,omitempty"`
	Style       Style          `json:"style,omitempty"`
	Emoji       *Emoji         `json:"emoji,omitempty"`
	URL         string         `json:"url,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Options     []SelectOption `json:"options,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   *int           `json:"max_values,omitempty"`
	MinLength   *int           `json:"min_length,omitempty"`
	MaxLength   *int           `json:"max_length,omitempty"`
	Required    *bool          `json:"required,omitempty"` // Discord takes nil for true
	Value       string         `json:"value,omitempty"`
	Values      []string       `json:"values,omitempty"` // what was chosen, in a submitted modal
	Components  []Component    `json:"components,omitempty"`
	Component   *Component     `json:"component,omitempty"` // what a label holds
}

// SelectOption is one choice of a select.
type SelectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// Row gives an action row of cs.
func Row(cs ...Component) Component {
	return Component{Type: ComponentActionRow, Components: cs}
}

// Button gives a button that answers with an interaction.
func Button(style Style, customID, label string) Component {
	return Component{Type: ComponentButton, Style: style, CustomID: customID, Label: label}
}

// LinkButton gives a button that opens url and tells us nothing.
func LinkButton(url, label string) Component {
	return Component{Type: ComponentButton, Style: ButtonLink, URL: url, Label: label}
}

// Labelled puts c under a label, for a modal.
func Labelled(label, description string, c Component) Component {
	return Component{Type: ComponentLabel, Label: label, Description: description, Component: &c}
}
