package wordpress

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// failure is a WordPress REST error.
type failure struct {
	Code    string      `json:"code"`
	Message string      `json:"message"`
	Data    failureData `json:"data"`
}

type failureData struct {
	Status int      `json:"status"`
	Params []string `json:"params,omitempty"`
}

func wpError(code, message string, status int) failure {
	return failure{Code: code, Message: message, Data: failureData{Status: status}}
}

func missing(params []string) failure {
	f := wpError("rest_missing_callback_param", "Missing parameter(s): "+strings.Join(params, ", "), http.StatusBadRequest)
	f.Data.Params = params
	return f
}

func writeJSON(w http.ResponseWriter, status int, v any, escape bool) {
	body := encode(v)
	if escape {
		body = phpEscape(body)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

func encode(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte(`{"code":"json_encode_error"}`)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// phpEscape writes JSON as PHP's json_encode does without flags: every character outside ASCII as \uXXXX, every slash as \/.
func phpEscape(body []byte) []byte {
	out := make([]byte, 0, len(body)+len(body)/2)
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		switch {
		case r == '/':
			out = append(out, '\\', '/')
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		body = body[n:]
	}
	return out
}

func page(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html><head><title>WordPress</title></head><body>%s</body></html>\n", body)
}

// cut ends the connection without (the rest of) an answer: by a reset, or by closing it as a proxy does.
func cut(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		if errors.Is(err, http.ErrNotSupported) {
			panic(http.ErrAbortHandler) // the server's own way of cutting (HTTP/2, recorders)
		}
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// waiter waits a while, or until the request or the server ends; true when the time has passed.
func (s *Server) waiter(r *http.Request) func(time.Duration) bool {
	return func(d time.Duration) bool {
		if d <= 0 {
			return true
		}
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return true
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		return false
	}
}
