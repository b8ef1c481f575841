package judge_test

import (
	"errors"
	"net/http"
	"testing"

	"kefu/internal/fake/chatwoot"
	"kefu/internal/fake/chatwoot/judge"
)

func TestCheck(t *testing.T) {
	path, err := judge.FindSpec()
	if errors.Is(err, judge.ErrNoSpec) {
		t.Skipf("NOT CHECKED: requests against Chatwoot's official document: %v", err)
	}
	j, err := judge.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	const a = "/api/v1/accounts/1"
	for name, c := range map[string]struct {
		method, path, query, body string
		want                      bool
	}{
		"message":              {"POST", a + "/conversations/1/messages", "", `{"content":"x","message_type":"outgoing"}`, true},
		"contact":              {"PUT", a + "/contacts/1", "", `{"name":"x"}`, true},
		"page":                 {"GET", a + "/conversations/1/messages", "before=5", "", true},
		"no bot":               {"POST", a + "/inboxes/1/set_agent_bot", "", `{"agent_bot":null}`, true},
		"a bot's name":         {"POST", a + "/inboxes/1/set_agent_bot", "", `{"agent_bot":"x"}`, false},
		"no priority":          {"POST", a + "/conversations/1/toggle_priority", "", `{"priority":null}`, true},
		"a priority of no use": {"POST", a + "/conversations/1/toggle_priority", "", `{"priority":"soon"}`, false},
		"no content":           {"POST", a + "/conversations/1/messages", "", `{}`, false},
		"sideways":             {"POST", a + "/conversations/1/messages", "", `{"content":"x","message_type":"sideways"}`, false},
		"carousel":             {"POST", a + "/conversations/1/messages", "", `{"content":"x","content_type":"carousel"}`, false},
		"status closed":        {"POST", a + "/conversations/1/toggle_status", "", `{"status":"closed"}`, false},
		"labels as text":       {"POST", a + "/conversations/1/labels", "", `{"labels":"a,b"}`, false},
		"before is no number":  {"GET", a + "/conversations/1/messages", "before=abc", "", false},
		"contact by PATCH":     {"PATCH", a + "/contacts/1", "", `{"name":"x"}`, false},
		"a path that is wrong": {"GET", a + "/conversation/1", "", "", false},
	} {
		err := j.Check(chatwoot.Request{Method: c.method, Path: c.path, Query: c.query, Body: []byte(c.body), Header: http.Header{"Content-Type": {"application/json"}}})
		if (err == nil) != c.want {
			t.Errorf("%s: %v, want allowed %v", name, err, c.want)
		}
	}
}

func TestWithoutSpec(t *testing.T) {
	t.Setenv("KEFU_CHATWOOT_OPENAPI", "")
	t.Chdir(t.TempDir())
	if _, err := judge.FindSpec(); !errors.Is(err, judge.ErrNoSpec) {
		t.Errorf("found a document where there is none: %v", err)
	}
}
