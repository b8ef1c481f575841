package config

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Bounds of the writer: longer than a minute nobody waits, and an answer must fit into a message of every channel.
const (
	leastWriting = time.Second
	mostWriting  = time.Minute
	leastAnswer  = 100
	mostAnswer   = 2000
)

func (l *loader) checkBot() {
	b := l.cfg.Bot
	l.judge("bot.writer_url", checkWriter(b.WriterURL))
	if b.WriterURL != "" && b.WriterModel == "" {
		l.judge("bot.writer_model", errors.New("is empty; name the model that the service at bot.writer_url shall use"))
	}
	if b.WriterTimeout < leastWriting || b.WriterTimeout > mostWriting {
		l.judge("bot.writer_timeout", fmt.Errorf("%s is not between %s and %s", durationText(b.WriterTimeout), durationText(leastWriting), durationText(mostWriting)))
	}
	if b.WriterTokensPerDay < 1 {
		l.judge("bot.writer_tokens_per_day", fmt.Errorf("%d is not a number from 1; leave bot.writer_url empty to have no writer", b.WriterTokensPerDay))
	}
	if b.WriterMaxAnswer < leastAnswer || b.WriterMaxAnswer > mostAnswer {
		l.judge("bot.writer_max_answer", fmt.Errorf("%d is not a number from %d to %d", b.WriterMaxAnswer, leastAnswer, mostAnswer))
	}
}

// checkWriter judges the writer's address. It is printed, so no error and no print of it may hold a password.
func checkWriter(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("is not an http or https address; write https://api.openai.com/v1")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("must be scheme, host and path; the key belongs into bot.writer_key")
	}
	return nil
}
