package twilio

import "log/slog"

// Secret is an auth token, or the secret of an API key. It prints as ***; convert it to string to use it.
type Secret string

// String hides the secret from fmt.
func (Secret) String() string { return "***" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "***" }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalText hides the secret from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }
