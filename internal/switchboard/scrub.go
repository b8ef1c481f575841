package switchboard

import (
	"bytes"
	"encoding/json"
	"strings"
)

// scrub takes the words of people out of JSON that is kept: members that hold texts and personal data become empty, ids, words of ours,
// times and numbers stay. It knows members by their names, wherever they stand.
func scrub(raw string) (string, error) {
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	scrubIn(v)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}

func scrubIn(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if said(name) {
				v[name] = emptied(value)
				continue
			}
			scrubIn(value)
		}
	case []any:
		for _, item := range v {
			scrubIn(item)
		}
	}
}

// said tells whether a member holds what people said, or data about them.
func said(name string) bool {
	switch name {
	case "content", "text", "name", "email", "customer_email", "phone", "subject", "title", "description", "reason", "closed_by", "level",
		"attachments", "choices", "order", "form", "filled", "tags", "attributes", "custom_attributes", "custom_fields", "category", "excerpt", "external_id", "url":
		return true
	}
	return false
}

// emptied is the empty value of the same kind.
func emptied(v any) any {
	switch v.(type) {
	case string:
		return ""
	case []any:
		return []any{}
	case map[string]any:
		return map[string]any{}
	}
	return nil
}
