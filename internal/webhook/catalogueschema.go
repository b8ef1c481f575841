package webhook

import (
	"encoding/json"

	"kefu/internal/plainjson"
)

// fields is a JSON object with its members in this order.
type fields []field

type field struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (f fields) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, one := range f {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		out = append(append(plainjson.AppendString(out, one.name), ':'), value...)
	}
	return append(out, '}'), nil
}

// Schema is the JSON Schema (2020-12) of the body that a receiver gets for an event of this type. Members may be added to it one day.
func (t EventType) Schema() json.RawMessage {
	data, needed := fields{}, []string{}
	for _, m := range shapes[t.Event] {
		data = append(data, field{m.name, m.schema()})
		if m.form != formExtra {
			needed = append(needed, m.name)
		}
	}
	data = append(data, field{"truncated", fields{{"const", true}, {"description", "The event was too large: long texts and lists are cut."}}})
	raw, err := json.Marshal(fields{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", t.Event},
		{"description", t.Description},
		{"type", "object"},
		{"required", []string{"id", "event", "timestamp", "signature", "data"}},
		{"properties", fields{
			{"id", fields{{"type", "string"}, {"minLength", 1}, {"description", "The event: the same on every attempt, retry and replay."}}},
			{"event", fields{{"const", t.Event}}},
			{"timestamp", moment("When it happened.", "string", "integer")},
			{"signature", fields{{"type", "string"}, {"pattern", "^sha256=[0-9a-f]{64}$"},
				{"description", "sha256= and the hex HMAC-SHA256, keyed with the secret, of the body without this member."}}},
			{"data", fields{{"type", "object"}, {"required", needed}, {"properties", data}}},
		}},
	})
	if err != nil {
		panic(err) // constants only
	}
	return raw
}

// moment is the schema of a time: as text or in unix seconds, by the endpoint's setting.
func moment(about string, types ...string) fields {
	return fields{{"type", types}, {"pattern", `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`}, {"description", about}}
}

func (m member) schema() fields {
	kind := func(name string, more ...field) fields {
		return append(append(fields{{"type", name}}, more...), field{"description", m.about})
	}
	switch m.form {
	case formText:
		if m.words != nil {
			return kind("string", field{"enum", m.words})
		}
		return kind("string")
	case formWhole:
		return kind("integer")
	case formFlag:
		return kind("boolean")
	case formTime:
		return moment(m.about, "string", "integer", null)
	case formStrings:
		return kind("array", field{"items", fields{{"type", "string"}}})
	case formObject:
		return kind("object")
	case formFiles:
		text := fields{{"type", "string"}}
		return kind("array", field{"items", fields{{"type", "object"}, {"required", []string{"url", "name", "type", "size"}},
			{"properties", fields{{"url", text}, {"name", text}, {"type", text}, {"size", fields{{"type", "integer"}}}}}}})
	case formSender:
		return kind("object", field{"required", []string{"type", "id", "name"}}, field{"properties", fields{
			{"type", fields{{"enum", []string{"contact", "agent", "bot", "system"}}}}, {"id", fields{{"type", []string{"string", null}}}},
			{"name", fields{{"type", "string"}}}}})
	case formExtra:
		return fields{{"type", []string{"object", "array"}}, {"description", m.about + " Only where there is any."}}
	case formID:
	}
	return append(fields{{"type", []string{"string", null}}}, field{"description", m.about})
}
