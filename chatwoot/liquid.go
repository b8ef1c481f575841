package chatwoot

import "strings"

// WithoutLiquid makes a text stand as it is. Chatwoot runs every outgoing message, and every note, through Liquid: "{{contact.email}}" is
// filled in, and what names nothing is gone. A text that you did not write yourself goes through here first: a space of no width parts the
// braces.
func WithoutLiquid(text string) string {
	return strings.NewReplacer("{{", "{\u200b{", "{%", "{\u200b%").Replace(text)
}
