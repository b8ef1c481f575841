package chatwoot

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// contentKeys are the keys that ContentAttributeValidator allows in an item, by content type.
var contentKeys = map[string][]string{
	"cards":        {"title", "description", "media_url", "actions"},
	"form":         {"type", "placeholder", "label", "name", "options", "default", "required", "pattern", "title", "pattern_error"},
	"input_select": {"title", "value"},
	"article":      {"title", "description", "link"},
}

// liquid is what Chatwoot fills in, and code in which it does not look for it.
var liquid = regexp.MustCompile("(?s)`.*?`|\\{\\{.*?\\}\\}|\\{%.*?%\\}")

// rendered is a text after Liquid, which here knows no names: what it would fill in is gone.
func rendered(words string) string {
	return liquid.ReplaceAllStringFunc(words, func(found string) string {
		if strings.HasPrefix(found, "`") {
			return found
		}
		return ""
	})
}

// checkContent says what the validator would say, or "".
func checkContent(kind string, attributes any) string {
	switch kind {
	case "text", "input_email", "input_text", "input_textarea", "input_csat":
		return ""
	case "cards", "form", "input_select", "article":
	default:
		return "'" + kind + "' is not a valid content_type"
	}
	all, _ := attributes.(object)
	items, isList := all["items"].([]any)
	if !isList || len(items) == 0 {
		return "Validation failed: Content attributes At least one item is required."
	}
	for _, x := range items {
		item, isObject := x.(object)
		if !isObject {
			return "Validation failed: Content attributes Items should be a hash."
		}
		if words := checkKeys("items", item, contentKeys[kind]); words != "" {
			return words
		}
		if words := checkItem(kind, item); words != "" {
			return words
		}
	}
	return ""
}

func checkItem(kind string, item object) string {
	switch kind {
	case "cards":
		actions, _ := item["actions"].([]any)
		if len(actions) == 0 {
			return "Validation failed: Content attributes contains items missing actions"
		}
		return checkEach("actions", actions, "text", "type", "payload", "uri")
	case "form":
		if !slices.Contains([]string{"email", "text", "text_area", "select"}, text(item["type"])) {
			return "Validation failed: Content attributes contains invalid field type"
		}
		options, _ := item["options"].([]any)
		return checkEach("options", options, "label", "value")
	}
	return ""
}

func checkEach(what string, list []any, keys ...string) string {
	for _, x := range list {
		one, isObject := x.(object)
		if !isObject {
			return "Validation failed: Content attributes contains invalid " + what
		}
		if words := checkKeys(what, one, keys); words != "" {
			return words
		}
	}
	return ""
}

func checkKeys(what string, item object, allowed []string) string {
	var wrong []string
	for _, key := range slices.Sorted(maps.Keys(item)) {
		if !slices.Contains(allowed, key) {
			wrong = append(wrong, key)
		}
	}
	if len(wrong) == 0 {
		return ""
	}
	return "Validation failed: Content attributes contains invalid keys for " + what + " : [" + strings.Join(wrong, ", ") + "]"
}
