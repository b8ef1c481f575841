package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"kefu/internal/fake/wordpress"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "fakewordpress:", err)
		os.Exit(1)
	}
}

func run() error {
	var o wordpress.Options
	listen := flag.String("listen", "127.0.0.1:8401", "address to serve on")
	flag.StringVar(&o.HookURL, "hook", "http://127.0.0.1:8000", "Kefu's address; /ticket/create and so on are added")
	flag.StringVar(&o.HookSecret, "hook-secret", "", "signs hooks; empty: plain ones")
	flag.StringVar(&o.Username, "user", "kefu", "user of the application password")
	flag.StringVar(&o.Password, "password", wordpress.DefaultPassword, "application password")
	flag.BoolVar(&o.Plugin, "plugin", false, "behave as a site with Kefu's plugin")
	flag.BoolVar(&o.Echo, "echo", false, "push Kefu's own replies back by hook")
	flag.BoolVar(&o.EscapeJSON, "escape", true, "write JSON as PHP does")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	site := wordpress.New(o)
	defer site.Close()
	if err := site.Start(*listen); err != nil {
		return err
	}
	fmt.Println("site at", site.URL(), "with user", o.Username, "and application password", o.Password)
	<-ctx.Done()
	return nil
}
