package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/webhook"
)

func (s *settings) webhookTest() *cobra.Command {
	return s.onEndpoint(&cobra.Command{
		Use:   "test",
		Short: "Send webhook.test once, and say what it came to",
		Long: `Sends webhook.test to an endpoint, at once and once, also to one that is disabled, and says what it came to. It is logged, and counts neither
as success nor as failure of the endpoint. Exit code 1 if it did not arrive. It is sent from this machine.`,
		Example: "  kefu webhook test whe_06c0000000000000000000000g",
	}, func(cmd *cobra.Command, w *webhook.Webhooks, id kefu.EndpointID) error {
		d, err := w.Test(cmd.Context(), operator(), id)
		if err != nil {
			return err
		}
		return printTest(cmd.OutOrStdout(), d)
	})
}

func printTest(w io.Writer, d webhook.WebhookLog) error {
	for _, a := range d.AttemptLog {
		if _, err := fmt.Fprintf(w, "%s %s: %s\n", d.ID, d.State, result(a)); err != nil {
			return err
		}
		if a.Error == "" {
			return nil
		}
		if a.Answer != "" {
			_, _ = fmt.Fprintln(w, indented(a.Answer))
		}
		if mend := mends[a.Error]; mend != "" {
			_, _ = fmt.Fprintf(w, "  → %s\n", mend)
		}
	}
	return errSaid
}

// mends say what to do about each class of failure. The page on webhooks says more.
var mends = map[string]string{
	webhook.FailStatus:   "read what the receiver answered; 401 or 403: compare the secret and the authentication",
	webhook.FailRedirect: "redirects are not followed: set the URL that it points to",
	webhook.FailTimeout:  "let the receiver answer first and work afterwards, or raise the endpoint's timeout",
	webhook.FailDNS:      "the name is not known here: look at its spelling, and at this machine's resolver",
	webhook.FailConnect:  "nobody took the connection: does the receiver run, is the port right, does a firewall refuse Kefu?",
	webhook.FailTLS:      "the certificate is expired, self-signed, of another name, or incomplete: openssl s_client -connect HOST:443",
	webhook.FailBroken:   "the receiver, or a proxy before it, hung up before it answered: look at its log",
	webhook.FailAnswer:   "what answered is no HTTP server, or sends headers without end: is the port right?",
	webhook.FailBlocked:  "the address is not public: the operator can open a network of their own with egress.allow",
}

func (s *settings) webhookRetry() *cobra.Command {
	return &cobra.Command{
		Use:   "retry DELIVERY…",
		Short: "Send deliveries again that failed, were skipped or arrived",
		Long: `Makes a new delivery of the event of each one, with all the attempts of the endpoint's schedule and the webhook-id that it had, and prints
old and new id. Exit code 1 if any cannot be sent again; the others are all the same.`,
		Example: "  kefu webhook retry whd_17 whd_18",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return kefu.Errorf(kefu.KindInvalid, "give the ids of deliveries; kefu webhook deliveries --state failed lists them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.webhooks(cmd.Context(), func(w *webhook.Webhooks) error {
				results, err := w.RetryMany(cmd.Context(), operator(), args)
				if err != nil {
					return err
				}
				return printRetries(cmd.OutOrStdout(), results.Items)
			})
		},
	}
}

func printRetries(w io.Writer, all []webhook.RetryResult) (err error) {
	for _, r := range all {
		if r.Error != nil {
			_, _ = fmt.Fprintf(w, "%s not sent again: %s\n", printable(r.ID), *r.Error)
			err = errSaid
			continue
		}
		_, _ = fmt.Fprintf(w, "%s %s\n", r.ID, *r.DeliveryID)
	}
	return err
}
