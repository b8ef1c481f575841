package wordpress

import (
	"context"
	"net/url"
	"strings"

	"kefu"
	"kefu/internal/connector"
)

// Enrich asks for the orders of a ticket; 404 and every empty answer are none.
func (c *Connector) Enrich(ctx context.Context, t connector.Thread) ([]kefu.Order, error) {
	a, err := c.get(ctx, routeOrder, t.ExternalID, maxAnswer)
	if r := refusalOf(err); r != nil && r.status == 404 && !r.page {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	orders, err := c.ReadOrders(a.body)
	if err != nil {
		return nil, &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: "the site's order cannot be read", Err: err}
	}
	return orders, nil
}

// ReadOrders reads orders in the shop's currency and time zone; one without an address has the shop's.
func (c *Connector) ReadOrders(raw []byte) ([]kefu.Order, error) {
	orders, err := kefu.ParseOrders(raw, c.set.zone, c.set.currency)
	for i := range orders {
		if orders[i].URL == "" && c.set.orderURL != "" {
			orders[i].URL = strings.ReplaceAll(c.set.orderURL, orderIDMark, url.QueryEscape(orders[i].ID))
		}
	}
	return orders, err
}
