package webhook

import (
	"context"
	"time"
)

// StepReplaysBy is StepReplays with steps of another size.
func (w *Webhooks) StepReplaysBy(ctx context.Context, made, read int) (time.Duration, error) {
	return w.stepReplays(ctx, stride{made, read})
}
