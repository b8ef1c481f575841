package e2e

import (
	"fmt"

	"kefu/internal/fake/chatwoot"
)

// widgetCustomer is a visitor of a website whose widget is Chatwoot's.
type widgetCustomer struct {
	server  *chatwoot.Server
	contact int64
	talk    int64
}

func newWidgetCustomer(h *hub, n int) (customerEnd, error) {
	return &widgetCustomer{server: h.woot, contact: h.woot.AddContact(fmt.Sprintf("Visitor %03d", n), fmt.Sprintf("visitor-%03d", n))}, nil
}

func (c *widgetCustomer) Write(text string) (err error) {
	if c.talk == 0 {
		if c.talk, err = c.server.StartConversation(c.contact, chatwoot.WebInbox); err != nil {
			return err
		}
	}
	_, err = c.server.CustomerWrites(c.talk, text)
	return err
}

func (c *widgetCustomer) Send(p picture) error {
	_, err := c.server.CustomerSends(c.talk, "", chatwoot.File{Name: p.name, Body: p.data})
	return err
}

func (c *widgetCustomer) Saw() (list []piece) {
	v, _ := c.server.Talk(c.talk)
	for _, m := range v.Messages {
		if m.Kind == "outgoing" && !m.Private {
			list = append(list, inChatwoot(m))
		}
	}
	return list
}

func inChatwoot(m chatwoot.Said) piece {
	p := piece{text: unescaped(m.Content)}
	for _, f := range m.Files {
		p.files = append(p.files, f.Body)
	}
	return p
}

// Close ends the conversation in Chatwoot, where the customer's side of it is.
func (c *widgetCustomer) Close() error { return c.server.Resolve(c.talk, chatwoot.Agent2) }

func (c *widgetCustomer) ShowsClosed() bool {
	v, _ := c.server.Talk(c.talk)
	return v.Status == "resolved"
}
