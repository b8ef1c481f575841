package discord

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

// cloudflarePage is what stands in front of Discord says when it has had enough.
const cloudflarePage = `<!DOCTYPE html>
<html lang="en-US"><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head>
<body><h1>Error 1015</h1><p>You are being rate limited.</p></body></html>
`

// reply is a 2xx answer; a nil body is 204.
type reply struct {
	status int
	body   any
}

func ok(body any) (reply, error) { return reply{http.StatusOK, body}, nil }

func created(body any) (reply, error) { return reply{http.StatusCreated, body}, nil }

func noContent() (reply, error) { return reply{http.StatusNoContent, nil}, nil }

// answer is what goes on the wire, made before it is recorded and sent.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func jsonAnswer(status int, h http.Header, body any) answer {
	a := answer{status: status, header: h}
	if body == nil {
		return a
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return answer{status: 500, header: h, body: []byte(`{"message":"500: Internal Server Error","code":0}`)}
	}
	h.Set("Content-Type", "application/json")
	a.body = raw
	return a
}

func htmlAnswer(status int, h http.Header, page string) answer {
	h.Set("Content-Type", "text/html; charset=UTF-8")
	return answer{status: status, header: h, body: []byte(page)}
}

// errorAnswer puts an error into Discord's shape.
func errorAnswer(e *apiError, h http.Header) answer {
	if e.status == http.StatusTooManyRequests {
		return limitAnswer(e, h)
	}
	body := map[string]any{"message": e.message, "code": e.code}
	if e.tree != nil {
		body["errors"] = e.tree
	}
	return jsonAnswer(e.status, h, body)
}

func limitAnswer(e *apiError, h http.Header) answer {
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.retryAfter.Seconds()))))
	h.Set("X-RateLimit-Scope", cmp.Or(e.scope, "user"))
	if e.global {
		h.Set("X-RateLimit-Global", "true")
		h.Set("X-RateLimit-Scope", "global")
	}
	return jsonAnswer(e.status, h, map[string]any{
		"message":     "You are being rate limited.",
		"retry_after": math.Round(e.retryAfter.Seconds()*1000) / 1000,
		"global":      e.global,
	})
}

func (a answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	if a.body != nil {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may be gone; nobody is left to tell
}

// cut ends the connection without an answer, with a reset or a plain close.
func cut(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: the one way to give no answer
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// seconds writes a duration the way rate-limit headers do.
func seconds(d time.Duration) string { return strconv.FormatFloat(max(d, 0).Seconds(), 'f', 3, 64) }
