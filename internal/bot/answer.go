package bot

import (
	"context"
	"errors"
	"time"

	"kefu"
)

// answer answers one turn; false when it did not come to an end.
func (d *desk) answer(ctx context.Context, t kefu.BotTurn) bool {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	said, err := d.say(ctx, t)
	var posted bool
	if err == nil {
		posted, err = d.Switchboard.AnswerTurn(ctx, t, said)
	}
	if err != nil {
		return d.putOff(ctx, t, err)
	}
	if posted && d.Answered != nil {
		d.Answered(said, time.Since(began))
	}
	return true
}

// say finds what to say. When that failed too often it is that a person is needed.
func (d *desk) say(ctx context.Context, t kefu.BotTurn) (kefu.BotAnswer, error) {
	if t.Attempts >= mostAttempts {
		d.Log.ErrorContext(ctx, "the bot has no answer after all attempts: a person is called", "conversation_id", t.ConversationID)
		return kefu.BotAnswer{Source: kefu.SourceNone, Person: true, Reason: ReasonError}, nil
	}
	return d.Knowledge.Say(ctx, t.Text, t.Locale)
}

// putOff has a turn wait after an error; true when others may need its place at once.
func (d *desk) putOff(ctx context.Context, t kefu.BotTurn, err error) bool {
	// The time for the answer may be over, and the turn is put off all the same; when the program stops it stays as it is.
	parent := context.WithoutCancel(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return false
	}
	ctx, cancel := context.WithTimeout(parent, putOffTime)
	defer cancel()
	d.Log.WarnContext(ctx, "the bot cannot answer now and tries again", "conversation_id", t.ConversationID, "attempts", t.Attempts+1, "error", err)
	if err := d.Switchboard.PutOffTurn(ctx, t, delay(t.Attempts)); err != nil {
		d.Log.WarnContext(ctx, "the bot's turn cannot be put off", "conversation_id", t.ConversationID, "error", err)
		return false
	}
	return true
}

// putOffTime bounds the putting off.
const putOffTime = 5 * time.Second

// delay is how long a turn waits after so many attempts: somebody sits in front of it, so 1, 2, 4 and 8 s.
func delay(attempts int) time.Duration { return time.Second << min(attempts, 3) }
