package e2e

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"kefu/client"
	"kefu/internal/fake/receiver"
	"kefu/internal/websig"
)

// slowly has a receiver take its time, so that deliveries are on their way while something changes.
const slowly = 400 * time.Millisecond

// states counts the deliveries of an endpoint by how they stand.
func (c *callbacks) states(e endpoint) map[string]int {
	c.r.t.Helper()
	all := map[string]int{}
	for _, d := range c.log("endpoint_id=" + e.ID) {
		all[d.State]++
	}
	return all
}

// underWay starts a slow consumer with two at a time, writes messages and returns when all have their delivery and some are on their way.
func (c *callbacks) underWay(messages int) (*consumer, []client.Message) {
	c.r.t.Helper()
	k := c.consumer(settings{"max_in_flight": 2})
	k.Set("", receiver.Fault{Delay: 3 * slowly}) // slower than the messages are written, whatever else the machine does
	said := c.r.tellAll(messages)
	c.r.until("all have their delivery, and some are on their way", func() bool {
		pause(c.r.ctx, 20*time.Millisecond)
		return k.Count() > 0 && len(c.log("endpoint_id="+k.endpoint.ID)) == messages
	})
	return k, said
}

// TestEndpointDisabledInFlight: what is on its way arrives and is recorded, the rest is skipped, and a replay brings it when it is enabled
// again.
func TestEndpointDisabledInFlight(t *testing.T) {
	const messages = 60
	eachRig(t, hooked(), func(r *rig) {
		c := r.callbacks()
		k, said := c.underWay(messages)
		c.do(http.MethodPut, "/webhooks/"+k.endpoint.ID, settings{"enabled": false}, nil)
		late := r.tellAll(1)
		r.quiet()
		came := int(k.Count())
		if got := c.states(k.endpoint); got["delivered"] != came || got["skipped"] != messages-came || came == messages {
			r.t.Fatalf("%d requests, and in the log %v", came, got)
		}
		k.Clear()
		c.do(http.MethodPut, "/webhooks/"+k.endpoint.ID, settings{"enabled": true}, nil)
		c.do(http.MethodPost, "/webhooks/"+k.endpoint.ID+"/replay", settings{"status": "skipped", "per_second": 1000}, nil)
		next := r.tellAll(1)
		r.got(k.Server, "what was skipped and what comes now arrives", func() bool { return k.hasAll(said) && k.hasAll(next) })
		r.quiet()
		if k.done(late[0].ID) != 0 {
			r.t.Error("what happened while it was disabled was sent to it")
		}
		if n := k.Count(); n != messages+1 {
			r.t.Errorf("%d requests for %d events", n, messages+1)
		}
	})
}

// TestEndpointDeletedInFlight: what is on its way is recorded, the rest is skipped, and nothing comes any more.
func TestEndpointDeletedInFlight(t *testing.T) {
	const messages = 60
	eachRig(t, hooked(), func(r *rig) {
		c := r.callbacks()
		k, _ := c.underWay(messages)
		other := c.consumer(nil)
		c.do(http.MethodDelete, "/webhooks/"+k.endpoint.ID, nil, nil)
		said := r.tellAll(3)
		r.got(other.Server, "another endpoint is told", func() bool { return other.hasAll(said) })
		r.quiet()
		came := int(k.Count())
		if got := c.states(k.endpoint); got["delivered"] != came || got["skipped"] != messages-came || came == messages {
			r.t.Errorf("%d requests, and in the log %v", came, got)
		}
		if status, _ := c.ask(http.MethodGet, "/webhooks/"+k.endpoint.ID, nil); status != http.StatusNotFound {
			r.t.Errorf("a deleted endpoint is answered %d", status)
		}
		for what, body := range map[string]any{"test": nil, "replay": settings{"status": "any"}, "rotate": nil} {
			if status, raw := c.ask(http.MethodPost, "/webhooks/"+k.endpoint.ID+"/"+what, body); status != http.StatusNotFound {
				r.t.Errorf("%s of a deleted endpoint was answered %d %s", what, status, raw)
			}
		}
	})
}

// TestSecretRotatedInFlight replaces the secret while a delivery waits for its next attempt and others are on their way: whoever has only one of
// the two can check Standard Webhooks all the time.
func TestSecretRotatedInFlight(t *testing.T) {
	eachRig(t, hooked(), func(r *rig) {
		c := r.callbacks()
		old := websig.NewSecret()
		s := r.receiver(receiver.Options{})
		e := c.create(s.URL(), settings{"events": []string{"message.*"}, "secret": old})
		s.Set("", receiver.Fault{Delay: slowly, Status: http.StatusServiceUnavailable, Times: 1})
		first := r.tellAll(1)[0]
		r.until("the first is on its way", func() bool { return s.Count() == 1 })

		var fresh endpoint
		c.do(http.MethodPost, "/webhooks/"+e.ID+"/rotate", nil, &fresh)
		c.secrets = append(c.secrets, fresh.Secret)
		if !fresh.Rotation.Prepared || fresh.Secret == old {
			r.t.Fatalf("prepared: %+v", fresh.Rotation)
		}
		r.until("the first is sent again", func() bool { return s.Count() == 2 })
		s.Set("", receiver.Fault{Delay: slowly, Status: http.StatusServiceUnavailable, Times: 2})
		r.tellAll(2)
		r.until("the two are on their way", func() bool { return s.Count() == 4 })
		var promoted endpoint
		c.do(http.MethodPost, "/webhooks/"+e.ID+"/promote", nil, &promoted)
		if promoted.Rotation.Prepared || promoted.Rotation.PreviousUntil == nil || time.Until(*promoted.Rotation.PreviousUntil) < 23*time.Hour {
			r.t.Errorf("promoted: %+v", promoted.Rotation)
		}
		r.until("the two are sent again", func() bool { return s.Count() == 6 })
		r.quiet()

		all := s.Requests()
		for i, want := range []struct{ legacy, standard string }{{old, old}, {old, both}, {old, both}, {old, both}, {fresh.Secret, both}, {fresh.Secret, both}} {
			req := all[i]
			if !signsMember(req, want.legacy) || !signsHeader(req, want.legacy) {
				r.t.Errorf("request %d, %s: member and header are not of the secret in force", i+1, req.ID)
			}
			if got := []bool{signsStandard(req, old), signsStandard(req, fresh.Secret)}; !slices.Equal(got, []bool{true, want.standard == both}) {
				r.t.Errorf("request %d, %s: Standard Webhooks fits the old and the new secret %v, want %s", i+1, req.ID, got, want.standard)
			}
		}
		r.sameButSigned(all)
		if got := c.states(e); got["delivered"] != 3 || len(got) != 1 {
			r.t.Errorf("in the log %v, of %s and two more", got, first.ID)
		}
		c.untold()
	})
}

const both = "both"

// sameButSigned wants what comes again to be the same but for its signatures.
func (r *rig) sameButSigned(all []receiver.Request) {
	r.t.Helper()
	sent := map[string]string{}
	for _, req := range all {
		b0, _, err := websig.Strip(req.Body)
		if before, again := sent[req.ID]; err != nil || again && before != string(b0) {
			r.t.Errorf("%s was sent as %s, then as %s (%v)", req.ID, before, b0, err)
		}
		sent[req.ID] = string(b0)
	}
}

// TestSigtermWithWebhooksInFlight: what is on its way ends and is recorded, the rest goes out after the next start, and nothing twice.
func TestSigtermWithWebhooksInFlight(t *testing.T) {
	const messages = 60
	o := hooked()
	o.idle = true
	eachRig(t, o, func(r *rig) {
		p := r.spawn()
		c := r.callbacks()
		k, said := c.underWay(messages)
		began := time.Now()
		r.end(p)
		r.t.Logf("it ended within %s", time.Since(began).Round(time.Millisecond))
		came := k.Count()
		if came == messages {
			r.t.Error("everything had arrived before the end")
		}
		k.Clear()
		p = r.spawn()
		if got := c.states(k.endpoint); got["delivered"] < int(came) {
			r.t.Errorf("%d had arrived, and in the log %v", came, got)
		}
		r.got(k.Server, "the rest arrives", func() bool { return k.hasAll(said) })
		r.quiet()
		r.onceEach(c, k, said)
		if n := k.Count(); n != messages {
			r.t.Errorf("%d requests for %d events", n, messages)
		}
		r.end(p)
	})
}
