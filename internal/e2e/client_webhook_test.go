package e2e

import (
	"encoding/json"
	"slices"
	"strings"

	"kefu"
	"kefu/client"
	"kefu/internal/fake/receiver"
	"kefu/internal/store"
)

// driveWebhooks has somebody told, looks at the log, and has them told again.
func (r *rig) driveWebhooks(c *client.Client) {
	types := must[[]client.WebhookEventType](r)(client.Collect(c.Webhooks.EventTypes(r.ctx), 0))
	if !slices.ContainsFunc(types, func(e client.WebhookEventType) bool {
		return e.Event == "ticket.created" && e.Description != "" && json.Valid(e.Example) && json.Valid(e.Schema)
	}) {
		r.t.Errorf("event types are %+v", types)
	}
	const secret = "the-first-secret-of-this-receiver"
	s := r.receiver(receiver.Options{Secrets: []string{secret}})
	hook := must[*client.Webhook](r)(c.Webhooks.Create(r.ctx, client.NewWebhook{Name: "倉庫", URL: s.URL() + "/hook", Events: []string{"ticket.*"}, Secret: secret,
		Authentication: &client.WebhookAuth{Type: "basic", Username: "kefu", Password: "hidden"}, Headers: []client.WebhookHeader{{Name: "X-Shop", Value: "hidden"}}}))
	if hook.Secret != secret || !hook.Enabled || hook.ETag == "" {
		r.t.Errorf("made %+v", hook)
	}
	read := must[*client.Webhook](r)(c.Webhooks.Get(r.ctx, hook.ID))
	if read.Secret != "" || read.ETag != hook.ETag || read.Authentication != (client.WebhookAuth{Type: "basic", Username: "kefu"}) ||
		!slices.Equal(read.Headers, []client.WebhookHeader{{Name: "X-Shop"}}) {
		r.t.Errorf("reads %+v", read)
	}
	must[*client.Webhook](r)(c.Webhooks.Update(r.ctx, hook.ID, client.WebhookChange{Events: client.Set([]string{"ticket.created"}), Timeout: client.Set(9)}, client.IfMatch(hook.ETag)))
	_, err := c.Webhooks.Update(r.ctx, hook.ID, client.WebhookChange{Name: client.Set("x")}, client.IfMatch(hook.ETag))
	r.want("a lost race", client.IsChanged, err)
	if all := must[[]client.Webhook](r)(client.Collect(c.Webhooks.List(r.ctx), 0)); len(all) != 1 || all[0].Timeout != 9 {
		r.t.Errorf("webhooks are %+v", all)
	}
	r.told(c, hook.ID, s)
	if next := must[*client.Webhook](r)(c.Webhooks.Rotate(r.ctx, hook.ID, "")); next.Secret == "" || next.Secret == secret || !next.Rotation.Prepared {
		r.t.Errorf("rotated to %+v", next)
	}
	if now := must[*client.Webhook](r)(c.Webhooks.Promote(r.ctx, hook.ID)); now.Rotation.Prepared || now.Rotation.PreviousUntil == nil {
		r.t.Errorf("promoted is %+v", now)
	}
	r.done(c.Webhooks.Delete(r.ctx, hook.ID))
	_, err = c.Webhooks.Get(r.ctx, hook.ID)
	r.want("a webhook that was deleted", client.IsNotFound, err)
}

// told sends a webhook something in each of the ways that there are.
func (r *rig) told(c *client.Client, id string, s *receiver.Server) {
	r.t.Helper()
	test := must[*client.WebhookLog](r)(c.Webhooks.Test(r.ctx, id))
	if test.State != "delivered" || test.Cause != "test" || len(test.AttemptLog) != 1 || test.AttemptLog[0].Status == nil || *test.AttemptLog[0].Status != 200 {
		r.t.Errorf("the test came to %+v", test)
	}
	ticket := must[*client.Ticket](r)(c.Tickets.Create(r.ctx, client.NewTicket{Title: "告訴倉庫"}))
	by := client.WebhookDeliveryFilter{EndpointID: id, Event: "ticket.created", State: "delivered"}
	var list []client.WebhookDelivery
	delivered := func(n int) func() bool {
		return func() bool {
			list = must[[]client.WebhookDelivery](r)(client.Collect(c.WebhookDeliveries.List(r.ctx, by), 0))
			return len(list) == n
		}
	}
	r.got(s, "it was told", delivered(1))
	log := must[*client.WebhookLog](r)(c.WebhookDeliveries.Get(r.ctx, list[0].ID))
	if log.EventID != list[0].EventID || !strings.Contains(string(log.Payload), ticket.ID) {
		r.t.Errorf("the log says %+v, %s", log, log.Payload)
	}
	again := must[*client.WebhookDelivery](r)(c.WebhookDeliveries.Retry(r.ctx, log.ID))
	if again.ID == log.ID || again.EventID != log.EventID || again.Cause != "retry" {
		r.t.Errorf("retried as %+v", again)
	}
	r.got(s, "it was told again", delivered(2))
	many := must[[]client.WebhookRetry](r)(c.WebhookDeliveries.RetryMany(r.ctx, []string{log.ID, test.ID}))
	if len(many) != 2 || many[0].DeliveryID == nil || many[0].Error != nil || many[1].DeliveryID != nil || many[1].Error == nil {
		r.t.Errorf("retried together: %+v", many)
	}
	r.got(s, "it was told a third time", delivered(3))
	run := must[*client.WebhookReplay](r)(c.Webhooks.Replay(r.ctx, id, client.NewWebhookReplay{Status: "delivered", Since: ticket.CreatedAt, PerSecond: 100}))
	r.until("the replay has ended", func() bool {
		return must[*client.WebhookReplay](r)(c.WebhookReplays.Get(r.ctx, run.ID)).State == "done"
	})
	r.got(s, "it was told by the replay", delivered(4))
	if all := must[[]client.WebhookReplay](r)(client.Collect(c.WebhookReplays.List(r.ctx, id), 0)); len(all) != 1 || all[0].Made != 1 {
		r.t.Errorf("replays are %+v", all)
	}
	r.done(c.WebhookReplays.Cancel(r.ctx, run.ID))
}

// driveAlerts reads what is wrong.
func (r *rig) driveAlerts(c *client.Client) {
	r.update(func(tx *store.Tx) error {
		_, err := tx.RaiseAlert(kefu.Alert{Kind: kefu.AlertFeedDown, Subject: "guild news.example 1", Severity: kefu.SeverityWarning, Summary: "a feed is down",
			Detail: json.RawMessage(`{"days":1}`)})
		return err
	})
	open := must[[]client.Alert](r)(client.Collect(c.Alerts.List(r.ctx, ""), 0))
	at := slices.IndexFunc(open, func(a client.Alert) bool { return a.Kind == "feed_down" })
	if at < 0 {
		r.t.Fatalf("open are %+v", open)
	}
	if a := must[*client.Alert](r)(c.Alerts.Get(r.ctx, open[at].ID)); a.Severity != "warning" || a.Summary != "a feed is down" || a.Detail["days"] != 1.0 || a.Count != 1 {
		r.t.Errorf("the alert is %+v", a)
	}
	r.update(func(tx *store.Tx) error {
		_, err := tx.ClearAlert(kefu.AlertFeedDown, "guild news.example 1")
		return err
	})
	was := must[[]client.Alert](r)(client.Collect(c.Alerts.List(r.ctx, "cleared"), 0))
	if !slices.ContainsFunc(was, func(a client.Alert) bool { return a.ID == open[at].ID && a.ClearedAt != nil }) {
		r.t.Errorf("cleared are %+v", was)
	}
	_, err := c.Alerts.Get(r.ctx, "alr_none")
	r.want("an alert that is none", client.IsNotFound, err)
}
