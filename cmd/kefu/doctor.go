package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"kefu/internal/app"
	"kefu/internal/connect"
	"kefu/internal/connector"
)

func (s *settings) doctor() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong with every connection, and how to mend it",
		Long: `Asks every connection what is wrong and how to mend it: the port, the database, each site's route and password, each Discord permission
and intent. It changes nothing, and may run beside a running Kefu. Exit code 1 if anything fails.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := s.load()
			if err != nil {
				return err
			}
			found := app.Doctor(cmd.Context(), cfg, app.Options{Version: version, Log: slog.New(slog.DiscardHandler), Factories: connect.All()})
			if err := printFindings(cmd.OutOrStdout(), found, asJSON); err != nil {
				return err
			}
			for _, f := range found {
				if f.Level == connector.LevelFail {
					return errSaid
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return cmd
}

func printFindings(w io.Writer, found []app.Finding, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(map[string]any{"findings": found})
	}
	signs := map[string]string{connector.LevelOK: "✅", connector.LevelWarn: "⚠️ ", connector.LevelFail: "❌"}
	for _, f := range found {
		if _, err := fmt.Fprintf(w, "%s %-14s %s: %s\n", signs[f.Level], f.Part, f.Check, f.Words); err != nil {
			return err
		}
		if f.Mend != "" && f.Level != connector.LevelOK {
			if _, err := fmt.Fprintf(w, "   %-14s → %s\n", "", f.Mend); err != nil {
				return err
			}
		}
	}
	return nil
}
