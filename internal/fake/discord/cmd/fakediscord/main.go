// Command fakediscord runs the fake Discord by hand, with its control page.
//
//	go run ./internal/fake/discord/cmd/fakediscord --listen 127.0.0.1:8402
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"kefu/internal/fake/discord"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "fakediscord:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	flags := flag.NewFlagSet("fakediscord", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8402", "address to listen on")
	token := flags.String("token", "fake-token", "bot token to accept")
	limits := flags.Bool("limits", false, "enforce realistic rate limits")
	if err := flags.Parse(args); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o := discord.Options{Token: *token, Community: true}
	if *limits {
		o.RateLimits = discord.RealisticLimits()
	}
	s := discord.New(o)
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Start(*listen); err != nil {
		return err
	}
	agent := s.AddMember("Agent", s.AddRole("agents", 0).ID)
	customer := s.AddMember("Customer")
	fmt.Printf("page         %s\nAPI          %s\nguild        %s\napplication  %s\nagent        %s\ncustomer     %s\n",
		s.URL(), s.APIURL(), s.GuildID(), s.ApplicationID(), agent.ID, customer.ID)
	<-ctx.Done()
	return nil
}
