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
	Type      string       `json:"type"`
	Title     string       `json:"title"`
	Status    int          `json:"status"`
	Detail    string       `json:"detail,omitempty"`
	Code      kefu.ErrKind `json:"code"`
	Errors    []kefu.Fault `json:"errors,omitempty"`
	RequestID string       `json:"request_id"`
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

// problem writes an error as a problem document and returns its status. The cause of an internal error is for the log alone.
func (s *server) problem(w http.ResponseWriter, r *http.Request, err error) int {
	kind := kefu.KindOf(err)
	status := statusOf(kind)
	p := problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: kind, RequestID: requestID(r.Context())}
	if public := new(kefu.Error); errors.As(err, &public) && kind != kefu.KindInternal {
		p.Detail, p.Errors = public.Msg, public.Faults
	}
	h := w.Header()
	switch status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", "5")
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodPost)
	}
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Log.Log(r.Context(), level, "request refused", "path", r.URL.Path, "status", status, "code", kind, "request_id", p.RequestID, "error", err)
	h.Set("Content-Type", "application/problem+json")
	writeBody(w, status, p)
	return status
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
