// Command withpg runs a command with a throw-away PostgreSQL server: withpg [-fsync] -- go test ./...
//
// The command finds the server's url in KEFU_TEST_POSTGRES. Its exit code is withpg's. Without PostgreSQL binaries the command runs
// all the same, after a loud line on standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"

	"kefu/internal/pgcluster"
)

const variable = "KEFU_TEST_POSTGRES"

func main() {
	fsync := flag.Bool("fsync", false, "make commits durable, for benchmarks")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "withpg: no command given: write withpg -- go test ./...")
		os.Exit(2)
	}
	code, err := run(*fsync, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
	}
	os.Exit(code)
}

func run(fsync bool, args []string) (code int, err error) {
	// The first interrupt is the command's, which the terminal has sent it to as well; we stay to stop the server.
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	env := os.Environ()
	if os.Getenv(variable) == "" {
		c, err := pgcluster.Start(ctx, pgcluster.Options{Fsync: fsync})
		switch {
		case errors.Is(err, pgcluster.ErrNoBinaries):
			fmt.Fprintln(os.Stderr, err)
		case err != nil:
			return 1, err
		default:
			defer c.Stop()
			env = append(env, variable+"="+c.URL("postgres"))
		}
	}
	return execute(env, args)
}

func execute(env, args []string) (code int, err error) {
	cmd := exec.Command(args[0], args[1:]...) //nolint:noctx // it ends when it wants; the terminal interrupts it as well as us
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env = os.Stdin, os.Stdout, os.Stderr, env
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
