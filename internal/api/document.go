package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kefu"
)

// Document is the description of /api/v1 in OpenAPI 3.1, as JSON or YAML, ready to be printed. publicURL is where clients reach the server; "" leaves it open.
func Document(publicURL string, asYAML bool) ([]byte, error) {
	s := &server{Options: Options{PublicURL: publicURL}}
	doc := s.register(http.NewServeMux())
	if asYAML {
		return doc.YAML()
	}
	raw, err := doc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	return append(out.Bytes(), '\n'), nil
}

func (s *server) humaConfig() huma.Config {
	format := huma.Format{Marshal: encode, Unmarshal: decode}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Kefu", Version: "1", Description: introduction,
				License: &huma.License{Name: "Apache License 2.0", Identifier: "Apache-2.0"}},
			Servers:    []*huma.Server{{URL: strings.TrimSuffix(s.PublicURL, "/") + base}},
			Components: &huma.Components{Schemas: newSchemas(), SecuritySchemes: s.securitySchemes(), Responses: refusals()},
		},
		Formats:                      map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{s.speak},
	}
}

const introduction = `Kefu carries customer conversations between where customers write and where staff answer.

Lists come in pages: ask again with ` + "`cursor`" + ` until there is no ` + "`next_cursor`" + `. Repeat a POST safely by giving it an
` + "`Idempotency-Key`" + `: the same key and body get the same answer for 24 hours. A PUT changes the members that are present; ` + "`null`" + `
clears one. Send the ` + "`ETag`" + ` of what you read as ` + "`If-Match`" + ` when you change it, and a lost race is refused. A refusal is a problem
document (RFC 9457) that names every fault. What you may not see is answered like what is not there.
The headers ` + "`RateLimit`" + ` and ` + "`RateLimit-Policy`" + ` say how much more may be asked.`

// growing lets answers have members that this version does not name: /api/v1 grows, and a client that is made from the document must not break
// then. What is sent to us stays exact.
func growing(doc *huma.OpenAPI) {
	sent := map[string]bool{}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Post, item.Put, item.Delete} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, media := range op.RequestBody.Content {
				reach(doc.Components.Schemas, media.Schema, sent)
			}
		}
	}
	for name, schema := range doc.Components.Schemas.Map() {
		if closed, ok := schema.AdditionalProperties.(bool); ok && !closed && !sent[name] {
			schema.AdditionalProperties = nil
		}
	}
}

// reach notes the names of all schemas that one refers to.
func reach(all huma.Registry, s *huma.Schema, into map[string]bool) {
	if s == nil {
		return
	}
	if name := strings.TrimPrefix(s.Ref, schemaPrefix); s.Ref != "" && !into[name] {
		into[name] = true
		reach(all, all.SchemaFromRef(s.Ref), into)
	}
	reach(all, s.Items, into)
	for _, member := range s.Properties {
		reach(all, member, into)
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		reach(all, more, into)
	}
}

// describe makes huma's description of an operation.
func (s *server) describe(o *operation) huma.Operation {
	op := huma.Operation{OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Description: o.text, Tags: []string{o.tag},
		DefaultStatus: o.status, MaxBodyBytes: -1, BodyReadTimeout: -1, Metadata: map[string]any{metaOperation: o},
		Responses: map[string]*huma.Response{}, Security: security(o.scope)}
	for _, kind := range o.refuses() {
		op.Responses[strconv.Itoa(statusOf(kind))] = &huma.Response{Ref: "#/components/responses/" + string(kind)}
	}
	if o.scope != open {
		op.Extensions = map[string]any{"x-scope": o.scope}
		need := "Needs credentials of any kind."
		if o.scope != anyone {
			need = "Needs the scope `" + o.scope + "`."
		}
		op.Description = strings.TrimSpace(op.Description + "\n\n" + need)
	}
	if o.method == http.MethodPost && o.upload == 0 && o.scope != open {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "Makes the request safe to repeat: 1 to 255 visible ASCII characters, new for each different request."})
	}
	if o.method == http.MethodPut || o.method == http.MethodDelete {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "If-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "The ETag of what you read: the change is refused when somebody else was faster."})
	}
	return op
}

// describeUploads describes bodies that handlers read for themselves. It comes after registering: huma would read what it finds described.
func describeUploads(doc *huma.OpenAPI) {
	for _, item := range doc.Paths {
		if op := item.Post; op != nil {
			if o, ok := op.Metadata[metaOperation].(*operation); ok && o.document != nil {
				o.document(op)
			}
		}
	}
}

// refuses lists how an operation may refuse.
func (o *operation) refuses() []kefu.ErrKind {
	kinds := []kefu.ErrKind{kefu.KindMalformed, kefu.KindInvalid, kefu.KindRateLimited, kefu.KindInternal, kefu.KindUnavailable,
		kefu.KindUnauthorized} // an open operation takes passwords and tokens
	if o.scope != open {
		kinds = append(kinds, kefu.KindForbidden)
	}
	if strings.Contains(o.path, "{") || o.method != http.MethodGet {
		kinds = append(kinds, kefu.KindNotFound)
	}
	if o.method != http.MethodGet {
		kinds = append(kinds, kefu.KindConflict, kefu.KindTooLarge, kefu.KindUnsupported)
	}
	if o.method == http.MethodPut || o.method == http.MethodDelete {
		kinds = append(kinds, kefu.KindPrecondition)
	}
	return kinds
}

func refusals() map[string]*huma.Response {
	out := map[string]*huma.Response{}
	for kind, words := range map[kefu.ErrKind]string{
		kefu.KindMalformed:    "The request cannot be read; the place is named.",
		kefu.KindUnauthorized: "There are no credentials, or they are not good (any more).",
		kefu.KindForbidden:    "The credentials are good, but do not allow this.",
		kefu.KindNotFound:     "There is no such thing, or the caller may not see it.",
		kefu.KindConflict:     "Somebody else was first, or the Idempotency-Key was used for another request.",
		kefu.KindPrecondition: "It was changed since it was read.",
		kefu.KindTooLarge:     "The body is too large.",
		kefu.KindUnsupported:  "The body is not of a type that is taken here.",
		kefu.KindInvalid:      "The request was understood and cannot be carried out; every fault is named.",
		kefu.KindRateLimited:  "Too many requests; Retry-After says when to come again.",
		kefu.KindInternal:     "A fault of the server; request_id finds it in its log.",
		kefu.KindUnavailable:  "Nothing was done; try again after Retry-After.",
	} {
		out[string(kind)] = &huma.Response{Description: words,
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: schemaPrefix + "Problem"}}}}
	}
	return out
}
