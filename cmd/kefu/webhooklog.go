package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/webhook"
)

// logFlags narrow the log of deliveries.
type logFlags struct {
	endpoint, state, event, cause, since string
	last                                 int
	asJSON                               bool
}

func (s *settings) webhookDeliveries() *cobra.Command {
	var f logFlags
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "List what was sent or waits, the newest first",
		Example: `  kefu webhook deliveries --endpoint whe_06c0000000000000000000000g --state failed
  kefu webhook deliveries --since 1h --event message.sent -n 500
  kefu webhook deliveries --state failed --json | jq -r '.[].id' | xargs kefu webhook retry`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q, err := f.query(time.Now())
			if err != nil {
				return err
			}
			return s.webhooks(cmd.Context(), func(w *webhook.Webhooks) error {
				all, err := somePages(f.last, func(p kefu.Paging) (kefu.List[webhook.WebhookDelivery], error) {
					return w.Deliveries(cmd.Context(), operator().Caller, q, p)
				})
				return show(cmd.OutOrStdout(), all, err, f.asJSON, printDeliveries)
			})
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.endpoint, "endpoint", "", "only of this endpoint")
	fl.StringVar(&f.state, "state", "", "only queued, delivered, failed or skipped ones")
	fl.StringVar(&f.event, "event", "", "only of this event type")
	fl.StringVar(&f.cause, "cause", "", "only those made by: event, retry, replay or test")
	fl.StringVar(&f.since, "since", "", "only those made since: 90m, 7d or 2026-01-31T10:00:00Z")
	fl.IntVarP(&f.last, "last", "n", 50, "how many at most")
	jsonFlag(cmd, &f.asJSON)
	return cmd
}

// query refuses words that would find nothing, ever.
func (f logFlags) query(now time.Time) (q webhook.DeliveryQuery, err error) {
	states := []kefu.DeliveryState{"", kefu.DeliveryQueued, kefu.DeliverySending, kefu.DeliveryDelivered, kefu.DeliveryFailed, kefu.DeliverySkipped}
	causes := []kefu.WebhookCause{"", kefu.CauseEvent, kefu.CauseRetry, kefu.CauseReplay, kefu.CauseTest}
	q = webhook.DeliveryQuery{EndpointID: kefu.EndpointID(f.endpoint), State: kefu.DeliveryState(f.state), Event: f.event, Cause: kefu.WebhookCause(f.cause)}
	switch {
	case !slices.Contains(states, q.State):
		return q, kefu.Errorf(kefu.KindInvalid, "--state must be one of %s", words(states[1:]))
	case !slices.Contains(causes, q.Cause):
		return q, kefu.Errorf(kefu.KindInvalid, "--cause must be one of %s", words(causes[1:]))
	}
	q.Since, err = moment("since", f.since, now)
	return q, err
}

func words[T ~string](all []T) string {
	plain := make([]string, len(all))
	for i, w := range all {
		plain[i] = string(w)
	}
	return strings.Join(plain, ", ")
}

// somePages reads the first entries of a list.
func somePages[T any](most int, read func(kefu.Paging) (kefu.List[T], error)) ([]T, error) {
	all := []T{}
	for p := (kefu.Paging{}); len(all) < most; {
		p.Limit = min(most-len(all), kefu.MaxPage)
		page, err := read(p)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if p.Cursor = page.NextCursor; p.Cursor == "" {
			break
		}
	}
	return all, nil
}

// moment reads a time: one that is so long ago, or one that is written out. No text is no time.
func moment(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if ago, ok := readSpan(text); ok {
		return now.Add(-ago), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, kefu.Errorf(kefu.KindInvalid, "--%s %q is not a time: write 90m or 7d for so long ago, or 2026-01-31T10:00:00Z", flag, text)
	}
	return at, nil
}

func printDeliveries(w io.Writer, all []webhook.WebhookDelivery) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "MADE\tID\tENDPOINT\tEVENT\tCAUSE\tSTATE\tATTEMPTS\tLAST")
	for _, d := range all {
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", stamp(d.CreatedAt), d.ID, d.EndpointID, d.Event, d.Cause, d.State, d.Attempts,
			outcome(d.Status, d.Error))
	}
	return out.Flush()
}

// outcome says what an attempt came to, in one word: the status when there was one, else the class of the failure.
func outcome(status *int, class string) string {
	if status != nil {
		return strconv.Itoa(*status)
	}
	return dash(class)
}

func printDelivery(w io.Writer, d webhook.WebhookLog) error {
	if err := printPairs(w, [][2]string{
		{"id", d.ID}, {"endpoint", string(d.EndpointID)}, {"event", d.Event + " " + string(d.EventID)}, {"cause", string(d.Cause)},
		{"state", string(d.State)}, {"made", stamp(d.CreatedAt)}, {"next attempt", orDash(d.DueAt)}, {"done", orDash(d.DoneAt)},
	}); err != nil {
		return err
	}
	for _, a := range d.AttemptLog {
		_, err := fmt.Fprintf(w, "\nattempt %d at %s: %s\n", a.No, stamp(a.StartedAt), result(a))
		if err == nil && a.Answer != "" {
			_, err = fmt.Fprintf(w, "%s\n", indented(a.Answer))
		}
		if err != nil {
			return err
		}
	}
	payload := "the event is no longer kept"
	if d.Payload != nil {
		payload = string(d.Payload)
	}
	_, err := fmt.Fprintf(w, "\nwhat is sent, without the signature:\n  %s\n", payload)
	return err
}

// result says what an attempt came to.
func result(a webhook.WebhookAttempt) string {
	from := ""
	if a.Address != "" {
		from = " from " + a.Address
	}
	if a.Status == nil {
		return fmt.Sprintf("%s%s after %d ms", dash(a.Error), strings.Replace(from, "from", "at", 1), a.DurationMS)
	}
	return fmt.Sprintf("%d%s in %d ms", *a.Status, from, a.DurationMS)
}

// indented sets an answer off from our own words, and keeps it from moving the cursor.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + printable(strings.TrimRight(line, "\r\n")) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}
