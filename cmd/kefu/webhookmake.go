package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/webhook"
)

// endpointFlags are what `webhook create` is given.
type endpointFlags struct {
	name, url, description, username, timestamps, schedule string
	events                                                 []string
	timeout, inFlight, rate                                int
	disabled, secret, password, token                      bool
}

func (s *settings) webhookCreate() *cobra.Command {
	var f endpointFlags
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make an endpoint; print its id and its signing secret",
		Long: `Makes an endpoint. The first line on standard output is its id, the second one its signing secret, which is shown this once.

Secrets come on standard input, a line each, because others can see flags in the list of processes: first the signing secret, if
--secret-stdin is given, then the password or the token. Without --secret-stdin a signing secret is made.`,
		Example: `  kefu webhook create --name shop --url https://shop.example/hook --events '*'
  kefu webhook create --name crm --url https://crm.example/hook --events 'ticket.*,user.updated' --schedule extended
  printf '%s\n' "$PASSWORD" | kefu webhook create --name erp --url https://erp.example/hook --events ticket.closed --username kefu --password-stdin`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ch, err := f.change(cmd)
			if err != nil {
				return err
			}
			return s.webhooks(cmd.Context(), func(w *webhook.Webhooks) error {
				e, err := w.CreateEndpoint(cmd.Context(), operator(), ch)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s\n", e.ID, e.Secret)
				return err
			})
		},
	}
	f.register(cmd)
	return cmd
}

func (f *endpointFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.name, "name", "", "what people call it")
	fl.StringVar(&f.url, "url", "", "where events are sent: https")
	fl.StringSliceVar(&f.events, "events", nil, "event types, separated by commas: exact words, message.* or * (kefu webhook events lists them)")
	fl.StringVar(&f.description, "description", "", "what it is for")
	fl.BoolVar(&f.disabled, "disabled", false, "send nothing yet")
	fl.BoolVar(&f.secret, "secret-stdin", false, "read the signing secret from standard input: whsec_ and base64, or at least 16 characters")
	fl.StringVar(&f.username, "username", "", "name for Basic authentication, with --password-stdin")
	fl.BoolVar(&f.password, "password-stdin", false, "read the password for Basic authentication from standard input")
	fl.BoolVar(&f.token, "token-stdin", false, "read the token for Bearer authentication from standard input")
	fl.StringVar(&f.timestamps, "timestamps", string(kefu.TimestampISO), "how times are written: iso8601 or unix")
	fl.StringVar(&f.schedule, "schedule", string(kefu.ScheduleStandard), "standard (1 s, 5 s, 30 s) or extended (three days)")
	fl.IntVar(&f.timeout, "timeout", 5, "seconds for an attempt, 1 to 30")
	fl.IntVar(&f.inFlight, "max-in-flight", 4, "deliveries on their way at once, 1 to 32")
	fl.IntVar(&f.rate, "rate-limit", 0, "deliveries a second; 0 is without limit")
}

// change reads the secrets and puts together what was asked for.
func (f *endpointFlags) change(cmd *cobra.Command) (ch webhook.EndpointChange, err error) {
	ch = webhook.EndpointChange{Name: kefu.Some(f.name), URL: kefu.Some(f.url), Description: kefu.Some(f.description), Events: kefu.Some(f.events),
		Enabled: kefu.Some(!f.disabled), TimestampFormat: kefu.Some(kefu.TimestampFormat(f.timestamps)),
		Schedule: kefu.Some(kefu.RetrySchedule(f.schedule)), Timeout: kefu.Some(f.timeout), MaxInFlight: kefu.Some(f.inFlight), RateLimit: kefu.Some(f.rate)}
	in := bufio.NewReader(cmd.InOrStdin())
	if f.secret {
		if ch.Secret.Value, err = readLine(in, "the signing secret"); err != nil {
			return ch, err
		}
		ch.Secret.Given = true
	}
	switch a := (webhook.AuthenticationChange{}); {
	case f.token && (f.password || f.username != ""):
		return ch, kefu.Errorf(kefu.KindInvalid, "--token-stdin is Bearer, --username and --password-stdin are Basic authentication: choose one")
	case f.token:
		a.Type = kefu.AuthBearer
		a.Token, err = someLine(in, "the token")
		ch.Authentication = kefu.Some(a)
	case f.password != (f.username != ""):
		return ch, kefu.Errorf(kefu.KindInvalid, "Basic authentication needs both: --username, and --password-stdin with the password on standard input")
	case f.password:
		a.Type, a.Username = kefu.AuthBasic, kefu.Some(f.username)
		a.Password, err = someLine(in, "the password")
		ch.Authentication = kefu.Some(a)
	}
	return ch, err
}

func someLine(in *bufio.Reader, what string) (kefu.Opt[string], error) {
	line, err := readLine(in, what)
	return kefu.Some(line), err
}

// readLine reads a line of standard input that holds a secret.
func readLine(in *bufio.Reader, what string) (string, error) {
	const most = 8192
	var line strings.Builder
	for line.Len() < most {
		b, err := in.ReadByte()
		if errors.Is(err, io.EOF) || b == '\n' {
			break
		}
		if err != nil {
			return "", err
		}
		line.WriteByte(b)
	}
	text := strings.TrimSuffix(line.String(), "\r")
	if text == "" {
		return "", kefu.Errorf(kefu.KindInvalid, "%s is missing: give it on standard input, a line of its own", what)
	}
	return text, nil
}

func (s *settings) webhookRotate() *cobra.Command {
	var stdin bool
	cmd := s.onEndpoint(&cobra.Command{
		Use:   "rotate",
		Short: "Prepare another signing secret and print it, alone on standard output",
		Long: `Prepares another signing secret and prints it, this once. From now on webhook-signature holds a signature of each. Put it into the receiver,
then promote it: until then Signature and the body's member are of the old one. Asked again, it replaces the one that was prepared.`,
		Example: "  kefu webhook rotate whe_06c0000000000000000000000g\n  kefu webhook promote whe_06c0000000000000000000000g",
	}, func(cmd *cobra.Command, w *webhook.Webhooks, id kefu.EndpointID) (err error) {
		var with webhook.SecretChange
		if stdin {
			if with.Secret, err = someLine(bufio.NewReader(cmd.InOrStdin()), "the signing secret"); err != nil {
				return err
			}
		}
		e, err := w.RotateEndpoint(cmd.Context(), operator(), id, with)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), e.Secret)
		return err
	})
	cmd.Flags().BoolVar(&stdin, "secret-stdin", false, "read the secret from standard input instead of making one")
	return cmd
}

func (s *settings) webhookPromote() *cobra.Command {
	return s.onEndpoint(&cobra.Command{
		Use:     "promote",
		Short:   "Put the prepared signing secret in force; the old one signs beside it for 24 hours",
		Example: "  kefu webhook promote whe_06c0000000000000000000000g",
	}, func(cmd *cobra.Command, w *webhook.Webhooks, id kefu.EndpointID) error {
		e, err := w.PromoteEndpoint(cmd.Context(), operator(), id)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "the new secret is in force; the old one signs as well until %s\n", orDash(e.Rotation.PreviousUntil))
		return err
	})
}
