package main

import (
	"context"
	"fmt"
	"strconv"

	"kefu/internal/fake/chatwoot"
)

// chatwootMedium is an account of Chatwoot: visitors of its website are customers, its agents answer in an inbox of the API channel.
type chatwootMedium struct {
	*crowd

	fake             *chatwoot.Server
	door             *fakeDoor
	customers, staff bool
	talksOf          []int64 // conversations of visitors, by talk
}

const (
	visitInbox     = "visitors" // Kefu's names of the two
	chatwootInbox  = "chatwoot"
	chatwootToken  = "user-token"
	chatwootSecret = "a secret of the bench for its hooks"
)

func (m *chatwootMedium) start(ctx context.Context, customers, staff bool) (err error) {
	m.customers, m.staff, m.talksOf = customers, staff, make([]int64, m.talks)
	m.fake = chatwoot.New(chatwoot.Options{Token: chatwootToken, HookWorkers: hookWorkers, PerMinute: -1})
	events := []string{"message_created", "message_updated", "conversation_created", "conversation_status_changed", "conversation_updated"}
	for inbox, used := range map[string]bool{visitInbox: customers, chatwootInbox: staff} {
		if used {
			m.fake.AddWebhook("http://"+m.kefu+"/hooks/"+inbox, chatwootSecret, events...)
		}
	}
	m.door, err = openDoor(ctx, m.crowd, m.fake.Handler())
	return err
}

func (m *chatwootMedium) inboxes() (list []map[string]any, customers, staff string) {
	inbox := func(id, name string, number int64) map[string]any {
		return map[string]any{"id": id, "channel": "chatwoot", "name": name, "settings": map[string]any{"url": m.door.url(), "account_id": "1",
			"inbox_id": strconv.FormatInt(number, 10), "api_token": chatwootToken, "hook_secret": chatwootSecret}}
	}
	if m.customers {
		list = append(list, inbox(visitInbox, "官網", chatwoot.WebInbox))
	}
	if m.staff {
		list = append(list, inbox(chatwootInbox, "Chatwoot", chatwoot.APIInbox))
	}
	return list, visitInbox, chatwootInbox
}

func (m *chatwootMedium) ready(context.Context) error { return nil }

func (m *chatwootMedium) open(ctx context.Context, talk int, text string) (err error) {
	visitor := m.fake.AddContact(fmt.Sprint("訪客", talk), fmt.Sprint("visitor-", talk))
	if m.talksOf[talk], err = m.fake.StartConversation(visitor, chatwoot.WebInbox); err != nil {
		return err
	}
	m.streets.lives(strconv.FormatInt(m.talksOf[talk], 10), talk)
	return m.ask(ctx, talk, text)
}

func (m *chatwootMedium) ask(_ context.Context, talk int, text string) error {
	_, err := m.fake.CustomerWrites(m.talksOf[talk], text)
	return err
}

func (m *chatwootMedium) reply(_ context.Context, talk int, text string) error {
	id, err := strconv.ParseInt(m.streets.at(talk), 10, 64)
	if err != nil {
		return err
	}
	_, err = m.fake.AgentWrites(id, chatwoot.Agent, text, false)
	return err
}

func (m *chatwootMedium) close() {
	_ = m.fake.Close()
	m.door.close()
}
