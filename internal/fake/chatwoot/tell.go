package chatwoot

import (
	"crypto/rand"
	"encoding/json"
	"maps"
	"slices"
)

// What is told of what happened, and to whom: the account's webhooks, the inbox's own address if it is of the API channel, and its bot. The
// server is locked.

func (h *hookSender) account() object { return object{"id": h.s.o.Account, "name": "Fake"} }

// conversation tells of an event of a conversation; changed is null where the server does not say what changed.
func (h *hookSender) conversation(event string, v *conversation, changed []object) {
	body := v.hook(&h.s.w, h.account())
	if event != "conversation_created" {
		body["changed_attributes"] = changed
	}
	h.add(event, body)
	h.addInbox(event, v, body, 0)
	if event == "conversation_created" {
		return
	}
	if word := map[string]string{"open": "conversation_opened", "resolved": "conversation_resolved"}[v.status]; word != "" && event == "conversation_status_changed" {
		h.addBot(word, v, v.hook(&h.s.w, h.account()), false)
	}
	h.addBot(event, v, body, false)
}

// message tells of a message, private or not. A bot is told of everything in its inboxes, also of what it wrote itself.
func (h *hookSender) message(event string, v *conversation, m *message) {
	body := m.hook(v, &h.s.w, h.account())
	h.add(event, body)
	h.addInbox(event, v, body, m.id)
	h.addBot(event, v, body, true)
}

// typing names neither account nor inbox beside the conversation.
func (h *hookSender) typing(event string, v *conversation, who object, private bool) {
	body := object{"conversation": v.hook(&h.s.w, h.account()), "user": hooked(who, h.account()), "is_private": private}
	h.add(event, body)
	h.addInbox(event, v, body, 0)
}

func (h *hookSender) contact(event string, k *contact, changed []object) {
	body := k.hook(&h.s.w, h.account())
	if event == "contact_updated" {
		body["changed_attributes"] = changed
	}
	h.add(event, body)
}

// add puts an event before every webhook that subscribed to it.
func (h *hookSender) add(event string, body object) {
	for _, hook := range h.s.w.webhooks {
		if events, _ := hook["subscriptions"].([]string); slices.Contains(events, event) {
			h.tell(delivery{event: event, url: text(hook["url"]), secret: text(hook["secret"]), unsigned: h.s.o.Unsigned}, body)
		}
	}
}

// addInbox tells the address that an inbox of the API channel has of its own.
func (h *hookSender) addInbox(event string, v *conversation, body object, message int64) {
	if in := h.s.w.inboxOf(v.inbox); in["channel_type"] == "Channel::Api" && text(in["webhook_url"]) != "" {
		h.tell(delivery{event: event, url: text(in["webhook_url"]), secret: text(in["secret"]), message: message, unsigned: h.s.o.Unsigned || h.s.o.OnlyAccountSigned}, body)
	}
}

func (h *hookSender) addBot(event string, v *conversation, body object, message bool) {
	bot := byID(h.s.w.bots, h.s.w.inboxBot[v.inbox])
	if bot == nil || text(bot["outgoing_url"]) == "" {
		return
	}
	d := delivery{event: event, url: text(bot["outgoing_url"]), secret: text(bot["secret"]), unsigned: h.s.o.Unsigned || h.s.o.OnlyAccountSigned}
	if message {
		d.talk = v.id
	}
	h.tell(d, body)
}

func (h *hookSender) tell(d delivery, body object) {
	body = maps.Clone(body)
	body["event"] = d.event
	raw, err := json.Marshal(body)
	if err != nil {
		return
	}
	d.fault, _ = h.faults.fire(func(f HookFault) bool { return (f.Event == "" || f.Event == d.event) && (f.To == "" || f.To == d.url) })
	d.body, d.id = raw, rand.Text()
	h.fresh = append(h.fresh, d)
}
