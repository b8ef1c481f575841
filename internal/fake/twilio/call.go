package twilio

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// obj is an object on the wire.
type obj = map[string]any

// call is one request with what was read of it, and the webhooks that it set off.
type call struct {
	r     *http.Request
	raw   []byte
	form  url.Values
	fired []*hook
}

// tells says whether the caller wants webhooks to hear of it.
func (c *call) tells() bool { return c.r.Header.Get("X-Twilio-Webhook-Enabled") == "true" }

// field gives a field of the form and whether it was there.
func (c *call) field(name string) (string, bool) {
	v, ok := c.form[name]
	if !ok {
		return "", false
	}
	return v[0], true
}

var errForm = errors.New("fake twilio: the body is no form")

// readCall reads a request whole.
func readCall(r *http.Request, limit int64) (*call, error) {
	c := &call{r: r, form: url.Values{}}
	var err error
	if c.raw, err = io.ReadAll(io.LimitReader(r.Body, limit+1)); err != nil {
		return c, err
	}
	if r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/Media") {
		return c, nil
	}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/x-www-form-urlencoded" && len(c.raw) > 0 {
		return c, errForm
	}
	c.form, err = url.ParseQuery(string(c.raw))
	return c, err
}

// answer is what goes back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the reader may be gone
}

func jsonAnswer(status int, body any) answer {
	a := answer{status: status, header: http.Header{"Content-Type": {"application/json"}}}
	if status != http.StatusNoContent {
		a.body = encode(body)
	}
	return a
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("fake twilio: " + err.Error()) // our own types only
	}
	return b
}

// refusal is an error with Twilio's code.
type refusal struct {
	status, code int
	message      string
	retryAfter   time.Duration
}

func (e *refusal) Error() string { return e.message }

func (e *refusal) answer() answer {
	a := jsonAnswer(e.status, obj{
		"status": e.status, "code": e.code, "message": e.message,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(e.code),
	})
	a.waits(e.retryAfter)
	return a
}

// waits asks the caller to wait.
func (a answer) waits(d time.Duration) {
	if d > 0 {
		a.header.Set("Retry-After", strconv.Itoa(int(max(d.Seconds(), 1))))
	}
}

func invalid(message string) error { return badRequest(message) }

func badRequest(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: 20001, message: message}
}

func conflict(code int, message string) error {
	return &refusal{status: http.StatusConflict, code: code, message: message}
}

func notFound(path string) error {
	return &refusal{status: http.StatusNotFound, code: 20404, message: "The requested resource " + path + " was not found"}
}

// failed makes an answer of an error.
func failed(err error) answer {
	if e, ok := errors.AsType[*refusal](err); ok {
		return e.answer()
	}
	return badRequest(err.Error()).answer()
}

// checkAttributes refuses attributes that are no JSON.
func checkAttributes(text string) error {
	if text != "" && !json.Valid([]byte(text)) {
		return invalid("Attributes: not a valid JSON string")
	}
	return nil
}

// stamp writes a time as Twilio does.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// precise writes a time as webhooks do.
func precise(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// null is nil for an empty text.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}
