package twilio

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// unsaidWait is how long a 429 holds that says nothing of how long.
const unsaidWait = 5 * time.Second

// maxWait bounds what we believe of a wait.
const maxWait = time.Hour

// maxWords bounds what is kept of the other side's words.
const maxWords = 300

// readError reads an answer that is not 2xx, whatever its body is.
func readError(name string, res *http.Response, now time.Time) *APIError {
	b, _ := io.ReadAll(io.LimitReader(res.Body, maxError)) // what was read is all there is to tell
	var in struct {
		Code     int    `json:"code"`
		Message  string `json:"message"`
		MoreInfo string `json:"more_info"`
	}
	_ = json.Unmarshal(b, &in) // a page, or fields of other types, leave the status to speak
	e := &APIError{
		Route: name, Status: res.StatusCode, Code: in.Code, MoreInfo: clip(in.MoreInfo), Sent: res.StatusCode/100 == 5,
		Message:    clip(cmp.Or(in.Message, http.StatusText(res.StatusCode), "an answer without a name")),
		RetryAfter: wait(res.Header.Get("Retry-After"), now),
	}
	if e.Limited() && e.RetryAfter <= 0 {
		e.RetryAfter = unsaidWait
	}
	return e
}

// wait reads Retry-After, which is a number of seconds or a date.
func wait(s string, now time.Time) time.Duration {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		if !(f > 0) {
			return 0
		}
		return time.Duration(min(f, maxWait.Seconds()) * float64(time.Second))
	}
	if t, err := http.ParseTime(s); err == nil {
		return min(max(t.Sub(now), 0), maxWait)
	}
	return 0
}

// clip keeps a text of the other side short and on one line.
func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	if r := []rune(s); len(r) > maxWords {
		return string(r[:maxWords]) + "…"
	}
	return s
}
