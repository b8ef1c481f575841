package app

import (
	"context"

	"kefu/internal/knowledge"
)

// openKnowledge makes the rules of the knowledge base. They outlive a change of the inboxes, with the words that they hold.
func (a *App) openKnowledge(context.Context) error {
	a.knowing = knowledge.New(knowledge.Options{Store: a.store, Bus: a.signals, Box: a.box, Writer: a.writer()})
	return nil
}

// readKnowledge reads the articles before somebody asks. Who asks meanwhile waits for it, and reads them again if it failed.
func (a *App) readKnowledge(ctx context.Context) error {
	if err := a.knowing.Warm(ctx); err != nil && ctx.Err() == nil {
		a.Log.WarnContext(ctx, "the articles cannot be read now: the first question reads them", "error", err)
	}
	return nil
}
