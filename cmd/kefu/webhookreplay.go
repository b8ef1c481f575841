package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

// pollEvery is how often commands that wait look at the database.
const pollEvery = time.Second

// replayFlags are what `webhook replay` is given.
type replayFlags struct {
	since, until, status string
	events               []string
	perSecond            int
	wait                 bool
}

func (s *settings) webhookReplay() *cobra.Command {
	var f replayFlags
	cmd := s.onEndpoint(&cobra.Command{
		Use:   "replay",
		Short: "Send an endpoint again what failed, was skipped, or everything of a time; print the replay's id",
		Long: `Has kefu serve send an endpoint many events again, little by little, each once and with the webhook-id that it had. --status says which: those
whose latest delivery failed, was skipped or delivered; any is every event that is kept, sent before or not. It goes on after a restart.

The id of the replay stands on the first line. With --wait the command ends when everything has arrived or failed, and says how many did;
exit code 1 if any failed. To end only the waiting, press Ctrl-C.`,
		Example: `  kefu webhook replay whe_06c0000000000000000000000g --since 1h --status failed --event 'ticket.*' --per-second 20
  kefu webhook replay whe_06c0000000000000000000000g --since 2026-01-31T10:00:00Z --until 2026-01-31T12:00:00Z --status any --wait`,
	}, func(cmd *cobra.Command, w *webhook.Webhooks, id kefu.EndpointID) error {
		q, err := f.request(cmd, time.Now())
		if err != nil {
			return err
		}
		r, err := w.Replay(cmd.Context(), operator(), id, q)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), r.ID); err != nil || !f.wait {
			return err
		}
		return awaitReplay(cmd.Context(), cmd.OutOrStdout(), w, r)
	})
	fl := cmd.Flags()
	fl.StringVar(&f.since, "since", "", "what happened since: 1h, 7d or 2026-01-31T10:00:00Z (default: everything that is kept)")
	fl.StringVar(&f.until, "until", "", "what happened before: 30m or 2026-01-31T12:00:00Z (default: now)")
	fl.StringVar(&f.status, "status", string(store.ReplayFailed), "failed, skipped, delivered or any")
	fl.StringSliceVar(&f.events, "event", nil, "event types, separated by commas: exact words, message.* or * (default: what the endpoint wants)")
	fl.IntVar(&f.perSecond, "per-second", 50, "how many at most in a second, 1 to 1000")
	fl.BoolVar(&f.wait, "wait", false, "wait until everything has arrived or failed")
	return cmd
}

func (f replayFlags) request(cmd *cobra.Command, now time.Time) (q webhook.ReplayRequest, err error) {
	q = webhook.ReplayRequest{Status: store.ReplayStatus(f.status), PerSecond: f.perSecond}
	if cmd.Flags().Changed("event") {
		q.Events = append([]string{}, f.events...)
	}
	if f.perSecond < 1 {
		return q, kefu.Errorf(kefu.KindInvalid, "--per-second must be 1 to 1000")
	}
	if q.Since, err = moment("since", f.since, now); err != nil {
		return q, err
	}
	q.Until, err = moment("until", f.until, now)
	return q, err
}

// awaitReplay looks again and again until a replay has made its deliveries and each of them is final.
func awaitReplay(ctx context.Context, out io.Writer, w *webhook.Webhooks, r webhook.WebhookReplay) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		over, err := settled(ctx, w, &r)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if over {
			return tellReplay(ctx, out, w, r)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			_, _ = fmt.Fprintf(out, "it goes on without you: %d made so far\n", r.Made)
			return errSaid
		}
	}
}

// settled reads a replay anew and tells whether nothing more is to come of it.
func settled(ctx context.Context, w *webhook.Webhooks, r *webhook.WebhookReplay) (bool, error) {
	now, err := w.ReplayOf(ctx, operator().Caller, r.ID)
	if err != nil {
		return false, err
	}
	if *r = now; r.DoneAt == nil {
		return false, nil
	}
	q := made(*r)
	q.State = kefu.DeliveryQueued
	waiting, err := w.Deliveries(ctx, operator().Caller, q, kefu.Paging{Limit: 1})
	return err == nil && len(waiting.Items) == 0, err
}

// made finds the deliveries of a replay: there is one at a time for an endpoint.
func made(r webhook.WebhookReplay) webhook.DeliveryQuery {
	return webhook.DeliveryQuery{EndpointID: r.EndpointID, Cause: kefu.CauseReplay, Since: r.CreatedAt}
}

// tellReplay says what became of a replay. Failures are counted, because there should be few.
func tellReplay(ctx context.Context, out io.Writer, w *webhook.Webhooks, r webhook.WebhookReplay) error {
	bad := map[kefu.DeliveryState]int64{}
	for _, state := range []kefu.DeliveryState{kefu.DeliveryFailed, kefu.DeliverySkipped} {
		q := made(r)
		q.State = state
		all, err := everyPage(func(p kefu.Paging) (kefu.List[webhook.WebhookDelivery], error) {
			return w.Deliveries(ctx, operator().Caller, q, p)
		})
		if err != nil {
			return err
		}
		bad[state] = int64(len(all))
	}
	failed, skipped := bad[kefu.DeliveryFailed], bad[kefu.DeliverySkipped]
	_, err := fmt.Fprintf(out, "%s: %d sent again, %d delivered, %d failed, %d skipped\n", r.State, r.Made, r.Made-failed-skipped, failed, skipped)
	if err == nil && (failed+skipped > 0 || r.State != store.ReplayDone) {
		err = errSaid
	}
	return err
}
