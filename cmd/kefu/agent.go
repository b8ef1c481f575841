package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"kefu"
	"kefu/internal/auth"
	"kefu/internal/bus"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/switchboard"
)

func (s *settings) agent() *cobra.Command {
	cmd := &cobra.Command{Use: "agent", Short: "Make and change the accounts of those who answer", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(s.agentCreate(), s.agentList(), s.agentPasswd(), s.agentRole(), s.agentDeactivate())
	return cmd
}

// accounts runs fn with the rules for agents on the configured database. A kefu that serves it meanwhile sees the change.
func (s *settings) accounts(ctx context.Context, fn func(st *store.Store, rules *switchboard.Switchboard) error) error {
	return s.stored(ctx, func(_ *sqldb.DB, st *store.Store, _ int) error {
		return fn(st, switchboard.New(st, bus.New(), nil, nil, slog.New(slog.DiscardHandler), nil))
	})
}

// operator is who asks: whoever may run this program on the database may everything, from any address.
func operator() kefu.Ask { return kefu.Ask{Caller: kefu.SystemCaller("command line")} }

func (s *settings) agentCreate() *cobra.Command {
	var email, name, role string
	var stdin bool
	cmd := &cobra.Command{
		Use:     "create",
		Short:   "Make an account and print its id",
		Example: "  echo 'a long password' | kefu agent create --email amy@example.com --name Amy --role agent --password-stdin",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := readPassword(cmd.InOrStdin(), stdin)
			if err != nil {
				return err
			}
			hash, err := auth.HashPassword(password)
			if err != nil {
				return err
			}
			ch := switchboard.AgentChange{Name: kefu.Some(name), Email: kefu.Some(email), Role: kefu.Some(kefu.Role(role)), PasswordHash: hash}
			return s.accounts(cmd.Context(), func(_ *store.Store, rules *switchboard.Switchboard) error {
				a, err := rules.CreateAgent(cmd.Context(), operator(), ch)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), a.ID)
				return err
			})
		},
	}
	emailFlag(cmd, &email)
	cmd.Flags().StringVar(&name, "name", "", "what people see beside the messages")
	cmd.Flags().StringVar(&role, "role", string(kefu.RoleAgent), "admin, supervisor or agent")
	passwordFlag(cmd, &stdin)
	return cmd
}

func emailFlag(cmd *cobra.Command, email *string) {
	cmd.Flags().StringVar(email, "email", "", "e-mail of the account")
}

func passwordFlag(cmd *cobra.Command, stdin *bool) {
	cmd.Flags().BoolVar(stdin, "password-stdin", false, "read the password from the first line of standard input")
}

// readPassword reads one line. There is no flag for the password itself: others could see it in the list of processes.
func readPassword(in io.Reader, stdin bool) (string, error) {
	if !stdin {
		return "", kefu.Errorf(kefu.KindInvalid, "say --password-stdin and give the password on standard input")
	}
	const most = 4096
	line, err := bufio.NewReader(io.LimitReader(in, most)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	return line, auth.CheckPassword(line)
}

func (s *settings) agentPasswd() *cobra.Command {
	var email string
	var stdin bool
	cmd := &cobra.Command{
		Use:     "passwd",
		Short:   "Give an account another password, which ends its sessions",
		Example: "  echo 'a long password' | kefu agent passwd --email amy@example.com --password-stdin",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := readPassword(cmd.InOrStdin(), stdin)
			if err != nil {
				return err
			}
			return s.accounts(cmd.Context(), func(st *store.Store, _ *switchboard.Switchboard) error {
				return auth.SetPassword(cmd.Context(), st, email, password)
			})
		},
	}
	emailFlag(cmd, &email)
	passwordFlag(cmd, &stdin)
	return cmd
}

func (s *settings) agentRole() *cobra.Command {
	var email, role string
	cmd := &cobra.Command{
		Use:     "role",
		Short:   "Give an account another role",
		Example: "  kefu agent role --email amy@example.com --role supervisor",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.account(cmd.Context(), email, func(rules *switchboard.Switchboard, id kefu.AgentID) error {
				_, err := rules.UpdateAgent(cmd.Context(), operator(), id, switchboard.AgentChange{Role: kefu.Some(kefu.Role(role))})
				return err
			})
		},
	}
	emailFlag(cmd, &email)
	cmd.Flags().StringVar(&role, "role", "", "admin, supervisor or agent")
	return cmd
}

func (s *settings) agentDeactivate() *cobra.Command {
	var email string
	cmd := &cobra.Command{
		Use:     "deactivate",
		Short:   "Delete an account; its history stays, its conversations go back to the queue",
		Example: "  kefu agent deactivate --email amy@example.com",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.account(cmd.Context(), email, func(rules *switchboard.Switchboard, id kefu.AgentID) error {
				return rules.DeactivateAgent(cmd.Context(), operator(), id)
			})
		},
	}
	emailFlag(cmd, &email)
	return cmd
}

// account runs fn for the active account of an e-mail.
func (s *settings) account(ctx context.Context, email string, fn func(rules *switchboard.Switchboard, id kefu.AgentID) error) error {
	return s.accounts(ctx, func(st *store.Store, rules *switchboard.Switchboard) error {
		id, err := auth.AgentOf(ctx, st, email)
		if err != nil {
			return err
		}
		return fn(rules, id)
	})
}

func (s *settings) agentList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the accounts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.accounts(cmd.Context(), func(_ *store.Store, rules *switchboard.Switchboard) error {
				out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				_, _ = fmt.Fprintln(out, "ID\tE-MAIL\tNAME\tROLE\tACTIVE")
				if err := printAgents(cmd.Context(), rules, out); err != nil {
					return err
				}
				return out.Flush()
			})
		},
	}
}

func printAgents(ctx context.Context, rules *switchboard.Switchboard, out io.Writer) error {
	p := kefu.Paging{Limit: kefu.MaxPage}
	for {
		page, err := rules.Agents(ctx, operator().Caller, switchboard.AgentQuery{}, p)
		if err != nil {
			return err
		}
		for _, a := range page.Items {
			_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", a.ID, dash(a.Email), dash(printable(a.Name)), a.Role, map[bool]string{true: "yes", false: "no"}[a.Active])
		}
		if p.Cursor = page.NextCursor; p.Cursor == "" {
			return nil
		}
	}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// printable keeps a name, which may come from a desk, from moving the terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
}
