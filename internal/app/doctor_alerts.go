package app

import (
	"context"
	"fmt"
	"time"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/store"
)

// examineAlerts tells what the running program has found out by itself: what it has alerts of, and which endpoints it has given up.
func (a *App) examineAlerts(ctx context.Context) []Finding {
	if a.store == nil {
		return nil // the database is not there yet, or not of this version
	}
	var open []kefu.Alert
	var ill []store.IllEndpoint
	err := a.store.View(ctx, func(tx *store.Tx) (err error) {
		if open, err = tx.OpenAlerts(); err != nil {
			return err
		}
		ill, err = tx.IllEndpoints()
		return err
	})
	if err != nil {
		return []Finding{fail("alerts", "open", err.Error(), "check the database")}
	}
	var found []Finding
	for _, o := range open {
		if o.Kind != kefu.AlertWebhookDisabled { // said below, with the endpoint's own words
			found = append(found, warn("alerts", string(o.Kind), o.Summary+" (since "+o.RaisedAt.Format(time.RFC3339)+")", mendOf(o)))
		}
	}
	for _, e := range ill {
		if !e.Enabled {
			found = append(found, warn("webhooks", string(e.ID), fmt.Sprintf("endpoint %q was disabled: %s", kefu.Excerpt(e.Name, 100), e.DisabledWhy),
				fmt.Sprintf(`mend the receiver, then PUT /api/v1/webhooks/%s {"enabled":true} and POST /api/v1/webhooks/%s/replay for what it has missed`, e.ID, e.ID)))
		}
	}
	if len(found) == 0 {
		return []Finding{ok("alerts", "open", "none")}
	}
	return found
}

func warn(part, check, words, mend string) Finding {
	return Finding{part, connector.Finding{Level: connector.LevelWarn, Check: check, Words: words, Mend: mend}}
}

// mendOf says what to do about what an alert tells.
func mendOf(a kefu.Alert) string {
	switch a.Kind {
	case kefu.AlertRemoteDown:
		return "see below what is said of inbox " + a.Subject + ", and whether its service is up; what waits goes out by itself when it is"
	case kefu.AlertQueueAge:
		return "if nothing else is wrong it works off by itself; else see what is said of " + a.Subject + ", and whether serve runs"
	case kefu.AlertWebhookFailing:
		return "see what the receiver answers: GET /api/v1/webhook-deliveries?endpoint_id=" + a.Subject + "&state=failed"
	case kefu.AlertFeedDown:
		return "open its address in a browser; if it has moved or ended, change community.feeds of the inbox"
	case kefu.AlertWebhookDisabled:
	}
	return ""
}
