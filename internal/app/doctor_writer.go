package app

import (
	"context"
	"errors"

	"kefu/internal/connector"
	"kefu/internal/knowledge"
)

// examineWriter asks the service that writes the bot's answers, if one is set.
func (a *App) examineWriter(ctx context.Context) []Finding {
	w := a.writer()
	if w == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	err := w.Probe(ctx)
	switch {
	case err == nil:
		return []Finding{ok("bot", "writer", a.cfg.Bot.WriterURL+" has the model "+a.cfg.Bot.WriterModel)}
	case errors.Is(err, knowledge.ErrModels):
		return []Finding{{"bot", connector.Finding{Level: connector.LevelWarn, Check: "writer", Words: "it answers, but does not list its models: " +
			"whether it has " + a.cfg.Bot.WriterModel + " shows with the first question", Mend: "if the bot only ever answers with excerpts, check bot.writer_url and bot.writer_model"}}}
	}
	return []Finding{fail("bot", "writer", err.Error(), "check bot.writer_url, bot.writer_model and bot.writer_key; until then the bot answers with excerpts")}
}
