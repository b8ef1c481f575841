package secret

import (
	"fmt"
	"io"
	"log/slog"
)

const mask = "***"

// Text is a credential. However it is printed, logged or encoded, it shows as ***, and as nothing when it is empty (so that a missing
// credential can be seen). Only Reveal gives it away.
type Text string

// Reveal gives the credential itself, to be passed on and never to be printed.
func (t Text) Reveal() string { return string(t) }

func (t Text) masked() string {
	if t == "" {
		return ""
	}
	return mask
}

// String gives ***.
func (t Text) String() string { return t.masked() }

// GoString gives ***.
func (t Text) GoString() string { return t.masked() }

// Format writes *** for every verb: %x and %d would get past String.
func (t Text) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, t.masked()) }

// MarshalText gives ***.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.masked()), nil }

// MarshalJSON gives "***".
func (t Text) MarshalJSON() ([]byte, error) { return []byte(`"` + t.masked() + `"`), nil }

// MarshalYAML gives ***.
func (t Text) MarshalYAML() (any, error) { return t.masked(), nil }

// LogValue gives ***.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.masked()) }

// UnmarshalText takes the credential as it is; JSON, YAML and environment readers use it.
func (t *Text) UnmarshalText(b []byte) error {
	*t = Text(b)
	return nil
}
