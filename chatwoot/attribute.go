package chatwoot

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// AttributeModel is what a custom attribute belongs to.
type AttributeModel string

// The models of custom attributes.
const (
	ConversationAttribute AttributeModel = "conversation_attribute"
	ContactAttribute      AttributeModel = "contact_attribute"
)

// AttributeKind is what a custom attribute holds.
type AttributeKind string

// The kinds of custom attributes.
const (
	AttributeText     AttributeKind = "text"
	AttributeNumber   AttributeKind = "number"
	AttributeCurrency AttributeKind = "currency"
	AttributePercent  AttributeKind = "percent"
	AttributeLink     AttributeKind = "link"
	AttributeDate     AttributeKind = "date"
	AttributeList     AttributeKind = "list"
	AttributeCheckbox AttributeKind = "checkbox"
)

// attributeModels and attributeKinds are in the order of the numbers that the API takes; it answers the words.
var (
	attributeModels = []AttributeModel{ConversationAttribute, ContactAttribute}
	attributeKinds  = []AttributeKind{AttributeText, AttributeNumber, AttributeCurrency, AttributePercent, AttributeLink, AttributeDate, AttributeList, AttributeCheckbox}
)

// AttributeDefinition makes a custom attribute known to the account: agents see it, and FilterConversations can ask for it. Values can
// be set without one.
type AttributeDefinition struct {
	ID          int64          `json:"id"`
	Key         string         `json:"attribute_key"`
	Name        string         `json:"attribute_display_name"`
	Description string         `json:"attribute_description"`
	Kind        AttributeKind  `json:"attribute_display_type"`
	Model       AttributeModel `json:"attribute_model"`
	Values      []string       `json:"attribute_values"` // of a list
}

// AttributeDefinitions lists the definitions of a model.
func (c *Client) AttributeDefinitions(ctx context.Context, model AttributeModel) ([]AttributeDefinition, error) {
	i := slices.Index(attributeModels, model)
	if i < 0 {
		return nil, &InvalidError{[]Fault{{"attribute_model", "must be conversation_attribute or contact_attribute"}}}
	}
	body, err := c.read(ctx, "/custom_attribute_definitions", url.Values{"attribute_model": {strconv.Itoa(i)}})
	return many[AttributeDefinition](body, err, "payload")
}

// CreateAttributeDefinition defines a custom attribute; Kind is text when it is empty. A key that the model has already is refused. The
// owner of the token must be an administrator.
func (c *Client) CreateAttributeDefinition(ctx context.Context, d AttributeDefinition) (*AttributeDefinition, error) {
	if d.Kind == "" {
		d.Kind = AttributeText
	}
	model, kind := slices.Index(attributeModels, d.Model), slices.Index(attributeKinds, d.Kind)
	var f faults
	f.need("attribute_key", d.Key)
	f.need("attribute_display_name", d.Name)
	if model < 0 {
		f.add("attribute_model", "must be conversation_attribute or contact_attribute")
	}
	if kind < 0 {
		f.add("attribute_display_type", "%q is none", d.Kind)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	in := struct {
		Key         string   `json:"attribute_key"`
		Name        string   `json:"attribute_display_name"`
		Description string   `json:"attribute_description,omitempty"`
		Kind        int      `json:"attribute_display_type"`
		Model       int      `json:"attribute_model"`
		Values      []string `json:"attribute_values,omitempty"`
	}{d.Key, d.Name, d.Description, kind, model, d.Values}
	body, err := c.call(ctx, http.MethodPost, "/custom_attribute_definitions", in)
	return peeled[AttributeDefinition](body, err, "payload")
}

// DeleteAttributeDefinition removes a definition; the values that conversations have stay.
func (c *Client) DeleteAttributeDefinition(ctx context.Context, id int64) error {
	_, err := c.call(ctx, http.MethodDelete, at("/custom_attribute_definitions", id), nil)
	return err
}
