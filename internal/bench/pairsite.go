package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"kefu/internal/fake/wordpress"
)

// siteMedium is a shop whose customers write tickets.
type siteMedium struct {
	*crowd

	site    *wordpress.Server
	door    *fakeDoor
	senders []*sender // one for each talk
}

var errNoDesk = errors.New("nobody answers there")

func (m *siteMedium) start(ctx context.Context, _, _ bool) (err error) {
	m.senders = make([]*sender, m.talks)
	m.site = wordpress.New(wordpress.Options{LedgerSize: -1, HookURL: "http://" + m.kefu})
	m.door, err = openDoor(ctx, m.crowd, m.site.Handler())
	return err
}

func (m *siteMedium) inboxes() (list []map[string]any, customers, staff string) {
	return []map[string]any{{"id": "shop", "channel": "wordpress", "name": "龍之店", "settings": map[string]any{
		"site_url": m.door.url(), "username": "kefu", "application_password": wordpress.DefaultPassword, "default": true}}}, "shop", ""
}

func (m *siteMedium) ready(context.Context) error { return nil }

// ticketOf is the number of a talk's ticket.
func ticketOf(talk int) int { return talk + 1 }

func (m *siteMedium) open(ctx context.Context, talk int, text string) error {
	_, res := m.site.CustomerOpens(ctx, wordpress.Opening{ID: int64(ticketOf(talk)), Title: fmt.Sprint("訂單 ", talk), Text: text})
	if res.Err == nil && res.Status != 200 {
		res.Err = fmt.Errorf("ticket/create was answered %d: %s", res.Status, res.Body)
	}
	return res.Err
}

// ask posts the hook over a connection of the talk's own, as the senders of the relay do: they cost the machine little.
func (m *siteMedium) ask(ctx context.Context, talk int, text string) error {
	if m.senders[talk] == nil {
		s, err := dialSender(ctx, m.kefu)
		if err != nil {
			return err
		}
		m.senders[talk] = s
	}
	body, err := json.Marshal(hook{TicketID: ticketOf(talk), ChannelName: fmt.Sprintf("#網站-客-%04d", ticketOf(talk)), Sender: wordpress.DefaultSender, Message: text})
	if err != nil {
		return err
	}
	return m.senders[talk].post("/ticket/update", body)
}

func (m *siteMedium) reply(context.Context, int, string) error { return errNoDesk }

func (m *siteMedium) close() {
	for _, s := range m.senders {
		if s != nil {
			s.close()
		}
	}
	m.door.close()
	m.site.Close()
}
