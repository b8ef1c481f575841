package wordpress

import (
	"cmp"
	"context"
	"strings"

	"kefu/internal/connector"
)

// closeBody is the body of ticket/close. ClosedBy is for sites that know it.
type closeBody struct {
	TicketID int64  `json:"ticket_id"`
	ClosedBy string `json:"closed_by,omitempty"`
}

// SendStatus closes the ticket on the site; the site knows no other change. Closing is idempotent: a ticket that is closed already is
// done, so that an uncertain call is simply made again.
func (c *Connector) SendStatus(ctx context.Context, t connector.Thread, s connector.StatusChange) error {
	if s.Kind != connector.StatusClosed {
		return nil
	}
	ticket, ok := ticketNumber(t.ExternalID)
	if !ok {
		return permanent("the conversation has no ticket on the site", nil)
	}
	body := closeBody{TicketID: ticket}
	if c.knowsExtras(ctx) {
		body.ClosedBy = cmp.Or(s.ClosedBy, s.By.Name)
	}
	_, err := c.post(ctx, routeClose, body)
	if r := refusalOf(err); r != nil && r.closedAlready() {
		return nil
	}
	return err
}

// closedAlready reads the site's code and words: there is no standard for saying it.
func (r *refusal) closedAlready() bool {
	if r.page || r.status >= 500 || r.status == 401 || r.status == 403 || r.status == 429 {
		return false
	}
	said := strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(r.code + " " + r.words))
	for _, words := range []string{"already closed", "already been closed", "is closed", "ticket closed", "已關閉", "已关闭", "已經關閉", "已经关闭", "已結案", "已结案"} {
		if strings.Contains(said, words) {
			return true
		}
	}
	return false
}
