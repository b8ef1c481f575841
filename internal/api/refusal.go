package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kefu"
)

// refusal is a problem document as an error that huma knows how to send.
type refusal struct {
	problem
}

// refusal makes what a handler refuses with. In a rehearsal that is only noted.
func (s *server) refusal(ctx context.Context, err error) error {
	if a, ok := ctx.Value(askedKey{}).(*asked); ok && a.ask.Dry {
		a.refused = err
		return nil
	}
	return &refusal{s.refuse(ctx, request(ctx).URL.Path, err)}
}

// Error is for logs.
func (r *refusal) Error() string { return r.Detail }

// GetStatus tells the HTTP status.
func (r *refusal) GetStatus() int { return r.Status }

// ContentType is that of problem documents.
func (r *refusal) ContentType(string) string { return "application/problem+json" }

// GetHeaders gives the headers of the refusal.
func (r *refusal) GetHeaders() http.Header {
	h := http.Header{}
	for name, value := range r.headers() {
		h.Set(name, value)
	}
	return h
}

// speak makes our problem document of what huma refuses by itself. The status is sent as huma has it.
func (s *server) speak(ctx huma.Context, _ string, v any) (any, error) {
	theirs, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	err := &kefu.Error{Kind: kindOf(theirs.Status), Msg: theirs.Detail}
	if theirs.Detail == "validation failed" {
		err.Msg = "the request cannot be carried out: each fault is named"
	}
	for _, d := range theirs.Errors {
		err.Faults = append(err.Faults, fault(d))
	}
	if err.Kind == kefu.KindInvalid {
		err.Faults = append(err.Faults, rehearse(ctx, theirs.Errors)...)
	}
	if err.Kind == kefu.KindInternal {
		err.Err = fmt.Errorf("%s: %v", theirs.Detail, err.Faults)
	}
	u := ctx.URL()
	p := s.refuse(ctx.Context(), u.Path, err)
	return &p, nil
}

// fault says what huma found, with our names of places: body.a and query.a are a, as the rules call them too.
func fault(d *huma.ErrorDetail) kefu.Fault {
	place, msg := d.Location, d.Message
	for _, in := range []string{"body.", "query.", "path.", "header."} {
		place = strings.TrimPrefix(place, in)
	}
	if name, ok := strings.CutPrefix(msg, missing); ok {
		name = strings.TrimSuffix(name, " to be present")
		if place == "body" {
			return kefu.Fault{Field: name, Msg: "is needed"}
		}
		return kefu.Fault{Field: place + "." + name, Msg: "is needed"}
	}
	if name, what, ok := strings.Cut(msg, misfit); ok {
		return kefu.Fault{Field: name, Msg: what}
	}
	msg = strings.Replace(msg, ", <nil>\"", "\", or null", 1)
	return kefu.Fault{Field: place, Msg: msg}
}

// missing is how huma begins to say that a member is not there. The place is that of the object.
const missing = "expected required property "

// misfit stands between the name and the words of a misfit error, which huma hands on as one text.
const misfit = "\x1f"

// encode writes an answer.
func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// decode reads a body that strictjson let pass. For huma's check the names of members are made any instead of string: huma then wants them
// as they are written in the document, where it would otherwise take "NAME" for "name", and a name twice for once.
func decode(raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	if loose, ok := v.(*any); ok && err == nil {
		*loose = exact(*loose)
	}
	wrong := new(json.UnmarshalTypeError)
	if !errors.As(err, &wrong) {
		return err
	}
	field := wrong.Field
	if field == "" {
		field = "body"
	}
	return fmt.Errorf("%s%s%s does not fit here", field, misfit, wrong.Value)
}

func exact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[any]any, len(v))
		for name, member := range v {
			out[name] = exact(member)
		}
		return out
	case []any:
		for i := range v {
			v[i] = exact(v[i])
		}
	}
	return v
}
