package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

func (s *settings) apikey() *cobra.Command {
	cmd := &cobra.Command{Use: "apikey", Short: "Make keys for programs that use Kefu", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(s.apikeyCreate())
	return cmd
}

func (s *settings) apikeyCreate() *cobra.Command {
	var name, scopes, expires string
	cmd := &cobra.Command{
		Use:     "create",
		Short:   "Make a key and print it once, alone on standard output",
		Example: "  kefu apikey create --name reports --scopes conversations:read,tickets:read --expires 90d",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			good, err := parseDays(expires)
			if err != nil {
				return err
			}
			split := strings.FieldsFunc(scopes, func(r rune) bool { return r == ',' || r == ' ' })
			return s.stored(cmd.Context(), func(_ *sqldb.DB, st *store.Store, _ int) error {
				key, err := auth.CreateKey(cmd.Context(), st, auth.NewKey{Name: name, Scopes: split, Expires: good})
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), key)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "what the key is for")
	cmd.Flags().StringVar(&scopes, "scopes", "", "what it may do, separated by commas: conversations:read,tickets:write")
	cmd.Flags().StringVar(&expires, "expires", "", "how long it is good for: 90d, 12h (default: for ever)")
	return cmd
}

// parseDays reads how long a key is good for.
func parseDays(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	if d, ok := readSpan(s); ok {
		return d, nil
	}
	return 0, kefu.Errorf(kefu.KindInvalid, "--expires %q is not a time: write 90d or 12h", s)
}

// readSpan reads a duration that may be in days, which Go's own durations are not.
func readSpan(s string) (time.Duration, bool) {
	if days, isDays := strings.CutSuffix(s, "d"); isDays {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n > 0 && n < 36500
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d > 0
}
