package twilio

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	oracle "github.com/twilio/twilio-go/client"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/connectortest"
)

// hookOf is a form as it arrives at a door, signed as the test says.
func hookOf(path, target, signature string, form url.Values) *connector.Request {
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=UTF-8"}, "Host": {"evil.example"}}
	if signature != "" {
		h.Set("X-Twilio-Signature", signature)
	}
	return &connector.Request{Method: http.MethodPost, Path: path, Target: target, Header: h, Body: []byte(form.Encode())}
}

// oracleAgrees asks the library of Twilio whether a signature fits an address and a form.
func oracleAgrees(token, address, signature string, form url.Values) bool {
	v := oracle.NewRequestValidator(token)
	params := map[string]string{}
	for name := range form {
		params[name] = form.Get(name)
	}
	return v.Validate(address, params, signature)
}

func desk(t *testing.T, other map[string]any) *Connector {
	t.Helper()
	deps := connectortest.Deps(t, &connectortest.Log{})
	deps.PublicURL = "https://kefu.example/base"
	set := map[string]any{"account_sid": "AC" + strings.Repeat("1", 32), "auth_token": "12345", "workspace_sid": "WS" + strings.Repeat("1", 32), "workflow_sid": "WW" + strings.Repeat("1", 32)}
	maps.Copy(set, other)
	return build(t, deps, set)
}

func added() url.Values {
	return url.Values{"EventType": {"onMessageAdded"}, "ConversationSid": {"CH" + strings.Repeat("a", 32)}, "MessageSid": {"IM" + strings.Repeat("b", 32)}, "Body": {"你好 & more"},
		"Author": {"amy"}, "Attributes": {"{}"}, "ChatServiceSid": {"IS" + strings.Repeat("1", 32)}, "DateCreated": {"2026-03-04T05:06:07.890Z"}}
}

func TestSignaturesAreOverThePublicAddress(t *testing.T) {
	c := desk(t, nil)
	const target = "/hooks/flex/forward-to-discord?a=%20b&c"
	for name, tt := range map[string]struct {
		address string
		good    bool
	}{
		"as it is":         {"https://kefu.example/base" + target, true},
		"with port":        {"https://kefu.example:443/base" + target, true},
		"the Host header":  {"https://evil.example/base" + target, false},
		"without the base": {"https://kefu.example" + target, false},
		"http":             {"http://kefu.example/base" + target, false},
		"without query":    {"https://kefu.example/base/hooks/flex/forward-to-discord", false},
		"other port":       {"https://kefu.example:8443/base" + target, false},
	} {
		form := added()
		signature := signatureOf("12345", tt.address, form)
		if !oracleAgrees("12345", tt.address, signature, form) {
			t.Fatalf("%s: Twilio's library does not take the signature", name)
		}
		got, err := c.Receive(t.Context(), hookOf("/forward-to-discord", target, signature, form))
		if (err == nil) != tt.good || !tt.good && kefu.KindOf(err) != kefu.KindUnauthorized || tt.good != (len(got.Inbound) == 1) {
			t.Errorf("%s: %v, %+v", name, err, got.Inbound)
		}
	}
}

func TestHooks(t *testing.T) {
	form := func(change ...string) url.Values {
		f := added()
		for i := 0; i < len(change); i += 2 {
			f.Set(change[i], change[i+1])
		}
		return f
	}
	const target = "/hooks/flex/forward-to-discord"
	ours := `{"kefu":{"delivery":"dlv_1","message":"msg_1","part":0}}`
	for name, tt := range map[string]struct {
		path string
		form url.Values
		edit func(*connector.Request)
		kind kefu.ErrKind
		none bool // it is taken, and tells of nothing
	}{
		"a message":             {form: form()},
		"a message, by service": {path: "/", form: form()},
		"somebody joined":       {form: form("EventType", "onParticipantAdded", "MessageSid", "", "ParticipantSid", "MB1")},
		"the end":               {form: form("EventType", "onConversationStateUpdated", "MessageSid", "", "StateTo", "closed")},
		"an event to come":      {form: form("EventType", "onSomethingElse")},
		"it arrived":            {form: form("EventType", "onDeliveryUpdated", "Status", "delivered"), none: true},
		"it did not arrive":     {form: form("EventType", "onDeliveryUpdated", "Status", "undelivered", "Attributes", ours)},
		"ours":                  {form: form("Attributes", ours), none: true},
		"another service's":     {form: form("ChatServiceSid", "IS"+strings.Repeat("2", 32)), none: true},
		"no conversation":       {form: form("ConversationSid", "33"), kind: kefu.KindInvalid},
		"another door":          {path: "/other", form: form(), kind: kefu.KindNotFound},
		"by GET":                {form: form(), edit: func(r *connector.Request) { r.Method = http.MethodGet }, kind: kefu.KindNotAllowed},
		"unsigned":              {form: form(), edit: func(r *connector.Request) { r.Header.Del("X-Twilio-Signature") }, kind: kefu.KindUnauthorized},
		"another body":          {form: form(), edit: func(r *connector.Request) { r.Body = append(r.Body, "&Body=x2"...) }, kind: ""},
		"another field":         {form: form(), edit: func(r *connector.Request) { r.Body = append(r.Body, "&Extra=x"...) }, kind: kefu.KindUnauthorized},
		"JSON":                  {form: form(), edit: func(r *connector.Request) { r.Header.Set("Content-Type", "application/json") }, kind: kefu.KindUnsupported},
	} {
		c := desk(t, map[string]any{"service_sid": "IS" + strings.Repeat("1", 32)})
		r := hookOf("/forward-to-discord", target, signatureOf("12345", "https://kefu.example/base"+target, tt.form), tt.form)
		if tt.path != "" {
			r.Path = tt.path
		}
		if tt.edit != nil {
			tt.edit(r)
		}
		got, err := c.Receive(t.Context(), r)
		if tt.kind != "" {
			if kefu.KindOf(err) != tt.kind || len(got.Inbound) != 0 {
				t.Errorf("%s: %v, want %s", name, err, tt.kind)
			}
			continue
		}
		if err != nil || len(got.Inbound) != map[bool]int{true: 0, false: 1}[tt.none] || got.Respond == nil {
			t.Errorf("%s: %v, %+v", name, err, got.Inbound)
			continue
		}
		if len(got.Inbound) == 1 && (got.Inbound[0].Kind != connector.InLook || got.Inbound[0].ThreadID != tt.form.Get("ConversationSid") || got.Inbound[0].Key == "" ||
			got.Inbound[0].Written != (tt.form.Get("EventType") == "onMessageAdded")) {
			t.Errorf("%s: %+v", name, got.Inbound[0])
		}
	}
}

func TestKeysOfEvents(t *testing.T) {
	seen := map[string]string{}
	for name, change := range map[string][2]string{
		"message": {}, "other message": {"MessageSid", "IM" + strings.Repeat("c", 32)}, "edit": {"EventType", "onMessageUpdated"}, "body": {"Body", "x"},
		"later": {"DateUpdated", "2026-03-04T05:06:08.000Z"}, "closed": {"StateTo", "closed"},
	} {
		f := added()
		f.Set(change[0], change[1])
		f.Set("RetryCount", name) // a second attempt is the same event
		key := eventKey(f)
		if other, twice := seen[key]; twice || len(key) > 250 {
			t.Errorf("%s has the key of %s: %s", name, other, key)
		}
		seen[key] = name
	}
	if first, second := eventKey(added()), eventKey(added()); first != second {
		t.Error("the same event has two keys")
	}
	long := url.Values{"EventType": {strings.Repeat("é\n", 500)}, "MessageSid": {strings.Repeat("x", 5000)}}
	if key := eventKey(long); len(key) > 250 || strings.ContainsAny(key, "\n") {
		t.Errorf("key %q", key)
	}
}
