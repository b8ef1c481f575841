package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/webhook"
)

// webhookEvents prints the catalogue, which is in the program.
func webhookEvents() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "events [EVENT]",
		Short:   "List the event types, or show an example of one as it is sent",
		Example: "  kefu webhook events\n  kefu webhook events ticket.created\n  kefu webhook events --json | jq '.[0].schema'",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return printExample(cmd.OutOrStdout(), args[0])
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), catalogue())
			}
			return printEventTypes(cmd.OutOrStdout())
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// eventType is an event type as the API has it.
type eventType struct {
	Event       string          `json:"event"`
	Description string          `json:"description"`
	Example     json.RawMessage `json:"example"`
	Schema      json.RawMessage `json:"schema"`
}

func catalogue() (all []eventType) {
	for _, e := range webhook.EventTypes() {
		all = append(all, eventType{e.Event, e.Description, e.Example(), e.Schema()})
	}
	return all
}

func printEventTypes(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range webhook.EventTypes() {
		_, _ = fmt.Fprintf(out, "%s\t%s\n", e.Event, e.Description)
	}
	return out.Flush()
}

// printExample prints the bytes of an example, so that they can be signed and sent.
func printExample(w io.Writer, name string) error {
	for _, e := range webhook.EventTypes() {
		if e.Event == name {
			_, err := fmt.Fprintf(w, "%s\n", e.Example())
			return err
		}
	}
	return kefu.Errorf(kefu.KindNotFound, "there is no event type %q; kefu webhook events lists them", kefu.Excerpt(name, 60))
}
