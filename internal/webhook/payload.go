package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"kefu"
	"kefu/internal/plainjson"
	"kefu/internal/vault"
	"kefu/internal/websig"
)

const (
	// MaxBody is the most bytes of a request's body (contracts: webhooks).
	MaxBody = 256 << 10
	// signatureRoom is what the member signature adds to a payload.
	signatureRoom = len(`"signature":"sha256=",`) + 64
	// linksLast is how long links to files are good, counted from the beginning of the day on which the delivery was made: a week at least.
	linksLast = 8 * 24 * time.Hour
	// second is how times are written: source 004's receivers read them with strptime.
	second = "2006-01-02T15:04:05Z"
	// mostMembers is the most members that an event's data has.
	mostMembers = 16
	null        = "null"
)

// Payload writes an event as an endpoint with this timestamp format is sent it, without the signature (B0 of the contract). made is when
// the delivery was made: links to files are good for a week from then. It is pure: the same arguments give the same bytes. What it gives
// has room for the signature within MaxBody: long texts are cut, and the data says so. The error is of an event that cannot be written: its
// data is no JSON, or its type is not in the catalogue.
func (w *Webhooks) Payload(e kefu.Event, f kefu.TimestampFormat, made time.Time) ([]byte, error) {
	shape, ok := shapes[e.Type]
	if !ok {
		return nil, fmt.Errorf("event %s has the type %q, which is not in the catalogue", e.ID, e.Type)
	}
	r := rendering{files: w.Files, unix: f == kefu.TimestampUnix, day: made.UTC().Truncate(24 * time.Hour), shape: shape}
	return r.envelope(e)
}

// Body puts the signature into a payload: what is sent on every attempt.
func (t Target) Body(payload []byte) ([]byte, error) { return websig.Embed(t.Secrets.Signing, payload) }

// Resigned gives a body that was sent before, signed with the secret that is in force now.
func (t Target) Resigned(body []byte) ([]byte, error) {
	b0, inner, err := websig.Strip(body)
	if err != nil {
		return nil, err
	}
	if websig.VerifyBody(t.Secrets.Signing, inner, b0) == nil {
		return body, nil
	}
	return websig.Embed(t.Secrets.Signing, b0)
}

// rendering writes one event.
type rendering struct {
	files *vault.Vault // may be nil: then files keep the addresses that they have
	unix  bool
	day   time.Time
	shape []member
}

func (r *rendering) envelope(e kefu.Event) ([]byte, error) {
	plain, err := plainjson.Append(make([]byte, 0, len(e.Data)+64), e.Data)
	if err != nil || plain[0] != '{' {
		return nil, fmt.Errorf("the data of event %s cannot be read: it is no JSON object (%w)", e.ID, err)
	}
	out := make([]byte, 0, len(plain)+512)
	out = plainjson.AppendString(append(out, `{"id":`...), string(e.ID))
	out = plainjson.AppendString(append(out, `,"event":`...), e.Type)
	out = r.moment(append(out, `,"timestamp":`...), e.OccurredAt)
	out = append(out, `,"data":`...)
	start := len(out)
	out = r.data(out, plain)
	if most := MaxBody - signatureRoom - len("}"); len(out) > most {
		out = fit(out[:start], bytes.Clone(out[start:]), r.shape, most)
	}
	return append(out, '}'), nil
}

// data writes the members of the shape, in its order, from an event's data in plain form.
func (r *rendering) data(out, plain []byte) []byte {
	var values [mostMembers][]byte
	next := 0 // members come in the shape's order, nearly always
	for name, value := range plainjson.Members(plain) {
		for i := range r.shape {
			if at := (next + i) % len(r.shape); r.shape[at].name == string(name) {
				values[at], next = value, at+1
				break
			}
		}
	}
	for i, m := range r.shape {
		if m.form == formExtra && (len(values[i]) == 0 || string(values[i]) == null) {
			continue
		}
		separator := byte(',')
		if i == 0 {
			separator = '{'
		}
		out = append(append(append(out, separator, '"'), m.name...), '"', ':')
		switch string(values[i]) {
		case "", null:
			out = append(out, m.absent()...)
		default:
			out = r.value(out, m, values[i])
		}
	}
	return append(out, '}')
}

func (r *rendering) value(out []byte, m member, plain []byte) []byte {
	switch m.form {
	case formTime:
		return r.time(out, plain)
	case formFiles:
		return r.attachments(out, plain)
	case formSender:
		return sender(out, plain)
	case formID:
		if string(plain) == `""` {
			return append(out, m.absent()...)
		}
	case formText, formWhole, formFlag, formStrings, formObject, formExtra:
	}
	return append(out, plain...)
}

// time writes a time that is stored as RFC 3339. What is none, and the zero time, is null.
func (r *rendering) time(out, plain []byte) []byte {
	at, err := time.Parse(time.RFC3339Nano, string(bytes.Trim(plain, `"`)))
	if err != nil || at.IsZero() {
		return append(out, null...)
	}
	return r.moment(out, at)
}

func (r *rendering) moment(out []byte, at time.Time) []byte {
	if r.unix {
		return strconv.AppendInt(out, at.Unix(), 10)
	}
	return append(at.UTC().AppendFormat(append(out, '"'), second), '"')
}

// sender writes who wrote. By which desk they did is ours alone.
func sender(out, plain []byte) []byte {
	kind, id, name := []byte(`"system"`), []byte(null), []byte(`""`)
	for member, value := range plainjson.Members(plain) {
		switch string(member) {
		case "type":
			kind = value
		case "id":
			id = value
		case "name":
			name = value
		}
	}
	out = append(append(out, `{"type":`...), kind...)
	out = append(append(out, `,"id":`...), id...)
	out = append(append(out, `,"name":`...), name...)
	return append(out, '}')
}

// attachment is one as it is stored.
type attachment struct {
	URL    string `json:"url"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// attachments writes files; one that is kept in the vault gets a link.
func (r *rendering) attachments(out, plain []byte) []byte {
	out = append(out, '[')
	some := false
	for one := range plainjson.Elements(plain) {
		var a attachment
		if json.Unmarshal(one, &a) != nil {
			continue
		}
		if a.SHA256 != "" && r.files != nil {
			a.URL = r.files.Link(vault.File{SHA256: a.SHA256, Size: a.Size, Type: a.Type, Name: a.Name}, linksLast, r.day)
		}
		if some {
			out = append(out, ',')
		}
		some = true
		out = plainjson.AppendString(append(out, `{"url":`...), a.URL)
		out = plainjson.AppendString(append(out, `,"name":`...), a.Name)
		out = plainjson.AppendString(append(out, `,"type":`...), a.Type)
		out = strconv.AppendInt(append(out, `,"size":`...), a.Size, 10)
		out = append(out, '}')
	}
	return append(out, ']')
}
