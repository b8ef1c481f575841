package chatwoot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kefu"
)

// reader takes settings as configuration files, the console and environment variables give them: typed, or all as text. No fault repeats a
// value: it may be a secret in the wrong place.
type reader struct {
	given  map[string]json.RawMessage
	faults kefu.Faults
}

func newReader(raw json.RawMessage) (*reader, error) {
	r := &reader{given: map[string]json.RawMessage{}}
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := json.Unmarshal(raw, &r.given); err != nil {
			return nil, kefu.Wrap(kefu.KindInvalid, err, "the settings are not a JSON object")
		}
	}
	var known []string
	for _, f := range fields() {
		known = append(known, f.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.given)) {
		if !slices.Contains(known, name) {
			r.faults.Add(name, "is not a setting; there are %s", strings.Join(known, ", "))
		}
	}
	return r, nil
}

func (r *reader) has(name string) bool {
	s, ok := r.scalar(name)
	return !ok || s != ""
}

// scalar gives a text, number or truth value as text; false for anything else.
func (r *reader) scalar(name string) (string, bool) {
	raw := bytes.TrimSpace(r.given[name])
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", true
	case raw[0] == '"':
		var s string
		err := json.Unmarshal(raw, &s)
		return strings.TrimSpace(s), err == nil
	case raw[0] == '{' || raw[0] == '[':
		return "", false
	}
	return string(raw), true
}

func (r *reader) text(name, preset string) string {
	s, ok := r.scalar(name)
	if !ok {
		r.once(name, "must be text")
	}
	return cmp.Or(s, preset)
}

func (r *reader) number(name string) int64 {
	s, ok := r.scalar(name)
	if ok && s == "" {
		return 0 // missing is another fault
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		r.once(name, "must be a whole number above 0")
		return 0
	}
	return n
}

func (r *reader) address(name string) string {
	s := r.text(name, "")
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		r.once(name, "must be the server's address, such as https://chat.example")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.once(name, "must hold no user, ? and #")
	case strings.Contains(u.Path, "/app") || strings.Contains(u.Path, "/api/v1"):
		r.once(name, "must be the server's own address, without /app and /api/v1")
	default:
		return strings.TrimRight(u.String(), "/")
	}
	return ""
}

func (r *reader) duration(name, preset string) time.Duration {
	d, err := time.ParseDuration(r.text(name, preset))
	if err != nil || d < 0 || d > 0 && d < time.Second {
		r.once(name, "must be a duration of at least 1s, such as 5m; 0 is never")
	}
	return d
}

// word reads one of the allowed words; the first is the default.
func (r *reader) word(name string, allowed ...string) string {
	s := r.text(name, allowed[0])
	if !slices.Contains(allowed, s) {
		r.once(name, "must be "+strings.Join(allowed, ", "))
	}
	return s
}

func (r *reader) flag(name string, preset bool) bool {
	switch s := r.text(name, strconv.FormatBool(preset)); s {
	case "true", "false":
		return s == "true"
	}
	r.once(name, "must be true or false")
	return preset
}
