package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

// Options say how the show is given. Out and Log are required.
type Options struct {
	Out     io.Writer
	Log     *slog.Logger // of the program that is shown
	Version string
	Lang    Lang
	Colour  bool
	Width   int // columns of the terminal; 0: 100
	// Once ends after the last check; else the show stays up for trying by hand until ctx ends.
	Once bool
	// Listen is Kefu's address; "": port 8000 of this machine if it is free, else any.
	Listen string

	scratch  string                                   // where the temporary folder is made, in tests
	patience time.Duration                            // in place of each scene's own, in tests
	sabotage func(*wordpress.Server, *discord.Server) // before the first scene, in tests
}

const defaultWidth = 100

// FailedError says which steps and checks were not as they must be. Out has shown what was expected and what was there.
type FailedError struct {
	Failed []string
}

// Error names them.
func (e *FailedError) Error() string { return "the demo failed at: " + strings.Join(e.Failed, "; ") }

// Run gives the show and blocks until it is over: after the last check with Once, else when ctx ends. It returns nil if everything was as
// it must be, a *FailedError if not, and another error if there was no show. The temporary folder is removed in any case.
func Run(ctx context.Context, o Options) error {
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	s := newStage(o)
	err := s.show(ctx)
	return errors.Join(err, s.close())
}

func (s *stage) show(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := s.build(ctx, cancel); err != nil {
		return fmt.Errorf("the demo cannot begin: %w", err)
	}
	s.line.print(func(p *printer) {
		p.line("%s\n%s", p.in(bold, p.lang.say("title")), p.in(faint, p.lang.say("title_how")))
	})
	failed := s.play(ctx)
	if err := ctx.Err(); err != nil {
		return interrupted(ctx)
	}
	failed = append(failed, s.judge(ctx)...)
	if !s.opt.Once {
		if err := s.handOver(ctx); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return &FailedError{Failed: failed}
	}
	return nil
}

// interrupted tells the end that somebody wanted from the end of the program that is shown.
func interrupted(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, context.Canceled) {
		return errors.New("the demo was interrupted")
	}
	return fmt.Errorf("the demo ended: %w", cause)
}
