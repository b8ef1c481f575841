package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kefu/internal/websig"
)

// stranger is for tests that stand outside the program. It keeps no connections, so that each request is one of a stranger.
func stranger() *http.Client {
	return &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
}

// accepted is the answer to a hook that was taken.
type accepted struct {
	Status         string `json:"status"`
	TicketID       int64  `json:"ticket_id"`
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
	Duplicate      bool   `json:"duplicate"`
}

// problem is a refusal (RFC 9457).
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	RequestID                 string `json:"request_id"`
	Errors                    []struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
	}
}

// send is a POST of JSON as curl would make it; edit may change the request.
func (r *rig) send(path, body string, edit ...func(*http.Request)) reply {
	return send(r, r.base()+path, body, edit...)
}

func send(r *rig, url, body string, edit ...func(*http.Request)) reply {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for _, change := range edit {
		change(req)
	}
	res, err := stranger().Do(req)
	if err != nil {
		return reply{body: err.Error()}
	}
	return readReply(res)
}

func header(name, value string) func(*http.Request) {
	return func(q *http.Request) { q.Header.Set(name, value) }
}

// signed signs a body as the site's plugin does, at a time.
func signed(secret, id, body string, at time.Time) func(*http.Request) {
	return func(q *http.Request) {
		signature, err := websig.Sign(secret, id, at, []byte(body))
		if err != nil {
			panic(err)
		}
		q.Header.Set(websig.HeaderID, id)
		q.Header.Set(websig.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
		q.Header.Set(websig.HeaderSignature, signature)
	}
}

// accept wants a hook to be taken.
func (r *rig) accept(got reply) accepted {
	r.t.Helper()
	var a accepted
	if err := json.Unmarshal([]byte(got.body), &a); err != nil || got.status != http.StatusOK || a.Status != "accepted" {
		r.t.Fatalf("answered %d %s (%v), want 200 accepted", got.status, got.body, err)
	}
	if a.ConversationID == "" {
		r.t.Fatalf("no conversation in %s", got.body)
	}
	return a
}

// refuse wants a problem document that can be found in the log.
func (r *rig) refuse(got reply, status int) problem {
	r.t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != status || p.Status != status {
		r.t.Fatalf("answered %d %s (%v), want %d as a problem document", got.status, got.body, err, status)
	}
	if got.header.Get("Content-Type") != "application/problem+json" || p.Title == "" || p.Detail == "" || p.Code == "" {
		r.t.Errorf("not a whole problem document: %s %s", got.header, got.body)
	}
	if p.RequestID == "" || !strings.Contains(r.log.String(), p.RequestID) {
		r.t.Errorf("request_id %q is not in the log", p.RequestID)
	}
	return p
}

func createBody(id int64) string {
	return fmt.Sprintf(`{"ticket_id":%d,"ticket_title":"關於訂單","ticket_message":%q,"channel_name":"#%s","sender":"[顧客] DemoUser (demo@example.com)"}`,
		id, firstText(id), channelName(id))
}

func updateBody(id int64, text string) string {
	raw, _ := json.Marshal(text)
	return fmt.Sprintf(`{"ticket_id":%d,"message":%s,"channel_name":"#%s","sender":"[顧客] DemoUser (demo@example.com)"}`, id, raw, channelName(id))
}

func closeBody(id int64, force bool, by string) string {
	return fmt.Sprintf(`{"ticket_id":%d,"channel_name":"#%s","force_close":%t,"closed_by":%q}`, id, channelName(id), force, by)
}
