package api

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kefu"
)

const base = "/api/v1"

// v1 is the handler of everything below /api/v1.
func (s *server) v1() http.Handler {
	mux := http.NewServeMux()
	s.serveDocument(mux, s.register(mux))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.elsewhere(mux, w, r) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		mux.ServeHTTP(w, r)
	})
}

// register puts every operation into the mux and the document.
func (s *server) register(mux *http.ServeMux) *huma.OpenAPI {
	doors := huma.NewAPI(s.humaConfig(), &adapter{server: s, mux: mux})
	again := newRehearsals(doors)
	for _, o := range s.operations() {
		o.register(s, doors, s.describe(&o))
		if o.rehearsed() {
			op := s.describe(&o)
			op.Hidden, op.SkipValidateBody = true, true
			o.register(s, again, op)
		}
	}
	doc := doors.OpenAPI()
	describeUploads(doc)
	growing(doc)
	describeWebhooks(doc)
	return doc
}

// adapter puts huma's handlers behind our guard.
type adapter struct {
	server *server
	mux    *http.ServeMux
}

const metaOperation = "kefu"

// Handle puts one operation into the mux.
func (a *adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	o, ok := op.Metadata[metaOperation].(*operation)
	if !ok {
		return // a path of huma's own
	}
	if o.document != nil {
		o.document(op) // only now: of a body that is described before, huma would want to decode it
	}
	a.mux.Handle(o.method+" "+base+o.path, a.server.guard(o, func(w http.ResponseWriter, r *http.Request) {
		handler(humago.NewContext(op, r, w))
	}))
}

// ServeHTTP serves what Handle put there.
func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// elsewhere answers what no operation takes: the method may be wrong, or the address.
func (s *server) elsewhere(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 || slices.Contains(allowed, r.Method) {
		s.nowhere(w, r)
		return
	}
	methods := strings.Join(allowed, ", ")
	w.Header().Set("Allow", methods)
	s.problem(w, r, kefu.Errorf(kefu.KindNotAllowed, "this address takes %s", methods))
}

// response knows whether the answer has begun, after which nothing else can be said.
type response struct {
	http.ResponseWriter

	begun bool
}

// WriteHeader begins the answer.
func (w *response) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

// Write begins the answer when nothing did before.
func (w *response) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}

// rescue turns a panic into a refusal: a fault in one call is no reason to leave the caller without an answer, or without a line in the log.
func (s *server) rescue(w *response, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(cause)
	}
	err := fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
	if w.begun {
		s.Log.ErrorContext(r.Context(), "answer broken off", "path", r.URL.Path, "request_id", requestID(r.Context()), "error", err)
		panic(http.ErrAbortHandler)
	}
	s.problem(w, r, err)
}
