package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"kefu/internal/fake/twilio"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "faketwilio:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	flags := flag.NewFlagSet("faketwilio", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8404", "address to listen on")
	hook := flags.String("hook", "", "address of the service's webhook, none if empty")
	token := flags.String("token", "fake-auth-token", "auth token: lets calls in, and signs webhooks")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := twilio.New(twilio.Options{AuthToken: *token, ServiceHook: *hook})
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Start(*listen); err != nil {
		return err
	}
	o := s.Options()
	fmt.Printf("base       %s\naccount    %s\nkey        %s\nservice    %s\nworkspace  %s\nworkflow   %s\n",
		s.URL(), o.Account, o.Key, o.Service, o.Workspace, o.Workflow)
	<-ctx.Done()
	return nil
}
