package e2e

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"kefu/client"
)

// programCustomer writes in the organisation's own app, which uses the API and a WebSocket.
type programCustomer struct {
	ctx  context.Context
	c    *client.Client
	line *listener
	talk string // the conversation
}

func newProgramCustomer(h *hub, n int) (customerEnd, error) {
	who, err := h.admin.Contacts.Create(h.ctx, client.NewContact{Name: fmt.Sprintf("App %03d", n)})
	if err != nil {
		return nil, err
	}
	session, err := h.admin.Contacts.NewSession(h.ctx, who.ID, time.Hour)
	if err != nil {
		return nil, err
	}
	c := h.as(client.WithToken(session.Token))
	s := c.Listen(h.ctx, client.StreamOptions{})
	h.t.Cleanup(s.Close)
	return &programCustomer{ctx: h.ctx, c: c, line: h.hear(s)}, nil
}

func (c *programCustomer) Write(text string) error {
	m, err := c.c.Messages.Send(c.ctx, client.NewMessage{ConversationID: c.talk, Content: text})
	if err == nil && c.talk == "" {
		c.talk = m.ConversationID
	}
	return err
}

func (c *programCustomer) Send(p picture) error {
	a, err := c.c.Attachments.Upload(c.ctx, p.name, bytes.NewReader(p.data))
	if err != nil {
		return err
	}
	_, err = c.c.Messages.Send(c.ctx, client.NewMessage{ConversationID: c.talk, Attachments: []client.AttachmentRef{a.Ref()}})
	return err
}

func (c *programCustomer) Saw() (list []piece) {
	for _, e := range c.line.all() {
		if m := e.Message; m != nil && m.Sender.Type != "contact" {
			list = append(list, inEvent(*m))
		}
	}
	return list
}

func inEvent(m client.MessageEvent) piece {
	p := piece{text: m.Content}
	for _, f := range m.Attachments {
		p.links = append(p.links, f.URL)
	}
	return p
}

func (c *programCustomer) Close() error { return c.c.Conversations.End(c.ctx, c.talk) }

func (c *programCustomer) ShowsClosed() bool { return statusIn(c.line, c.talk) == "closed" }
