package main

import (
	"errors"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"kefu/internal/demo"
)

func demoCommand() *cobra.Command {
	var o demo.Options
	var lang string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See it work, beside a simulated WordPress and Discord",
		Long: `Starts a simulated WordPress, a simulated Discord and Kefu between them, on this machine and with a throw-away database. It plays a ticket's
life both ways, prints what crossed each edge, checks what arrived, and then stays up for trying by hand. Exit code 1 if anything failed.`,
		Example: "  kefu demo\n  kefu demo --once --lang zh-TW\n  kefu demo --listen 127.0.0.1:9000 --verbose",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Lang, err = demoLang(lang); err != nil {
				return err
			}
			o.Out, o.Version, o.Colour = cmd.OutOrStdout(), version, coloured(cmd.OutOrStdout(), os.Getenv)
			o.Log = slog.New(slog.DiscardHandler)
			if verbose {
				o.Log = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelDebug}))
			}
			err = demo.Run(cmd.Context(), o)
			var failed *demo.FailedError
			if errors.As(err, &failed) {
				return errSaid
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&o.Once, "once", false, "end after the checks, with exit code 1 if anything failed")
	cmd.Flags().StringVar(&o.Listen, "listen", "", "address for Kefu (default: 127.0.0.1:8000 if it is free, else any port)")
	cmd.Flags().StringVar(&lang, "lang", "", "zh-TW, zh-CN or en (default: by LC_ALL and LANG)")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "write Kefu's own log to standard error")
	return cmd
}

func demoLang(flag string) (demo.Lang, error) {
	if flag == "" {
		return demo.Locale(os.Getenv), nil
	}
	return demo.ParseLang(flag)
}

// coloured tells whether a person reads the output on a terminal that shows colours, and has not asked for none (no-color.org).
func coloured(w io.Writer, lookup func(string) string) bool {
	f, ok := w.(*os.File)
	if !ok || lookup("NO_COLOR") != "" || lookup("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
