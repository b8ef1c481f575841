package alert

import (
	"encoding/json"
	"fmt"
	"time"

	"kefu"
	"kefu/internal/store"
)

// refusals is after how many tries in vain a remote counts as one that takes nothing.
const refusals = 3

// causeConnection is the detail's cause of an alert that the state of a connection raised; causeDeliveries of one that what waits did.
const (
	causeConnection = "connection"
	causeDeliveries = "deliveries"
)

// facts are what one look has seen.
type facts struct {
	now      time.Time
	inboxes  []store.Backlog
	webhooks []store.WebhookQueue
	open     []kefu.Alert
}

// limits say from when on something is wrong.
type limits struct{ remoteDown, queueAge time.Duration }

// wrong lists what is wrong by what waits, and by the connections. It is pure.
func (f facts) wrong(l limits, lines []*line) []kefu.Alert {
	var all []kefu.Alert
	for _, in := range f.inboxes {
		if age := f.now.Sub(in.Oldest); age > l.queueAge {
			all = append(all, alertOf(kefu.AlertQueueAge, string(in.InboxID), kefu.SeverityWarning,
				fmt.Sprintf("inbox %s: the oldest of %d deliveries has waited for %s", in.InboxID, in.Waiting, words(age)),
				detail{Waiting: in.Waiting, Seconds: seconds(age), Limit: seconds(l.queueAge)}))
		}
		if age := f.now.Sub(in.Refused); !in.Refused.IsZero() && age > l.remoteDown {
			all = append(all, alertOf(kefu.AlertRemoteDown, string(in.InboxID), kefu.SeverityCritical,
				fmt.Sprintf("inbox %s: its remote has not taken for %s what was tried %d times and more; %d deliveries wait", in.InboxID, words(age), refusals,
					in.Waiting),
				detail{Cause: causeDeliveries, Waiting: in.Waiting, Seconds: seconds(age), Limit: seconds(l.remoteDown)}))
		}
	}
	for _, q := range f.webhooks {
		if late := q.Late(f.now); late > l.queueAge {
			all = append(all, alertOf(kefu.AlertQueueAge, string(q.EndpointID), kefu.SeverityWarning,
				fmt.Sprintf("endpoint %s: its webhooks are late by %s; %d wait", q.EndpointID, words(late), q.Waiting),
				detail{Waiting: q.Waiting, Seconds: seconds(late), Limit: seconds(l.queueAge)}))
		}
	}
	for _, c := range lines {
		if down := c.down(f.now); down > l.remoteDown {
			all = append(all, alertOf(kefu.AlertRemoteDown, string(c.Inbox), kefu.SeverityCritical,
				fmt.Sprintf("inbox %s: its connection has been lost for %s: %s", c.Inbox, words(down), kefu.Excerpt(c.words, 200)),
				detail{Cause: causeConnection, Seconds: seconds(down), Limit: seconds(l.remoteDown)}))
		}
	}
	return all
}

// mayBeWell tells whether an open alert that nothing speaks for any more is well: of a connection only a node can say so that holds it, or
// any when there is no such connection any more.
func mayBeWell(a kefu.Alert, lines []*line) bool {
	if a.Kind != kefu.AlertRemoteDown {
		return true
	}
	for _, c := range lines {
		if string(c.Inbox) == a.Subject {
			var d detail
			_ = json.Unmarshal(a.Detail, &d)
			return c.up || c.away && d.Cause != causeConnection
		}
	}
	return true
}

// detail are the figures of an alert.
type detail struct {
	Cause   string `json:"cause,omitempty"`
	Waiting int64  `json:"waiting"`
	Seconds int64  `json:"seconds"` // for how long
	Limit   int64  `json:"limit_seconds"`
}

func alertOf(kind kefu.AlertKind, subject string, s kefu.Severity, summary string, d detail) kefu.Alert {
	raw, err := json.Marshal(d)
	if err != nil {
		raw = []byte("{}")
	}
	return kefu.Alert{Kind: kind, Subject: subject, Severity: s, Summary: summary, Detail: raw}
}

func words(d time.Duration) string { return d.Round(time.Second).String() }

func seconds(d time.Duration) int64 { return int64(d.Seconds()) }
