// Command fakechatwoot runs the fake Chatwoot by hand.
//
//	go run ./internal/fake/chatwoot/cmd/fakechatwoot --listen 127.0.0.1:8403
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"kefu/internal/fake/chatwoot"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "fakechatwoot:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	flags := flag.NewFlagSet("fakechatwoot", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8403", "address to listen on")
	token := flags.String("token", "user-token", "access token of the administrator")
	prefix := flags.String("prefix", "", "path before /api")
	unsigned := flags.Bool("unsigned", false, "be a server before 4.12, which signs no hooks")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := chatwoot.New(chatwoot.Options{Token: *token, Prefix: *prefix, Unsigned: *unsigned})
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Start(*listen); err != nil {
		return err
	}
	fmt.Printf("address  %s\ntoken    %s\naccount  1\nstate    %s/control/state\n", s.URL(), *token, s.Host())
	<-ctx.Done()
	return nil
}
