package main

import (
	"os"

	"github.com/spf13/cobra"

	"kefu/internal/config"
	"kefu/internal/connect"
)

func (s *settings) config() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check, print or explain the configuration", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{Use: "check", Short: "Name everything that is wrong with the configuration, with its line", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				if config.Check(cmd.OutOrStdout(), s.configFile, os.Environ(), connect.Descriptors()) != nil {
					return errSaid
				}
				return nil
			}},
		&cobra.Command{Use: "print", Short: "Print the configuration as it holds, secrets as ***", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				cfg, err := config.Load(s.configFile, os.Environ(), connect.Descriptors())
				if err != nil {
					return err
				}
				return cfg.Print(cmd.OutOrStdout())
			}},
		&cobra.Command{Use: "doc", Short: "Print what every key means", Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				return config.Doc(cmd.OutOrStdout(), connect.Descriptors())
			}},
	)
	return cmd
}
