package alert

import (
	"strings"
	"testing"
	"time"

	"kefu"
	"kefu/internal/store"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestWhatIsWrong(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	l := limits{remoteDown: 2 * time.Minute, queueAge: 5 * time.Minute}
	for _, c := range []struct {
		name  string
		facts facts
		line  *line
		want  string // kind and subject
	}{
		{name: "nothing"},
		{name: "at the limit", facts: facts{inboxes: []store.Backlog{{InboxID: "shop", Waiting: 1, Oldest: ago(5 * time.Minute)}}}},
		{name: "over it", facts: facts{inboxes: []store.Backlog{{InboxID: "shop", Waiting: 3, Oldest: ago(5*time.Minute + 1)}}}, want: "queue_age shop"},
		{name: "tried in vain, not for long", facts: facts{inboxes: []store.Backlog{{InboxID: "shop", Oldest: ago(3 * time.Minute), Refused: ago(time.Minute)}}}},
		{name: "tried in vain", facts: facts{inboxes: []store.Backlog{{InboxID: "shop", Oldest: ago(3 * time.Minute), Refused: ago(3 * time.Minute)}}},
			want: "remote_down shop"},
		{name: "both", facts: facts{inboxes: []store.Backlog{{InboxID: "shop", Oldest: ago(time.Hour), Refused: ago(time.Hour)}}},
			want: "queue_age shop,remote_down shop"},
		{name: "webhooks on their way", facts: facts{webhooks: []store.WebhookQueue{{EndpointID: "whe_1", Waiting: 9, Due: ago(time.Minute)}}}},
		{name: "webhooks late", facts: facts{webhooks: []store.WebhookQueue{{EndpointID: "whe_1", Waiting: 9, Due: ago(time.Hour)}}}, want: "queue_age whe_1"},
		{name: "a retry of tomorrow", facts: facts{webhooks: []store.WebhookQueue{{EndpointID: "whe_1", Waiting: 1, Due: noon.Add(20 * time.Hour)}}}},
		{name: "connection just lost", line: &line{Connection: Connection{Inbox: "guild"}, downSince: ago(2 * time.Minute)}},
		{name: "connection lost", line: &line{Connection: Connection{Inbox: "guild"}, downSince: ago(3 * time.Minute)}, want: "remote_down guild"},
		{name: "another node has it", line: &line{Connection: Connection{Inbox: "guild"}, downSince: ago(3 * time.Minute), away: true}},
		{name: "connection is well", line: &line{Connection: Connection{Inbox: "guild"}, up: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.facts.now = noon
			var lines []*line
			if c.line != nil {
				lines = append(lines, c.line)
			}
			var got []string
			for _, a := range c.facts.wrong(l, lines) {
				got = append(got, string(a.Kind)+" "+a.Subject)
				if a.Summary == "" || strings.Contains(a.Summary, "%!") || len(a.Detail) < len(`{"waiting":0}`) {
					t.Errorf("alert %+v without words or figures", a)
				}
			}
			if strings.Join(got, ",") != c.want {
				t.Errorf("wrong is %q, want %q", got, c.want)
			}
		})
	}
}

// TestHovering: what goes up and down about a limit is neither raised nor cleared again and again.
func TestHovering(t *testing.T) {
	t.Parallel()
	w := NewWatcher(Options{RemoteDown: 2 * time.Minute, QueueAge: 5 * time.Minute})
	at := func(age time.Duration, open ...kefu.Alert) (int, int) {
		raise, settle := w.compare(facts{now: noon, open: open, inboxes: []store.Backlog{{InboxID: "shop", Waiting: 1, Oldest: noon.Add(-age)}}})
		return len(raise), len(settle)
	}
	told := kefu.Alert{Kind: kefu.AlertQueueAge, Subject: "shop"}
	for i, step := range []struct {
		age          time.Duration
		raise, clear int
		open         []kefu.Alert
	}{
		{age: 4 * time.Minute},
		{age: 6 * time.Minute, raise: 1},
		{age: 6 * time.Minute, open: []kefu.Alert{told}},
		{age: 4 * time.Minute, open: []kefu.Alert{told}},
		{age: 4 * time.Minute, open: []kefu.Alert{told}},
		{age: 4 * time.Minute, open: []kefu.Alert{told}},
		{age: time.Minute, open: []kefu.Alert{told}},
		{age: 4 * time.Minute, open: []kefu.Alert{told}}, // not two in a row
		{age: time.Minute, open: []kefu.Alert{told}},
		{age: time.Minute, open: []kefu.Alert{told}, clear: 1},
	} {
		if raise, cleared := at(step.age, step.open...); raise != step.raise || cleared != step.clear {
			t.Errorf("look %d raises %d and clears %d, want %d and %d", i, raise, cleared, step.raise, step.clear)
		}
	}
}
