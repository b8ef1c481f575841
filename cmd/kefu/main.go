package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"kefu/internal/config"
	"kefu/internal/connect"
)

// version is set by the linker.
var version = "dev"

func main() {
	// The first signal stops in order; the second one ends the program at once, because the handler is taken off.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	err := root().ExecuteContext(ctx)
	stop()
	if err == nil {
		return
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprint(os.Stderr, "kefu: ", config.Explain(err))
	}
	os.Exit(1)
}

// errSaid ends a command with exit code 1 when its output has said everything.
var errSaid = errors.New("said already")

// settings are the flags that several commands share.
type settings struct{ configFile string }

func root() *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "kefu",
		Short: "Carries customer conversations between shops and the desks that answer them",
		Long: `Kefu (客服) carries customer conversations between where customers write and where staff answer.
Kefu（客服）在顧客提問的地方與客服回覆的地方之間傳遞對話。

  kefu demo     see it work, without any account    不需任何帳號，先看效果
  kefu doctor   what is wrong, and how to mend it   檢查設定與連線
  kefu serve    run it                              啟動`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.PersistentFlags().StringVar(&s.configFile, "config", "", "configuration file (default: $KEFU_CONFIG, else kefu.yaml if it is there)")
	cmd.AddCommand(s.serve(), demoCommand(), s.doctor(), s.migrate(), s.config(), s.apikey(), s.agent(), s.webhook(), s.articles(), s.openapi())
	return cmd
}

// load reads the configuration, and refuses one that was printed with its secrets hidden.
func (s *settings) load() (*config.Config, error) {
	cfg, err := config.Load(s.configFile, os.Environ(), connect.Descriptors())
	if err != nil {
		return nil, err
	}
	return cfg, cfg.Masked()
}

func logger(cfg *config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: cfg.Log.Level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}
