package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"kefu/internal/app"
	"kefu/internal/connect"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

func (s *settings) serve() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run Kefu",
		Long: `Runs Kefu until SIGTERM or Ctrl-C; then it takes nothing new, finishes what is in flight (10 s) and exits with 0.
Without a configuration file it keeps everything in the current folder and takes unsigned ticket hooks from this machine.`,
		Example: "  kefu serve\n  kefu serve --config /etc/kefu/kefu.yaml\n  KEFU_LISTEN=:8000 kefu serve",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := s.load()
			if err != nil {
				return err
			}
			log := logger(cfg)
			for _, w := range cfg.Warnings() {
				log.Warn("the configuration may not be meant so", "warning", w)
			}
			stop, err := profiled()
			if err != nil {
				return err
			}
			defer stop()
			a, err := app.New(cmd.Context(), cfg, app.Options{Version: version, Log: log, Factories: connect.All(), NoPacing: os.Getenv(noPacing) == "1"})
			if err != nil {
				return err
			}
			defer a.Close()
			return a.Run(cmd.Context())
		},
	}
}

func (s *settings) migrate() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database's schema up to date",
		Long:  "Brings the database's schema up to date and says what was done. `kefu serve` does the same at its start; running it twice changes nothing.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.stored(cmd.Context(), func(db *sqldb.DB, st *store.Store, applied int) error {
				have, _, err := st.MigrationStatus(cmd.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d migrations applied; the schema is at version %d (%s)\n", applied, have, db.Dialect())
				return err
			})
		},
	}
}
