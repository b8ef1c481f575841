package main

import (
	"github.com/spf13/cobra"

	"kefu/internal/api"
)

// openapi prints the API's document without a configuration or a database: it is made from the code.
func (s *settings) openapi() *cobra.Command {
	var asYAML bool
	var publicURL string
	cmd := &cobra.Command{Use: "openapi", Short: "Print the description of the REST API (OpenAPI 3.1)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			raw, err := api.Document(publicURL, asYAML)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(raw)
			return err
		}}
	cmd.Flags().BoolVar(&asYAML, "yaml", false, "YAML instead of JSON")
	cmd.Flags().StringVar(&publicURL, "public-url", "", "where clients reach the server")
	return cmd
}
