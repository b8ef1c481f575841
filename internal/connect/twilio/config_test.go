package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
	api "kefu/internal/twilio"
)

func TestEveryFaultOfSettingsIsNamed(t *testing.T) {
	const value = "hunter2-in-the-wrong-place"
	for name, tt := range map[string]struct {
		set  map[string]any
		want []string
	}{
		"nothing":        {map[string]any{}, []string{"account_sid", "auth_token"}},
		"half a key":     {map[string]any{"account_sid": sid("AC"), "auth_token": "x", "api_key": sid("SK")}, []string{"api_secret"}},
		"half a desk":    {map[string]any{"account_sid": sid("AC"), "auth_token": "x", "workflow_sid": sid("WW")}, []string{"workspace_sid"}},
		"no flow":        {map[string]any{"account_sid": sid("AC"), "auth_token": "x", "routing": "studio"}, []string{"flow_sid"}},
		"a flow too few": {map[string]any{"account_sid": sid("AC"), "auth_token": "x", "flow_sid": sid("FW")}, []string{"flow_sid"}},
		"everything wrong": {map[string]any{
			"account_sid": value, "auth_token": 5, "api_key": sid("AC"), "service_sid": "IS1", "routing": value, "lang": value, "channel_type": value, "sweep_every": value,
			"default": value, "base_urls": map[string]any{"chat": "https://chat.twilio.com", "flex": "ftp://x", "mcs": "https://u:p@x"},
		}, []string{"account_sid", "api_key", "api_secret", "auth_token", "base_urls.chat", "base_urls.flex", "base_urls.mcs", "channel_type", "default", "lang", "routing",
			"service_sid", "sweep_every"}},
	} {
		raw, err := json.Marshal(tt.set)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Factory{}.New(connector.Inbox{ID: "flex", Settings: raw}, connectortest.Deps(t, &connectortest.Log{}))
		var e *kefu.Error
		if !errors.As(err, &e) || e.Kind != kefu.KindInvalid {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range e.Faults {
			got = append(got, f.Field)
		}
		slices.Sort(got)
		if d := cmp.Diff(tt.want, slices.Compact(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", err, e.Faults), value) {
			t.Errorf("%s: the error repeats a value", name)
		}
	}
}

func sid(kind string) string { return kind + strings.Repeat("4", 32) }

func TestFailures(t *testing.T) {
	c := desk(t, nil)
	for name, tt := range map[string]struct {
		err   *api.APIError
		class connector.Class
		scope connector.Scope
		after time.Duration
		word  string
	}{
		"429":              {&api.APIError{Status: 429, RetryAfter: 7 * time.Second}, connector.Retryable, connector.ScopeInbox, 7 * time.Second, "slow down"},
		"401":              {&api.APIError{Status: 401, Code: 20003}, connector.Retryable, connector.ScopeInbox, 0, "auth_token"},
		"20003":            {&api.APIError{Status: 403, Code: 20003}, connector.Retryable, connector.ScopeInbox, 0, "auth_token"},
		"403":              {&api.APIError{Status: 403, Message: "no permission"}, connector.Retryable, connector.ScopeInbox, 0, "no permission"},
		"404":              {&api.APIError{Status: 404}, connector.Gone, connector.ScopeThread, 0, "404"},
		"400":              {&api.APIError{Status: 400, Message: "Body is wrong"}, connector.Permanent, connector.ScopeThread, 0, "Body is wrong"},
		"500 of a read":    {&api.APIError{Status: 500}, connector.Retryable, connector.ScopeInbox, 0, "500"},
		"503 with a wait":  {&api.APIError{Status: 503, Sent: true, RetryAfter: time.Minute}, connector.Uncertain, connector.ScopeInbox, time.Minute, "503"},
		"a lost answer":    {&api.APIError{Sent: true}, connector.Uncertain, connector.ScopeInbox, 0, "lost"},
		"nobody listens":   {&api.APIError{}, connector.Retryable, connector.ScopeInbox, 0, "reached"},
		"408":              {&api.APIError{Status: http.StatusRequestTimeout}, connector.Retryable, connector.ScopeThread, 0, "408"},
		"a refused number": {&api.APIError{Status: 409, Code: 50433, Message: "exists"}, connector.Permanent, connector.ScopeThread, 0, "exists"},
	} {
		e := connector.Failure(c.failure(tt.err))
		if e.Class != tt.class || e.Scope != tt.scope || e.RetryAfter != tt.after || !strings.Contains(e.Reason, tt.word) {
			t.Errorf("%s: %s, %s, %s, %q", name, e.Class, e.Scope, e.RetryAfter, e.Reason)
		}
	}
	if desk(t, map[string]any{"api_key": sid("SK"), "api_secret": "s"}).credentialWords() == c.credentialWords() {
		t.Error("who calls with a key is told to look at the token")
	}
}
