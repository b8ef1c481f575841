package kefu

import "encoding/json"

// Opt is a member of a change: absent (the zero Opt), cleared by null, or set. The zero Value of a cleared one is the empty value.
type Opt[T any] struct {
	Given bool
	Null  bool
	Value T
}

// Some is a member that is given.
func Some[T any](v T) Opt[T] { return Opt[T]{Given: true, Value: v} }

// IsZero tells whether the member is absent, for omitzero.
func (o Opt[T]) IsZero() bool { return !o.Given }

// Set gives the value to a field when the member was given; null clears the field.
func (o Opt[T]) Set(field *T) {
	if o.Given {
		*field = o.Value
	}
}

// UnmarshalJSON notes that the member was there.
func (o *Opt[T]) UnmarshalJSON(raw []byte) error {
	*o = Opt[T]{Given: true}
	if string(raw) == "null" {
		o.Null = true
		return nil
	}
	return json.Unmarshal(raw, &o.Value)
}

// MarshalJSON writes the value, or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.Given || o.Null {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}
