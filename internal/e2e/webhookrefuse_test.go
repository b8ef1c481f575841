package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"kefu/internal/fake/receiver"
)

// onlyAttempt waits for the first attempt of an endpoint's only delivery.
func (c *callbacks) onlyAttempt(e endpoint) (d sending) {
	c.r.t.Helper()
	c.r.until("there was an attempt", func() bool {
		pause(c.r.ctx, 20*time.Millisecond)
		all := c.log("endpoint_id=" + e.ID)
		if len(all) != 1 || all[0].Attempts == 0 {
			return false
		}
		d = c.read(all[0].ID)
		return true
	})
	return d
}

// TestReceiversThatGoWrong meets an answer that points to another host, one that unpacks to 50 MB, and one whose status is never followed by
// its body.
func TestReceiversThatGoWrong(t *testing.T) {
	eachRig(t, hooked(), func(r *rig) {
		c := r.callbacks()
		secret := "a-secret-of-these-receivers"
		token := "a-token-for-one-host-alone"
		c.secrets = append(c.secrets, token)
		s, other := r.receiver(receiver.Options{Secrets: []string{secret}}), r.receiver(receiver.Options{})
		s.Set("/moved", receiver.Fault{Redirect: other.URL() + "/there"})
		s.Set("/bomb", receiver.Fault{GzipBomb: true})
		s.Set("/stalls", receiver.Fault{StallAfterStatus: true, Status: http.StatusAccepted, Body: "so far"})
		made := map[string]endpoint{}
		for _, path := range []string{"/moved", "/bomb", "/stalls"} {
			made[path] = c.create(s.URL()+path, settings{"events": []string{"message.sent"}, "secret": secret,
				"authentication": settings{"type": "bearer", "token": token}})
		}
		r.tellAll(1)

		moved := c.onlyAttempt(made["/moved"])
		if a := moved.AttemptLog[0]; a.Status != http.StatusTemporaryRedirect || a.Error != "redirect" || moved.State != "queued" {
			r.t.Errorf("a redirect came to %+v", moved)
		}
		if other.Conns() != 0 || other.Count() != 0 {
			r.t.Errorf("the other host had %d connections and %d requests", other.Conns(), other.Count())
		}
		bomb := c.onlyAttempt(made["/bomb"])
		if a := bomb.AttemptLog[0]; bomb.State != "delivered" || a.Status != 200 || len(a.Answer) > 4<<10 {
			r.t.Errorf("a bomb came to %s, %+.200v", bomb.State, a)
		}
		stalls := c.onlyAttempt(made["/stalls"])
		if a := stalls.AttemptLog[0]; stalls.State != "delivered" || a.Status != http.StatusAccepted || a.Answer != "so far" || a.DurationMS >= 5000 {
			r.t.Errorf("a status without the rest came to %s, %+v", stalls.State, a)
		}
		for _, req := range s.Requests() {
			if req.Verified != nil || req.Header.Get("Authorization") != "Bearer "+token {
				r.t.Errorf("%s: %v, Authorization %q", req.Path, req.Verified, req.Header.Get("Authorization"))
			}
		}
		c.untold()
	})
}

// TestAddressesThatAreNotPublic refuses them in words when they are saved; one that was saved while it was allowed is refused when it is
// dialled.
func TestAddressesThatAreNotPublic(t *testing.T) {
	eachRig(t, hooked(), func(r *rig) {
		c := r.callbacks()
		s := r.receiver(receiver.Options{})
		_, port, _ := strings.Cut(strings.TrimPrefix(s.URL(), "http://"), ":")
		for url, words := range map[string]string{
			"http://169.254.169.254/":          "cannot be reached",
			"http://[::ffff:169.254.169.254]/": "cannot be reached",
			"http://[fe80::1%25eth0]/":         "zone",
			"http://10.0.0.1/":                 "cannot be reached",
			"http://2852039166/":               "usual address",
			"http://user:pw@hooks.example/":    "user",
			"ftp://hooks.example/":             "whole address",
		} {
			c.refused(url, words)
		}
		name := "http://localhost:" + port + "/"
		e := c.create(name, settings{"events": []string{"message.sent"}})
		r.tellAll(1)
		r.got(s, "it arrives while the operator allows it", func() bool { return s.Count() == 1 })
		r.quiet()

		r.o.config = maps.Clone(r.o.config)
		r.o.config["egress"] = settings{"allow": []string{}}
		r.restart()
		was := s.Conns()
		c.refused(name, "cannot be reached")
		c.refused(s.URL(), "cannot be reached")
		r.tellAll(1)
		r.until("an attempt was refused", func() bool {
			pause(r.ctx, 20*time.Millisecond)
			all := c.log("endpoint_id=" + e.ID)
			return len(all) == 2 && all[0].Attempts > 0
		})
		d := c.read(c.log("endpoint_id=" + e.ID)[0].ID)
		if a := d.AttemptLog[0]; a.Error != "blocked" || a.Status != 0 || a.Answer != "" {
			r.t.Errorf("the attempt came to %+v", a)
		}
		if n := s.Conns() - was; n != 0 || s.Count() != 1 {
			r.t.Errorf("%d connections to an address that is not allowed, %d requests", n, s.Count())
		}
		var test sending
		c.do(http.MethodPost, "/webhooks/"+e.ID+"/test", nil, &test)
		if test.State != "failed" || test.Error != "blocked" || s.Conns() != was {
			r.t.Errorf("a test came to %+v", test)
		}
	})
}

// refused wants an address to be refused when it is saved, in words that name the member and not the address's credentials.
func (c *callbacks) refused(url, words string) {
	c.r.t.Helper()
	status, raw := c.ask(http.MethodPost, "/webhooks", settings{"name": "x", "url": url, "events": []string{"*"}})
	var p problem
	if err := json.Unmarshal(raw, &p); err != nil || status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
		c.r.t.Errorf("%s was answered %d %s", url, status, raw)
		return
	}
	if len(p.Errors) != 1 || p.Errors[0].Field != "url" || !strings.Contains(p.Errors[0].Detail, words) || strings.Contains(string(raw), "user:pw") {
		c.r.t.Errorf("%s was refused with %s", url, raw)
	}
}
