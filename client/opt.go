package client

import "encoding/json"

// Opt is a member of a change: absent (the zero Opt, which leaves what is stored as it is), null (which clears it), or a value.
type Opt[T any] struct {
	given, null bool
	value       T
}

// Set is a member with a value.
func Set[T any](v T) Opt[T] { return Opt[T]{given: true, value: v} }

// Null is a member that clears what is stored.
func Null[T any]() Opt[T] { return Opt[T]{given: true, null: true} }

// IsZero tells whether the member is absent.
func (o Opt[T]) IsZero() bool { return !o.given }

// Value is the member's value, and whether it has one.
func (o Opt[T]) Value() (T, bool) { return o.value, o.given && !o.null }

// MarshalJSON writes the value, or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.given || o.null {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads a value, or null.
func (o *Opt[T]) UnmarshalJSON(raw []byte) error {
	*o = Opt[T]{given: true, null: string(raw) == "null"}
	if o.null {
		return nil
	}
	return json.Unmarshal(raw, &o.value)
}
