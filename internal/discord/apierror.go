package discord

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// unsaidWait is how long a 429 holds that says nothing of how long; mostly it is a page of the proxy in front of Discord.
const unsaidWait = 30 * time.Second

// Bounds of what is kept of an error's tree.
const (
	maxFieldErrors = 20
	maxErrorDepth  = 12
	maxWords       = 300
)

// readError reads an answer that is not 2xx, whatever its body is.
func readError(r route, res *http.Response) *APIError {
	b, _ := io.ReadAll(io.LimitReader(res.Body, maxError)) // what was read is all there is to tell
	e := &APIError{
		Route:  r.String(),
		Status: res.StatusCode,
		Sent:   res.StatusCode/100 == 5,
	}
	var in struct {
		Message    string          `json:"message"`
		Code       int             `json:"code"`
		Errors     json.RawMessage `json:"errors"`
		RetryAfter json.Number     `json:"retry_after"`
		Global     bool            `json:"global"`
	}
	_ = json.Unmarshal(b, &in) // a page, or fields of other types, leave the status to speak
	e.Message = clip(cmp.Or(in.Message, http.StatusText(res.StatusCode)))
	e.Code, e.Errors = in.Code, flatten(in.Errors)
	e.RetryAfter, _ = seconds(in.RetryAfter.String())
	if d, ok := seconds(res.Header.Get("Retry-After")); ok {
		e.RetryAfter = max(e.RetryAfter, d)
	}
	if e.Status == http.StatusTooManyRequests {
		e.limit(res.Header, in.Global, b)
	}
	return e
}

// limit fills in what a 429 holds up. A page instead of JSON comes from the proxy, which has shut out the whole address.
func (e *APIError) limit(h http.Header, global bool, body []byte) {
	scope := h.Get("X-RateLimit-Scope")
	e.proxied = !json.Valid(body) && (len(body) > 0 || scope == "")
	e.Global = global || e.proxied || scope == "global" || h.Get("X-RateLimit-Global") == "true"
	switch {
	case e.Global:
		e.Scope = ScopeGlobal
	case scope == "shared":
		e.Scope = ScopeChannel
	default:
		e.Scope = ScopeRoute
	}
	if e.RetryAfter <= 0 {
		e.RetryAfter, _ = seconds(h.Get("X-RateLimit-Reset-After"))
	}
	if e.RetryAfter <= 0 {
		e.RetryAfter = unsaidWait
	}
}

// flatten turns Discord's tree of form errors into a list, in the order of the paths.
func flatten(tree json.RawMessage) []FieldError {
	var out []FieldError
	walk(tree, nil, func(f FieldError) {
		if len(out) < maxFieldErrors {
			out = append(out, f)
		}
	})
	return out
}

func walk(node json.RawMessage, path []string, emit func(FieldError)) {
	if len(path) > maxErrorDepth {
		return
	}
	at := cmp.Or(strings.Join(path, "."), "form")
	var words []string
	if json.Unmarshal(node, &words) == nil {
		for _, w := range words {
			emit(FieldError{Path: at, Words: clip(w)})
		}
		return
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(node, &fields) != nil {
		return
	}
	for _, name := range slices.SortedFunc(maps.Keys(fields), comparePath) {
		if name == "_errors" {
			leaves(fields[name], at, emit)
			continue
		}
		walk(fields[name], append(slices.Clip(path), name), emit)
	}
}

// comparePath sorts indices of lists as numbers.
func comparePath(a, b string) int {
	i, errA := strconv.Atoi(a)
	j, errB := strconv.Atoi(b)
	if errA == nil && errB == nil {
		return cmp.Compare(i, j)
	}
	return cmp.Compare(a, b)
}

func leaves(list json.RawMessage, at string, emit func(FieldError)) {
	var errs []struct{ Code, Message string }
	if json.Unmarshal(list, &errs) != nil {
		return
	}
	for _, e := range errs {
		emit(FieldError{Path: at, Code: e.Code, Words: clip(e.Message)})
	}
}

// clip keeps a text of the other side short and on one line.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxWords {
		return string(r[:maxWords]) + "…"
	}
	return s
}
