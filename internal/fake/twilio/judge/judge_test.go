package judge_test

import (
	"errors"
	"net/http"
	"testing"

	"kefu/internal/fake/twilio"
	"kefu/internal/fake/twilio/judge"
)

const (
	talk    = "/v1/Conversations/CH00000000000000000000000000000001"
	contact = "/v1/Interactions/KD00000000000000000000000000000001"
	channel = contact + "/Channels/UO00000000000000000000000000000001"
)

func load(t *testing.T) *judge.Judge {
	t.Helper()
	folder, err := judge.FindSpecs()
	if errors.Is(err, judge.ErrNoSpec) {
		t.Skipf("NOT CHECKED: requests against Twilio's official documents: %v", err)
	}
	j, err := judge.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func post(path, form string) twilio.Request {
	return twilio.Request{Method: http.MethodPost, Path: path, Body: []byte(form), Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}}
}

func TestJudge(t *testing.T) {
	j := load(t)
	for name, tc := range map[string]struct {
		q  twilio.Request
		ok bool
	}{
		"conversation":        {post("/v1/Conversations", "UniqueName=lnk_1&Attributes=%7B%7D"), true},
		"by its name":         {twilio.Request{Method: http.MethodGet, Path: "/v1/Conversations/lnk_1"}, true},
		"interaction":         {post("/v1/Interactions", "Channel=%7B%7D&Routing=%7B%7D"), true},
		"its channel":         {post(channel, "Status=closed"), true},
		"webhook":             {post(talk+"/Webhooks", "Target=webhook&Configuration.Method=post&Configuration.Filters=onMessageAdded&Configuration.Filters=onMessageUpdated"), true},
		"state":               {post(talk, "State=closed"), true},
		"no channel":          {post("/v1/Interactions", "Routing=%7B%7D"), false},
		"unknown state":       {post(talk, "State=open"), false},
		"unknown field":       {post(talk+"/Messages", "From=x"), false},
		"unknown query":       {twilio.Request{Method: http.MethodGet, Path: talk + "/Messages", Query: "Limit=1"}, false},
		"upper case method":   {post(talk+"/Webhooks", "Target=webhook&Configuration.Method=POST"), false},
		"hook without target": {post(talk+"/Webhooks", "Configuration.Method=post"), false},
		"channel status":      {post(channel, "Status=wrapup"), false},
		"no sid":              {twilio.Request{Method: http.MethodGet, Path: talk + "/Messages/1"}, false},
		"media sid":           {post(talk+"/Messages", "MediaSid=ME1"), false},
		"JSON":                {twilio.Request{Method: http.MethodPost, Path: talk, Body: []byte(`{}`), Header: http.Header{"Content-Type": {"application/json"}}}, false},
		"page too large":      {twilio.Request{Method: http.MethodGet, Path: talk + "/Messages", Query: "PageSize=101"}, false},
		"Programmable Chat":   {post("/v2/Services/IS00000000000000000000000000000001/Channels", ""), false},
		"flex channel":        {post("/v1/Channels", "FlexFlowSid=x"), false},
		"nowhere":             {twilio.Request{Method: http.MethodGet, Path: "/v1/Nowhere"}, false},
	} {
		if described, err := j.Check(tc.q); (err == nil) != tc.ok || !described {
			t.Errorf("%s: %v", name, err)
		}
	}
	if described, err := j.Check(twilio.Request{Method: http.MethodPost, Path: "/v1/Services/IS00000000000000000000000000000001/Media"}); described || err != nil {
		t.Errorf("media are described: %v", err)
	}
}

func TestWithoutSpec(t *testing.T) {
	t.Setenv("KEFU_TWILIO_OPENAPI", "")
	t.Chdir(t.TempDir())
	if _, err := judge.FindSpecs(); !errors.Is(err, judge.ErrNoSpec) {
		t.Errorf("found documents where there are none: %v", err)
	}
}
