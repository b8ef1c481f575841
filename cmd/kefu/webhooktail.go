package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/webhook"
)

func (s *settings) webhookTail() *cobra.Command {
	var endpoint string
	var q webhook.TailQuery
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Follow what is sent: a line for each attempt, until Ctrl-C",
		Long: `Prints the last lines of the log, then a line for each attempt, and for each delivery that begins to wait or is skipped, until Ctrl-C: time,
endpoint, event, delivery, attempt, status or class of the failure, duration, and how the delivery stands. It looks once a second, and misses nothing.`,
		Example: "  kefu webhook tail\n  kefu webhook tail --endpoint whe_06c0000000000000000000000g --failed -n 100\n  kefu webhook tail --json | jq -c 'select(.duration_ms > 1000)'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.EndpointID = kefu.EndpointID(endpoint); q.Last < 0 {
				return kefu.Errorf(kefu.KindInvalid, "-n must be 0 or more")
			}
			line := printTailLine
			if asJSON {
				line = printTailJSON
			}
			return s.webhooks(cmd.Context(), func(w *webhook.Webhooks) error { return follow(cmd.Context(), cmd.OutOrStdout(), w, q, line) })
		},
	}
	cmd.Flags().StringVar(&endpoint, "endpoint", "", "only of this endpoint")
	cmd.Flags().BoolVar(&q.Failed, "failed", false, "only what failed or was skipped")
	cmd.Flags().IntVarP(&q.Last, "last", "n", 20, "how many lines of what has already happened come first")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print each line as a JSON object")
	return cmd
}

// follow prints lines until the command is interrupted, which is its proper end.
func follow(ctx context.Context, out io.Writer, w *webhook.Webhooks, q webhook.TailQuery, line func(io.Writer, webhook.TailLine) error) error {
	tail, lines, err := w.Tail(ctx, operator().Caller, q)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for err == nil {
		for _, l := range lines {
			if err := line(out, l); err != nil {
				return err
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		lines, err = tail.Next(ctx)
	}
	if ctx.Err() != nil {
		return nil // it was interrupted while it looked
	}
	return err
}

func printTailLine(w io.Writer, l webhook.TailLine) error {
	attempt, took, came := "-", "-", dash(l.Error)
	if l.Status != 0 {
		came = strconv.Itoa(l.Status)
	}
	if l.Attempt > 0 {
		attempt, took = strconv.Itoa(l.Attempt), fmt.Sprintf("%d ms", l.DurationMS)
	}
	_, err := fmt.Fprintf(w, "%s  %s  %-22s  %-8s  %2s  %-8s  %8s  %s\n", l.At.UTC().Format("2006-01-02T15:04:05.000Z"), l.EndpointID, l.Event, l.DeliveryID,
		attempt, came, took, l.State)
	return err
}

func printTailJSON(w io.Writer, l webhook.TailLine) error { return json.NewEncoder(w).Encode(l) }
