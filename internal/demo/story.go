package demo

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	sceneTime  = 15 * time.Second
	outageTime = 45 * time.Second // two failures, and the pauses between tries
	settleTime = 5 * time.Second
)

// scene is one step of the story. Play waits for all that the step must lead to, and returns what came of it.
type scene struct {
	title    word
	patience time.Duration
	play     func(*stage, context.Context) (string, error)
}

func scenes() []scene {
	return []scene{
		{"scene_start", sceneTime, (*stage).start},
		{"scene_open", sceneTime, (*stage).opens},
		{"scene_answer", sceneTime, (*stage).answers},
		{"scene_update", sceneTime, (*stage).updates},
		{"scene_claim", sceneTime, (*stage).claims},
		{"scene_outage", outageTime, (*stage).outage},
		{"scene_close", sceneTime, (*stage).closes},
		{"scene_second", sceneTime, (*stage).second},
		{"scene_ask", sceneTime, (*stage).asks},
		{"scene_hand", sceneTime, (*stage).handedOver},
		{"scene_person", sceneTime, (*stage).person},
		{"scene_stars", sceneTime, (*stage).stars},
		{"scene_bug", sceneTime, (*stage).followsBug},
		{"scene_text", sceneTime, (*stage).texts},
		{"scene_flex", sceneTime, (*stage).toFlex},
		{"scene_woot", sceneTime, (*stage).inChatwoot},
		{"scene_form", sceneTime, (*stage).form},
		{"scene_take_over", sceneTime, (*stage).takesOver},
	}
}

// played is what the scenes leave behind for each other and for the checks.
type played struct {
	scenes   int
	channel  string        // id of the channel of #33
	card     string        // id of its opening card
	opened   time.Duration // from the hook to the card
	said     []string      // to the customer of #33, by staff
	messages []string      // ids of those that were written in the channel
	channel2 string        // id of the channel of #32
	talk     string        // id of the channel of the member's ticket
	talkCard string        // id of its opening card
	flex     string        // id of the conversation that Flex has
	channel3 string        // id of the channel of #36
}

// missedError says what a scene waited for in vain.
type missedError struct {
	want  string
	cause error
}

func (e *missedError) Error() string { return e.want + ": " + e.cause.Error() }
func (e *missedError) Unwrap() error { return e.cause }

// play gives the scenes one after the other, and names those that failed. After a failure the rest would fail only because of it.
func (s *stage) play(ctx context.Context) (failed []string) {
	for i, sc := range scenes() {
		title := s.say(sc.title)
		s.line.print(func(p *printer) { p.heading(i+1, title) })
		if failed != nil {
			s.line.print(func(p *printer) { p.fact(false, s.say("not_played")) })
			continue
		}
		result, err := s.give(ctx, sc)
		s.line.print(func(p *printer) { p.fact(err == nil, result) })
		if err != nil {
			failed = append(failed, title)
			if ctx.Err() != nil {
				return failed
			}
			continue
		}
		s.played.scenes++
	}
	return failed
}

// give plays one scene within its time, and lets what is still on its way arrive before the result is shown.
func (s *stage) give(ctx context.Context, sc scene) (string, error) {
	patience := sc.patience
	if s.opt.patience > 0 {
		patience = s.opt.patience
	}
	playing, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	result, err := sc.play(s, playing)
	settling, stop := context.WithTimeout(ctx, settleTime)
	defer stop()
	_ = s.line.settle(settling) // what does not arrive is missed by a later scene or by a check
	if err != nil {
		result = s.excuse(err, patience)
	}
	return result, err
}

// excuse words a failure: what was expected, and why it was not to be had.
func (s *stage) excuse(err error, patience time.Duration) string {
	var m *missedError
	if !errors.As(err, &m) {
		return err.Error()
	}
	why := m.cause.Error()
	if errors.Is(m.cause, context.DeadlineExceeded) {
		why = s.say("missed_within", patience.Seconds())
	}
	return s.say("missed", m.want, why)
}

// expect makes what went wrong a failure of the scene.
func expect(ctx context.Context, want string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return &missedError{want: want, cause: err}
}

// inDiscord waits for something to be so in Discord.
func (s *stage) inDiscord(ctx context.Context, want string, is func() bool) error {
	return expect(ctx, want, s.guild.WaitFor(ctx, is))
}

// onSite waits for something to be so on the site.
func (s *stage) onSite(ctx context.Context, want string, is func() bool) error {
	return expect(ctx, want, s.site.WaitFor(ctx, is))
}

func unlike(format string, args ...any) error { return fmt.Errorf(format, args...) }
