package main

import (
	"context"
	"fmt"
	"maps"

	"kefu/internal/fake/twilio"
)

// twilioMedium is an account of Twilio: customers text a number, agents of Flex answer them.
type twilioMedium struct {
	*crowd

	fake             *twilio.Server
	door             *fakeDoor
	customers, staff bool
}

// Who texts, and to which number.
const (
	ourNumber  = "+15005550006"
	flexAgent  = "agent-long"
	smsInbox   = "sms"
	flexInbox  = "flex"
	smsChannel = "twilio"
)

func (m *twilioMedium) start(ctx context.Context, customers, staff bool) (err error) {
	m.customers, m.staff = customers, staff
	o := twilio.Options{RequestRing: 1, HookWorkers: hookWorkers} // of the fake's record nothing is asked
	if customers {
		o.ServiceHook = "http://" + m.kefu + "/hooks/" + smsInbox
	}
	m.fake = twilio.New(o)
	m.door, err = openDoor(ctx, m.crowd, m.fake.Handler())
	return err
}

func (m *twilioMedium) inboxes() (list []map[string]any, customers, staff string) {
	o := m.fake.Options()
	bases := map[string]string{}
	for _, service := range []string{"conversations", "flex", "studio", "taskrouter", "api", "mcs"} {
		bases[service] = m.door.url()
	}
	settings := func(more map[string]any) map[string]any {
		s := map[string]any{"account_sid": o.Account, "auth_token": o.AuthToken, "service_sid": o.Service, "base_urls": bases}
		maps.Copy(s, more)
		return s
	}
	if m.customers {
		list = append(list, map[string]any{"id": smsInbox, "channel": smsChannel, "name": "SMS", "settings": settings(nil)})
	}
	if m.staff {
		list = append(list, map[string]any{"id": flexInbox, "channel": smsChannel, "name": "Flex",
			"settings": settings(map[string]any{"workspace_sid": o.Workspace, "workflow_sid": o.Workflow})})
	}
	return list, smsInbox, flexInbox
}

func (m *twilioMedium) ready(context.Context) error { return nil }

func phoneOf(talk int) string { return fmt.Sprintf("+8869%08d", talk+1) }

func (m *twilioMedium) open(_ context.Context, talk int, text string) error {
	conversation, _ := m.fake.CustomerTexts(phoneOf(talk), ourNumber, text)
	m.streets.lives(conversation, talk)
	return nil
}

func (m *twilioMedium) ask(_ context.Context, talk int, text string) error {
	m.fake.CustomerTexts(phoneOf(talk), ourNumber, text)
	return nil
}

func (m *twilioMedium) reply(_ context.Context, talk int, text string) error {
	_, err := m.fake.AgentSays(m.streets.at(talk), flexAgent, text)
	return err
}

func (m *twilioMedium) close() {
	_ = m.fake.Close()
	m.door.close()
}
