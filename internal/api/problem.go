package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"kefu"
	"kefu/internal/ident"
)

// problem documents (RFC 9457) are the only way in which these doors refuse.
type problem struct {
	Type      string       `json:"type" doc:"Always about:blank: code tells the problems apart." example:"about:blank"`
	Title     string       `json:"title" doc:"What the status means." example:"Unprocessable Entity"`
	Status    int          `json:"status" doc:"The HTTP status." example:"422"`
	Detail    string       `json:"detail,omitempty" doc:"What is wrong, in words for a person."`
	Code      kefu.ErrKind `json:"code" doc:"What is wrong, in a word for a program." example:"invalid"`
	Errors    []kefu.Fault `json:"errors,omitempty" doc:"Every fault that was found, and where."`
	RequestID string       `json:"request_id" doc:"Names this request in the server's log." example:"req_06c0000000000000000000000g"`
}

func statusOf(kind kefu.ErrKind) int {
	switch kind {
	case kefu.KindInvalid:
		return http.StatusUnprocessableEntity
	case kefu.KindMalformed:
		return http.StatusBadRequest
	case kefu.KindUnauthorized:
		return http.StatusUnauthorized
	case kefu.KindForbidden:
		return http.StatusForbidden
	case kefu.KindNotFound:
		return http.StatusNotFound
	case kefu.KindConflict:
		return http.StatusConflict
	case kefu.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case kefu.KindUnsupported:
		return http.StatusUnsupportedMediaType
	case kefu.KindRateLimited:
		return http.StatusTooManyRequests
	case kefu.KindUnavailable:
		return http.StatusServiceUnavailable
	case kefu.KindNotAllowed:
		return http.StatusMethodNotAllowed
	case kefu.KindPrecondition:
		return http.StatusPreconditionFailed
	}
	return http.StatusInternalServerError
}

// problem writes an error as a problem document and returns its status.
func (s *server) problem(w http.ResponseWriter, r *http.Request, err error) int {
	p := s.refuse(r.Context(), r.URL.Path, err)
	h := w.Header()
	for name, value := range p.headers() {
		if h.Get(name) == "" {
			h.Set(name, value)
		}
	}
	h.Set("Content-Type", "application/problem+json")
	writeBody(w, p.Status, p)
	return p.Status
}

// refuse makes the problem document of an error, and the line in the log. The cause of an internal error is for the log alone.
func (s *server) refuse(ctx context.Context, path string, err error) problem {
	kind := kefu.KindOf(err)
	status := statusOf(kind)
	p := problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: kind, RequestID: requestID(ctx)}
	if public := new(kefu.Error); errors.As(err, &public) && kind != kefu.KindInternal {
		p.Detail, p.Errors = public.Msg, public.Faults
	}
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Log.Log(ctx, level, "request refused", "path", path, "status", status, "code", kind, "request_id", p.RequestID, "error", err)
	return p
}

// headers are what a refusal says beside its document, unless somebody knows better.
func (p problem) headers() map[string]string {
	switch p.Code {
	case kefu.KindUnavailable, kefu.KindRateLimited:
		return map[string]string{"Retry-After": "5"}
	case kefu.KindNotAllowed:
		return map[string]string{"Allow": http.MethodPost}
	}
	return nil
}

func (s *server) nowhere(w http.ResponseWriter, r *http.Request) {
	s.problem(w, r, kefu.Errorf(kefu.KindNotFound, "nothing is at this address"))
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	writeBody(w, status, body)
}

func writeBody(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(body) //nolint:errchkjson // the caller hung up; the commit has happened and a repetition is a duplicate
}

// unready is the status of a process that should get no requests.
const unready = http.StatusServiceUnavailable

type requestKey struct{}

// identified gives every request an id that answers and logs name.
func (s *server) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := ident.New("req")
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// kindOf is the kind that has a status.
func kindOf(status int) kefu.ErrKind {
	for _, kind := range []kefu.ErrKind{kefu.KindInvalid, kefu.KindMalformed, kefu.KindTooLarge, kefu.KindUnsupported, kefu.KindNotFound, kefu.KindUnavailable} {
		if statusOf(kind) == status {
			return kind
		}
	}
	return kefu.KindInternal
}
