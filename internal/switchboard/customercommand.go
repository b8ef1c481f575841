package switchboard

import (
	"context"

	"kefu"
	"kefu/internal/connector"
)

// customerCommand carries out what a customer asks for by a button or form.
func (b *Switchboard) customerCommand(ctx context.Context, inbox kefu.InboxID, in connector.Inbound) (connector.Result, error) {
	res := connector.Result{View: &connector.View{}}
	err := b.update(ctx, func(c *change) error {
		who, _, err := c.Identity(inbox, in.Sender.ID)
		if err != nil {
			return err
		}
		if who == "" {
			res.View.Refused = connector.RefusedUnknown
			return nil
		}
		switch in.Command.Name {
		case connector.CmdRate:
			res.View.Rating, res.View.Refused, err = c.rate(inbox, who, in.Command.Args)
		default:
			res.View.Refused = connector.RefusedUnknown
		}
		return err
	})
	return res, err
}
