package demo

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// told is a body on one line; of a call that failed, the answer, which says why.
func told(x *exchange, body []byte) string {
	if x.status >= 400 {
		body = x.received
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) == nil {
		return inOrder(members)
	}
	var line bytes.Buffer
	if json.Compact(&line, body) == nil {
		return line.String()
	}
	return oneLine(htmlTag.ReplaceAllString(string(body), " "))
}

var htmlTag = regexp.MustCompile(`(?s)<title>.*?</title>|<[^>]*>`)

// firstMembers come first in what is shown, in this order: what a call is about before the rest.
var firstMembers = []string{"ticket_id", "ticket_title", "ticket_message", "sender", "message", "channel_name", "image_url", "order_id", "status", "items"}

// inOrder writes an object on one line.
func inOrder(members map[string]json.RawMessage) string {
	if raw, ok := members["messages"]; ok {
		members["messages"] = newestTexts(raw)
	}
	names := slices.SortedFunc(maps.Keys(members), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	var b bytes.Buffer
	for i, name := range names {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(strconv.Quote(name) + ":")
		_ = json.Compact(&b, members[name])
	}
	b.WriteByte('}')
	return b.String()
}

func rank(name string) int {
	if i := slices.Index(firstMembers, name); i >= 0 {
		return i
	}
	return len(firstMembers)
}

// shownTexts is how many messages of a ticket's history are shown: whether the last one is there is what a retry hangs on.
const shownTexts = 2

func newestTexts(raw json.RawMessage) json.RawMessage {
	var history []struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &history) != nil {
		return raw
	}
	var shown []string
	if len(history) > shownTexts {
		shown = append(shown, "…")
	}
	for _, m := range history[max(len(history)-shownTexts, 0):] {
		shown = append(shown, m.Message)
	}
	return json.RawMessage(plainJSON(shown))
}
