package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kefu"
)

// rehearsals are the operations once more: with a body that nobody holds against its schema, and an answer that nobody gets. What a schema
// refuses never reaches the rules, which may find other faults in it; so they are asked about the rest of it, with nothing being kept.
type rehearsals struct{}

func newRehearsals(doors huma.API) huma.API {
	format := huma.Format{Marshal: encode, Unmarshal: decode}
	return huma.NewAPI(huma.Config{
		OpenAPI: &huma.OpenAPI{Components: &huma.Components{Schemas: doors.OpenAPI().Components.Schemas}},
		Formats: map[string]huma.Format{"application/json": format}, DefaultFormat: "application/json",
	}, rehearsals{})
}

// rehearsed tells whether an operation can be rehearsed: its verb takes a kefu.Ask, which says so. Those without credentials do not.
func (o *operation) rehearsed() bool {
	return o.scope != open && o.upload == 0 && (o.method == http.MethodPost || o.method == http.MethodPut)
}

// Handle notes how an operation is rehearsed.
func (rehearsals) Handle(op *huma.Operation, handler func(huma.Context)) {
	if o, ok := op.Metadata[metaOperation].(*operation); ok {
		o.rehearsal = func(r *http.Request) { handler(humago.NewContext(op, r, unheard{})) }
	}
}

// ServeHTTP serves nothing.
func (rehearsals) ServeHTTP(http.ResponseWriter, *http.Request) {}

// unheard is an answer that nobody gets.
type unheard struct{}

// Header is forgotten.
func (unheard) Header() http.Header { return http.Header{} }

// Write forgets.
func (unheard) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader forgets.
func (unheard) WriteHeader(int) {}

// mostMended is with how many faults of its schema a body is rehearsed: leaving each of them out takes time.
const mostMended = 100

// rehearse asks the rules what else is wrong with a body in which the schema has found faults, and gives what is not said yet. Only what they
// call invalid counts: anything else is for when the body is mended.
func rehearse(ctx huma.Context, found []*huma.ErrorDetail) kefu.Faults {
	o, ok := ctx.Operation().Metadata[metaOperation].(*operation)
	if !ok || o.rehearsal == nil || len(found) > mostMended {
		return nil
	}
	r := request(ctx.Context())
	sent, ok := r.Body.(*memory)
	if !ok {
		return nil
	}
	rest, ok := without(sent.text, found)
	if !ok {
		return nil
	}
	a := &asked{ask: ask(ctx.Context())}
	a.ask.Dry = true
	a.request = r.WithContext(context.WithValue(r.Context(), askedKey{}, a))
	a.request.Body = &memory{text: rest}
	o.rehearsal(a.request)
	wrong := new(kefu.Error)
	if kefu.KindOf(a.refused) != kefu.KindInvalid || !errors.As(a.refused, &wrong) {
		return nil
	}
	return unsaid(wrong.Faults, found)
}

// without is a body without what the schema refused, so that the rest can be decoded. It is false when not even the rest means anything, or
// when it is not the body that is wrong.
func without(body []byte, found []*huma.ErrorDetail) ([]byte, bool) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, false
	}
	for _, d := range found {
		if d.Location != "body" && !strings.HasPrefix(d.Location, "body.") {
			return nil, false
		}
		if strings.HasPrefix(d.Message, missing) {
			continue
		}
		if d.Location == "body" {
			return nil, false
		}
		drop(v, strings.TrimPrefix(d.Location, "body."))
	}
	rest, err := json.Marshal(v)
	return rest, err == nil
}

// drop takes a member out of an object: by its place, as a.b. What is wrong inside a list takes the whole list along.
func drop(v any, place string) {
	object, _ := v.(map[string]any)
	for name, member := range object {
		rest, ok := strings.CutPrefix(place, name)
		switch {
		case !ok || rest != "" && rest[0] != '.' && rest[0] != '[':
		case rest != "" && rest[0] == '.':
			drop(member, rest[1:])
		default:
			delete(object, name)
		}
	}
}

// unsaid are the faults that say something new. One of the same member is not new, nor is one that speaks of such a member: it may only be
// there because the member was left out.
func unsaid(faults []kefu.Fault, found []*huma.ErrorDetail) (out kefu.Faults) {
	var said, names []string
	for _, d := range found {
		place := fault(d).Field
		said = append(said, place)
		for name := range strings.SplitSeq(place, ".") {
			name, _, _ = strings.Cut(name, "[")
			names = append(names, name)
		}
	}
	for _, f := range faults {
		same := func(place string) bool { return within(f.Field, place) || within(place, f.Field) }
		speaks := func(word string) bool { return slices.Contains(names, strings.Trim(word, `,.:;()"`)) }
		if !slices.ContainsFunc(said, same) && !slices.ContainsFunc(strings.Fields(f.Msg), speaks) {
			out = append(out, f)
		}
	}
	return out
}

// within tells whether a place is another one, or inside it.
func within(place, other string) bool {
	rest, ok := strings.CutPrefix(place, other)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
