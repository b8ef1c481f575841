package demo

import (
	"encoding/json"
	"net/http"
	"strings"
)

// restShown leaves out what only reads.
func restShown(method, _ string) bool { return method != http.MethodGet }

// wootCrossing shows what Kefu told Chatwoot.
func wootCrossing(x *exchange) crossing {
	return crossing{edge: wootEdge, right: true, call: x.method + " " + x.path[strings.LastIndex(x.path, "/accounts/")+1:], status: x.status, body: wootEssence(x.sent)}
}

// wootEssence is what was said, of a call or a hook that holds much more.
func wootEssence(raw []byte) string {
	var m struct {
		Event       string `json:"event"`
		MessageType any    `json:"message_type"`
		ContentType string `json:"content_type"`
		Private     bool   `json:"private"`
		Content     string `json:"content"`
		Status      string `json:"status"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return ""
	}
	if m.Event == "message_created" || m.Event == "message_updated" {
		m.Status = "" // of its way to the customer, which is not what the show is about
	}
	shown := map[string]any{}
	for name, v := range map[string]any{"event": m.Event, "message_type": m.MessageType, "content": m.Content, "status": m.Status} {
		if v != "" && v != nil {
			shown[name] = v
		}
	}
	if m.ContentType != "" && m.ContentType != "text" {
		shown["content_type"] = m.ContentType
	}
	if m.Private {
		shown["private"] = true
	}
	return plainJSON(shown)
}

// twilioCrossing shows what Kefu told Twilio.
func twilioCrossing(x *exchange) crossing {
	return crossing{edge: twilioEdge, right: true, call: x.method + " " + shortSIDs(x.path), status: x.status, body: formEssence(x.sent)}
}

// shortSIDs cuts Twilio's ids, which say nothing to people.
func shortSIDs(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) == len("CH")+32 {
			parts[i] = p[:2] + "…"
		}
	}
	return strings.Join(parts, "/")
}

// frontCrossing shows a hook at the edge that it came over.
func frontCrossing(x *exchange) crossing {
	switch {
	case strings.HasPrefix(x.path, "/hooks/"+chatwootID):
		return crossing{edge: wootEdge, call: x.method + " " + x.path, status: x.status, body: wootEssence(x.sent)}
	case strings.HasPrefix(x.path, "/hooks/"+smsID), strings.HasPrefix(x.path, "/hooks/"+flexID):
		return crossing{edge: twilioEdge, call: x.method + " " + x.path, status: x.status, body: formEssence(x.sent)}
	}
	return hookCrossing(x)
}
