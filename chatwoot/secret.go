package chatwoot

import (
	"encoding/json"
	"fmt"
)

const hidden = "[secret]"

// Secret is a text that is not printed: every verb, JSON and logs show "[secret]". Reveal gives it.
type Secret struct{ text *string } // behind a pointer: fmt does not follow it where it cannot call Format

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal is the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero tells that there is no text.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Format writes "[secret]" for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalJSON writes "[secret]".
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// UnmarshalJSON reads the text; null is none.
func (s *Secret) UnmarshalJSON(raw []byte) error {
	s.text = nil
	return json.Unmarshal(raw, &s.text)
}
