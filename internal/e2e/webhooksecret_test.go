package e2e

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"kefu/internal/fake/receiver"
	"kefu/internal/websig"
)

// What endpoints of these tests keep to themselves, besides their signing secrets.
const (
	endpointPassword = "p4ssw0rd-of-the-gateway"
	endpointToken    = "t0ken-of-the-gateway"
	endpointHeader   = "value-0f-a-header"
)

// TestEndpointSecretsAreShownOnce goes through all that can be done with endpoints that have a password, a token and headers of their own. What
// they keep to themselves reaches their receivers, is in the one answer that it belongs to, and is nowhere else: no other answer, no table, no
// file of the database, no line of the log.
func TestEndpointSecretsAreShownOnce(t *testing.T) {
	eachRig(t, hooked(), func(r *rig) {
		c := r.callbacks()
		basic := base64.StdEncoding.EncodeToString([]byte("shop:" + endpointPassword))
		c.secrets = append(c.secrets, endpointPassword, endpointToken, endpointHeader, basic)
		own := []settings{{"name": "X-Api-Key", "value": endpointHeader}}
		shown := map[string]string{}
		s := r.receiver(receiver.Options{})
		typed := "typed-by-hand-0123456789"
		one := c.create(s.URL()+"/basic", settings{"events": []string{"message.sent"}, "headers": own, "secret": typed,
			"authentication": settings{"type": "basic", "username": "shop", "password": endpointPassword}})
		two := c.create(s.URL()+"/bearer", settings{"events": []string{"message.sent"}, "headers": own,
			"authentication": settings{"type": "bearer", "token": endpointToken}})
		if one.Secret != typed || !strings.HasPrefix(two.Secret, "whsec_") {
			r.t.Fatalf("made with the secrets %q and %q", one.Secret, two.Secret)
		}
		c.rotateAgain(one, shown)
		for _, e := range []endpoint{one, two} {
			c.touch(e, shown)
		}
		s.Set("", receiver.Fault{Status: http.StatusInternalServerError, Body: "broken", Times: 2})
		r.tellAll(2)
		r.got(s, "all was tried, and arrives in the end", func() bool { return len(ofType(s, "message.sent")) >= 6 })
		r.quiet()
		for _, req := range s.Requests() {
			want := map[string]string{"/basic": "Basic " + basic, "/bearer": "Bearer " + endpointToken}[req.Path]
			if req.Header.Get("Authorization") != want || req.Header.Get("X-Api-Key") != endpointHeader {
				r.t.Errorf("%s was sent %v", req.Path, req.Header)
			}
		}
		c.do(http.MethodPost, "/webhooks/"+two.ID+"/replay", settings{"status": "delivered"}, nil)
		c.readAll(shown)
		for _, page := range []string{"/metrics", "/readyz"} {
			shown[page] = fetch(r.base() + page).body
		}
		c.do(http.MethodDelete, "/webhooks/"+one.ID, nil, nil)
		c.readAll(shown)
		for place, text := range shown {
			if text == "" {
				r.t.Errorf("nothing was read of %s", place)
			}
		}
		c.nowhere(shown)
		c.untold()
	})
}

// touch changes and tests an endpoint, and keeps the answers.
func (c *callbacks) touch(e endpoint, shown map[string]string) {
	c.r.t.Helper()
	_, raw := c.ask(http.MethodPut, "/webhooks/"+e.ID, settings{"name": "another name", "url": e.URL + "?v=2"})
	shown["the answer to a change of "+e.ID] = string(raw)
	status, raw := c.ask(http.MethodPost, "/webhooks/"+e.ID+"/test", nil)
	if status/100 != 2 {
		c.r.t.Errorf("test was answered %d %s", status, raw)
	}
	shown["the answer to a test of "+e.ID] = string(raw)
	status, raw = c.ask(http.MethodPut, "/webhooks/"+e.ID, settings{"url": "http://127.0.0.2:9/", "headers": []settings{{"name": "X-Api-Key"}}})
	if status != http.StatusUnprocessableEntity {
		c.r.t.Errorf("moved to another host with what was kept for the first one: %d %s", status, raw)
	}
	shown["the refusal to move "+e.ID] = string(raw)
}

// rotateAgain prepares two secrets, one after the other, puts the second in force, and asks for the same again with the same key.
func (c *callbacks) rotateAgain(e endpoint, shown map[string]string) {
	c.r.t.Helper()
	var first, second endpoint
	c.do(http.MethodPost, "/webhooks/"+e.ID+"/rotate", nil, &first)
	c.do(http.MethodPost, "/webhooks/"+e.ID+"/rotate", settings{"secret": websig.NewSecret()}, &second)
	c.secrets = append(c.secrets, first.Secret, second.Secret)
	_, raw := c.ask(http.MethodPost, "/webhooks/"+e.ID+"/promote", nil)
	shown["the answer to promote"] = string(raw)
	var answers []string
	for range 2 { // who got no answer asks again, and must get the same secret: it is kept for that, sealed
		status, raw, err := c.r.rest(c.r.ctx, c.http, http.MethodPost, "/api/v1/webhooks/"+e.ID+"/rotate", c.key, "", header("Idempotency-Key", "once"))
		if err != nil || status/100 != 2 {
			c.r.t.Fatalf("rotate was answered %d %s %v", status, raw, err)
		}
		answers = append(answers, string(raw))
	}
	_, after, _ := strings.Cut(answers[0], `"secret":"`)
	third, _, found := strings.Cut(after, `"`)
	if !found || answers[0] != answers[1] || slices.Contains(c.secrets, third) {
		c.r.t.Errorf("the same request was answered\n%s\n%s", answers[0], answers[1])
	}
	c.secrets = append(c.secrets, third)
}

// readAll keeps everything that can be read of webhooks.
func (c *callbacks) readAll(shown map[string]string) {
	c.r.t.Helper()
	get := func(path string) {
		status, raw := c.ask(http.MethodGet, path, nil)
		if gone := status == http.StatusNotFound && shown[path] != ""; status != http.StatusOK && !gone { // it was read before it was deleted
			c.r.t.Errorf("%s was answered %d %s", path, status, raw)
		}
		shown[path] += string(raw)
	}
	for _, path := range []string{"/webhooks", "/webhooks/event-types", "/webhook-deliveries?limit=200", "/webhook-replays", "/alerts", "/audit?limit=200",
		"/events?limit=200"} {
		get(path)
	}
	for _, d := range c.log("") {
		get("/webhook-deliveries/" + d.ID)
		get("/webhooks/" + d.EndpointID)
	}
}
