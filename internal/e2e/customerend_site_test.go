package e2e

import (
	"context"
	"fmt"

	"kefu/internal/fake/wordpress"
)

// siteCustomer has a ticket on the shop's site.
type siteCustomer struct {
	ctx  context.Context
	site *wordpress.Server
	id   int64
	open bool
}

func newSiteCustomer(h *hub, n int) (customerEnd, error) {
	return &siteCustomer{ctx: h.ctx, site: h.site, id: int64(100 + n)}, nil
}

// Write needs no answer from Kefu: a site whose hook is lost has the text all the same.
func (c *siteCustomer) Write(text string) error {
	if !c.open {
		c.open = true
		id, _ := c.site.CustomerOpens(c.ctx, wordpress.Opening{ID: c.id, Text: text})
		if id != c.id {
			return fmt.Errorf("the site has no room for ticket %d", c.id)
		}
		return nil
	}
	c.site.CustomerWrites(c.ctx, c.id, text)
	return nil
}

func (c *siteCustomer) Send(p picture) error {
	c.site.CustomerSends(c.ctx, c.id, wordpress.Writing{Text: "圖片", ImageURL: p.url})
	return nil
}

func (c *siteCustomer) Saw() (list []piece) {
	for _, m := range c.site.Replies(c.id) {
		list = append(list, piece{text: m.Text})
	}
	return list
}

func (c *siteCustomer) Close() error {
	c.site.CustomerCloses(c.ctx, c.id, wordpress.ByCustomer)
	return nil
}

func (c *siteCustomer) ShowsClosed() bool {
	tk, ok := c.site.Ticket(c.id)
	return ok && tk.Status == "closed"
}
