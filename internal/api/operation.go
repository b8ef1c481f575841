package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"kefu"
)

// What an operation asks for when it is not a scope like labels:write.
const (
	// open needs no credentials: the operation makes them, or says nothing about anybody.
	open = ""
	// anyone needs credentials of any kind, and no scope.
	anyone = "*"
)

// operation is one line of the API: how it is called, what it needs, and what answers it.
type operation struct {
	method, path string // the path is below /api/v1
	scope        string // "labels:write", anyone or open
	id, summary  string
	status       int // of success
	tag, text    string
	// upload is the largest body that the handler reads for itself, in bytes; 0 has the body read, checked and decoded before.
	upload int64
	// document changes how the operation is described.
	document func(*huma.Operation)
	register func(*server, huma.API, huma.Operation)
	// rehearsal runs the handler for its faults alone; nil where that is not done.
	rehearsal func(*http.Request)
}

// get reads one thing. Its answer has an ETag, and is 304 when the caller has it already.
func get[I, O any](path, scope, id, summary string, h func(context.Context, *I) (O, error)) operation {
	return call(http.MethodGet, http.StatusOK, path, scope, id, summary, h)
}

// list reads many.
func list[I, O any](path, scope, id, summary string, h func(context.Context, *I) (O, error)) operation {
	return operation{method: http.MethodGet, status: http.StatusOK, path: path, scope: scope, id: id, summary: summary,
		register: func(s *server, api huma.API, op huma.Operation) { huma.Register(api, op, plain(s, h)) }}
}

// post makes something: 201.
func post[I, O any](path, scope, id, summary string, h func(context.Context, *I) (O, error)) operation {
	return call(http.MethodPost, http.StatusCreated, path, scope, id, summary, h)
}

// act does something with what is there: a POST that answers 200.
func act[I, O any](path, scope, id, summary string, h func(context.Context, *I) (O, error)) operation {
	return call(http.MethodPost, http.StatusOK, path, scope, id, summary, h)
}

// put changes the members that are present.
func put[I, O any](path, scope, id, summary string, h func(context.Context, *I) (O, error)) operation {
	return call(http.MethodPut, http.StatusOK, path, scope, id, summary, h)
}

// del removes or ends something: 204.
func del[I any](path, scope, id, summary string, h func(context.Context, *I) error) operation {
	return operation{method: http.MethodDelete, status: http.StatusNoContent, path: path, scope: scope, id: id, summary: summary,
		register: func(s *server, api huma.API, op huma.Operation) { huma.Register(api, op, silent(s, h)) }}
}

// call is any method with any status of success, and an ETag of the answer.
func call[I, O any](method string, status int, path, scope, id, summary string, h func(context.Context, *I) (O, error)) operation {
	return operation{method: method, status: status, path: path, scope: scope, id: id, summary: summary,
		register: func(s *server, api huma.API, op huma.Operation) { huma.Register(api, op, tagged(s, status, h)) }}
}

// quiet makes an operation that answers 204 of a POST.
func quiet[I any](path, scope, id, summary string, h func(context.Context, *I) error) operation {
	o := del(path, scope, id, summary, h)
	o.method = http.MethodPost
	return o
}

// about puts a longer text into the document.
func (o operation) about(text string) operation {
	o.text = text
	return o
}

// uploads makes an operation whose handler reads the body itself, from request(ctx), up to limit bytes; describe says what may be in it. It
// is not told apart by Idempotency-Key: nobody reads the body twice.
func (o operation) uploads(limit int64, describe func(*huma.Operation)) operation {
	o.upload, o.document = limit, describe
	return o
}

// under puts operations under one heading of the document.
func under(tag string, ops ...operation) []operation {
	for i := range ops {
		ops[i].tag = tag
	}
	return ops
}

// reply is an answer with its entity tag.
type reply[O any] struct {
	Status int
	ETag   string `header:"ETag" doc:"Tag of this state of the thing, for If-Match and If-None-Match."`
	Body   O
}

type page[O any] struct{ Body O }

func tagged[I, O any](s *server, status int, h func(context.Context, *I) (O, error)) func(context.Context, *I) (*reply[O], error) {
	return func(ctx context.Context, in *I) (*reply[O], error) {
		body, err := h(ctx, in)
		if err != nil {
			return nil, s.refusal(ctx, err)
		}
		out := &reply[O]{Status: status, ETag: kefu.ETag(state(body)), Body: body}
		if a, ok := any(body).(interface{ Again() bool }); ok && a.Again() {
			out.Status = http.StatusOK // it was made before
		}
		if r := request(ctx); (r.Method == http.MethodGet || r.Method == http.MethodHead) && known(r.Header, out.ETag) {
			out.Status = http.StatusNotModified
		}
		return out, nil
	}
}

func plain[I, O any](s *server, h func(context.Context, *I) (O, error)) func(context.Context, *I) (*page[O], error) {
	return func(ctx context.Context, in *I) (*page[O], error) {
		body, err := h(ctx, in)
		if err != nil {
			return nil, s.refusal(ctx, err)
		}
		return &page[O]{Body: body}, nil
	}
}

func silent[I any](s *server, h func(context.Context, *I) error) func(context.Context, *I) (*struct{}, error) {
	return func(ctx context.Context, in *I) (*struct{}, error) {
		if err := h(ctx, in); err != nil {
			return nil, s.refusal(ctx, err)
		}
		return nil, nil
	}
}

// state is what an entity tag is of: an answer that shows more than can be read later, as a new secret, says what that is.
func state(body any) any {
	if b, ok := body.(interface{ State() any }); ok {
		return b.State()
	}
	return body
}

// known tells whether the caller has the state with this tag.
func known(h http.Header, tag string) bool {
	for have := range strings.SplitSeq(strings.Join(h.Values("If-None-Match"), ","), ",") {
		if have = strings.TrimPrefix(strings.TrimSpace(have), "W/"); have == tag || have == "*" {
			return true
		}
	}
	return false
}
