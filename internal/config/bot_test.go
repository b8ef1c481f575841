package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestTheWriterIsChecked(t *testing.T) {
	for value, want := range map[string]string{
		"": "",
		"writer_url: http://127.0.0.1:11434/v1\n  writer_model: m":    "",
		"writer_url: https://api.example/v1":                          "bot.writer_model",
		"writer_url: api.example\n  writer_model: m":                  "bot.writer_url",
		"writer_url: https://u:p4ss@api.example\n  writer_model: m":   "bot.writer_url",
		"writer_url: https://api.example?key=p4ss\n  writer_model: m": "bot.writer_url",
		"writer_timeout: 500ms":                                       "bot.writer_timeout",
		"writer_timeout: 2m":                                          "bot.writer_timeout",
		"writer_tokens_per_day: 0":                                    "bot.writer_tokens_per_day",
		"writer_max_answer: 99":                                       "bot.writer_max_answer",
		"writer_max_answer: 2001":                                     "bot.writer_max_answer",
	} {
		_, err := Parse("test.yaml", []byte("bot:\n  "+value+"\n"), nil, testKinds())
		words := ""
		if err != nil {
			words = Explain(err)
		}
		if (err == nil) != (want == "") || !strings.Contains(words, want) || strings.Contains(words, "p4ss") {
			t.Errorf("%s: %q, want a fault of %q", value, words, want)
		}
	}
}

func TestTheWritersKeyIsMasked(t *testing.T) {
	cfg := parse(t, "bot: {writer_url: 'https://api.example/v1', writer_model: m, writer_key: p4ss}")
	if cfg.Bot.WriterKey.Reveal() != "p4ss" || strings.Contains(fmt.Sprint(cfg.Bot), "p4ss") {
		t.Errorf("%v", cfg.Bot)
	}
}
