package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/app"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/webhook"
)

func (s *settings) webhook() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "webhook",
		Short: "Tell other programs what happens, and see what became of it",
		Long: `Makes endpoints, tests them, and shows, retries and replays what was sent to them. The commands work on the database, beside a running
kefu serve, which notices within a second; it is kefu serve that sends, only a test is sent by the command itself.`,
		Example: `  kefu webhook create --name shop --url https://shop.example/hook --events 'ticket.*,message.received'
  kefu webhook test whe_06c0000000000000000000000g
  kefu webhook tail
  kefu webhook replay whe_06c0000000000000000000000g --since 1h`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(s.webhookList(), s.webhookShow(), s.webhookCreate(), s.webhookSwitch("enable", true), s.webhookSwitch("disable", false),
		s.webhookDelete(), s.webhookRotate(), s.webhookPromote(), s.webhookTest(), s.webhookTail(), s.webhookDeliveries(), s.webhookRetry(),
		s.webhookReplay(), webhookEvents())
	return cmd
}

// webhooks runs fn with the rules of webhooks on the configured database.
func (s *settings) webhooks(ctx context.Context, fn func(w *webhook.Webhooks) error) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	return s.stored(ctx, func(_ *sqldb.DB, st *store.Store, _ int) error {
		w, err := app.Webhooks(cfg, st, logger(cfg), version)
		if err != nil {
			return err
		}
		defer w.Close()
		return fn(w)
	})
}

// onEndpoint is a command on one endpoint, which its argument names.
func (s *settings) onEndpoint(cmd *cobra.Command, fn func(cmd *cobra.Command, w *webhook.Webhooks, id kefu.EndpointID) error) *cobra.Command {
	cmd.Use += " ENDPOINT"
	cmd.Args = oneOf("the endpoint's id; kefu webhook list shows them")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return s.webhooks(cmd.Context(), func(w *webhook.Webhooks) error { return fn(cmd, w, kefu.EndpointID(args[0])) })
	}
	return cmd
}

// oneOf wants one argument, and says what it is.
func oneOf(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return kefu.Errorf(kefu.KindInvalid, "give one argument, %s", what)
		}
		return nil
	}
}

func (s *settings) webhookList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the endpoints, and how they are",
		Example: "  kefu webhook list\n  kefu webhook list --json | jq -r '.[] | select(.enabled) | .url'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.webhooks(cmd.Context(), func(w *webhook.Webhooks) error {
				all, err := everyPage(func(p kefu.Paging) (kefu.List[webhook.Endpoint], error) {
					return w.Endpoints(cmd.Context(), operator().Caller, p)
				})
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), all)
				}
				return printEndpoints(cmd.OutOrStdout(), all)
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// everyPage reads a whole list.
func everyPage[T any](read func(kefu.Paging) (kefu.List[T], error)) ([]T, error) {
	all := []T{}
	for p := (kefu.Paging{Limit: kefu.MaxPage}); ; {
		page, err := read(p)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if p.Cursor = page.NextCursor; p.Cursor == "" {
			return all, nil
		}
	}
}

func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON, as the API has it")
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func printEndpoints(w io.Writer, all []webhook.Endpoint) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "ID\tNAME\tURL\tEVENTS\tSTATE")
	for _, e := range all {
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", e.ID, dash(printable(e.Name)), printable(e.URL), strings.Join(e.Events, ","), condition(e))
	}
	return out.Flush()
}

// condition says in a few words how an endpoint is.
func condition(e webhook.Endpoint) string {
	switch {
	case e.DisabledReason != "":
		return "disabled by Kefu: " + printable(e.DisabledReason)
	case !e.Enabled:
		return "disabled"
	case e.Health.FailingSince != nil:
		return fmt.Sprintf("failing since %s, %d attempts", stamp(*e.Health.FailingSince), e.Health.Failures)
	case e.Health.LastSuccessAt != nil:
		return "well"
	}
	return "new"
}

// stamp writes a time so that it can be given back to --since.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func orDash(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return stamp(*t)
}

func (s *settings) webhookShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show ENDPOINT | DELIVERY",
		Short:   "Show an endpoint, or a delivery with every attempt and what is sent",
		Example: "  kefu webhook show whe_06c0000000000000000000000g\n  kefu webhook show whd_1234 --json | jq .payload",
		Args:    oneOf("an endpoint's id (kefu webhook list) or a delivery's (kefu webhook deliveries)"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.webhooks(cmd.Context(), func(w *webhook.Webhooks) error {
				if _, ok := webhook.ParseDeliveryID(args[0]); ok {
					d, err := w.Delivery(cmd.Context(), operator().Caller, args[0])
					return show(cmd.OutOrStdout(), d, err, asJSON, printDelivery)
				}
				e, err := w.Endpoint(cmd.Context(), operator().Caller, kefu.EndpointID(args[0]))
				return show(cmd.OutOrStdout(), e, err, asJSON, printEndpoint)
			})
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// show prints what was read, unless it could not be.
func show[T any](w io.Writer, v T, err error, asJSON bool, words func(io.Writer, T) error) error {
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(w, v)
	}
	return words(w, v)
}

func printEndpoint(w io.Writer, e webhook.Endpoint) error {
	names := make([]string, 0, len(e.Headers))
	for _, h := range e.Headers {
		names = append(names, h.Name)
	}
	rotation := "none"
	switch {
	case e.Rotation.Prepared:
		rotation = "another secret is prepared: kefu webhook promote " + string(e.ID)
	case e.Rotation.PreviousUntil != nil:
		rotation = "the old secret signs as well until " + stamp(*e.Rotation.PreviousUntil)
	}
	return printPairs(w, [][2]string{
		{"id", string(e.ID)}, {"name", printable(e.Name)}, {"description", dash(printable(e.Description))}, {"url", printable(e.URL)},
		{"events", strings.Join(e.Events, ", ")}, {"state", condition(e)},
		{"authentication", strings.TrimSpace(string(e.Authentication.Type) + " " + printable(e.Authentication.Username))},
		{"headers", dash(strings.Join(names, ", "))}, {"times", string(e.TimestampFormat)}, {"schedule", string(e.Schedule)},
		{"timeout", fmt.Sprintf("%d s", e.Timeout)}, {"in flight", fmt.Sprintf("at most %d", e.MaxInFlight)},
		{"rate limit", map[bool]string{true: "none", false: fmt.Sprintf("%d a second", e.RateLimit)}[e.RateLimit == 0]},
		{"rotation", rotation}, {"last success", orDash(e.Health.LastSuccessAt)}, {"last failure", orDash(e.Health.LastFailureAt)},
		{"made", stamp(e.CreatedAt) + " by " + printable(e.CreatedBy)},
	})
}

func printPairs(w io.Writer, pairs [][2]string) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range pairs {
		_, _ = fmt.Fprintf(out, "%s\t%s\n", p[0], p[1])
	}
	return out.Flush()
}

func (s *settings) webhookSwitch(word string, enabled bool) *cobra.Command {
	short := map[bool]string{true: "Send to an endpoint again; what it has missed is fetched by replay", false: "Stop sending to an endpoint; what waits is skipped"}
	return s.onEndpoint(&cobra.Command{Use: word, Short: short[enabled], Example: "  kefu webhook " + word + " whe_06c0000000000000000000000g"},
		func(cmd *cobra.Command, w *webhook.Webhooks, id kefu.EndpointID) error {
			_, err := w.UpdateEndpoint(cmd.Context(), operator(), id, webhook.EndpointChange{Enabled: kefu.Some(enabled)})
			return err
		})
}

func (s *settings) webhookDelete() *cobra.Command {
	return s.onEndpoint(&cobra.Command{Use: "delete", Short: "Delete an endpoint and its secrets for good; its log stays for as long as any",
		Example: "  kefu webhook delete whe_06c0000000000000000000000g"},
		func(cmd *cobra.Command, w *webhook.Webhooks, id kefu.EndpointID) error {
			return w.DeleteEndpoint(cmd.Context(), operator(), id)
		})
}
