package e2e

import (
	"fmt"
	"slices"

	"kefu/internal/fake/twilio"
)

// phoneCustomer writes text messages.
type phoneCustomer struct {
	server       *twilio.Server
	number, ours string
}

func newPhoneCustomer(h *hub, n int) (customerEnd, error) {
	return &phoneCustomer{server: h.phones, number: fmt.Sprintf("+8869000%05d", n), ours: hubNumber}, nil
}

func (c *phoneCustomer) Write(text string) error {
	c.server.CustomerTexts(c.number, c.ours, text)
	return nil
}

func (c *phoneCustomer) Send(p picture) error {
	c.server.CustomerSends(c.number, c.ours, "", p.name, "image/png", p.data)
	return nil
}

func (c *phoneCustomer) Saw() (list []piece) {
	for _, m := range c.server.Phone(c.number, c.ours) {
		list = append(list, inTwilio(m))
	}
	return list
}

func inTwilio(m twilio.Message) piece {
	p := piece{text: unescaped(m.Body)}
	if m.File != nil {
		p.files = [][]byte{m.File}
	}
	return p
}

// Close has Twilio's timer end the conversation, as nobody can by telephone.
func (c *phoneCustomer) Close() error { return c.server.CustomerEnds(c.number, c.ours) }

// ShowsClosed asks the newest conversation of the number.
func (c *phoneCustomer) ShowsClosed() bool {
	state := ""
	for _, v := range c.server.Conversations() {
		if slices.ContainsFunc(v.Participants, func(p twilio.Participant) bool { return p.Address == c.number }) {
			state = v.State
		}
	}
	return state == "closed"
}
