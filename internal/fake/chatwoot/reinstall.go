package chatwoot

import "slices"

// Reinstall begins a new world under the old address, inboxes, agents and tokens: ids begin anew, so that an old id names something else
// or nothing. Contacts, conversations, webhooks, bots, labels and the definitions of custom attributes are gone.
func (s *Server) Reinstall() {
	_ = s.act(func() error {
		fresh := newWorld()
		fresh.inboxes = s.w.inboxes
		s.w = fresh
		return nil
	})
}

// Forget removes a conversation as an administrator does: its number is not given out again.
func (s *Server) Forget(conversationID int64) error {
	return s.within(conversationID, func(v *conversation) {
		s.w.conversations = slices.DeleteFunc(s.w.conversations, func(x *conversation) bool { return x == v })
	})
}

// AddInbox makes an inbox with the type of another, as "the same number in two inboxes" needs it, and gives its id.
func (s *Server) AddInbox(name, channelType string) (id int64) {
	_ = s.act(func() error {
		id = 1
		for _, in := range s.w.inboxes {
			id = max(id, number(in["id"])+1)
		}
		s.w.inboxes = append(s.w.inboxes, object{"id": id, "name": name, "channel_type": channelType, "channel_id": id, "avatar_url": "", "webhook_url": ""})
		return nil
	})
	return id
}

// SetInboxWebhook gives an inbox of the API channel an address of its own, which is told beside the account's webhooks.
func (s *Server) SetInboxWebhook(inbox int64, url, secret string) {
	_ = s.act(func() error {
		if in := s.w.inboxOf(inbox); in != nil {
			in["webhook_url"], in["secret"] = url, secret
		}
		return nil
	})
}

// AddWebhook makes a webhook as an administrator does in the settings; without events it has all. An empty secret is made up; the secret
// is given.
func (s *Server) AddWebhook(url, secret string, events ...string) string {
	_ = s.act(func() error {
		if secret == "" {
			secret = newSecret()
		}
		if len(events) == 0 {
			events = subscribable
		}
		hook := object{"id": s.w.next(), "account_id": s.o.Account, "url": url, "name": "Kefu", "subscriptions": slices.Clone(events)}
		if !s.o.Unsigned {
			hook["secret"] = secret
		}
		s.w.webhooks = append(s.w.webhooks, hook)
		return nil
	})
	return secret
}

// AddBot makes an agent bot that has the inboxes' new conversations first, and gives its secret.
func (s *Server) AddBot(outgoingURL string, inboxes ...int64) string {
	secret := newSecret()
	_ = s.act(func() error {
		bot := object{"id": s.w.next(), "account_id": s.o.Account, "name": "Kefu", "description": "", "outgoing_url": outgoingURL, "bot_type": "webhook",
			"bot_config": object{}, "access_token": s.o.BotToken, "system_bot": false}
		if s.signsForBots() {
			bot["secret"] = secret
		}
		s.w.bots = append(s.w.bots, bot)
		for _, in := range inboxes {
			s.w.inboxBot[in] = number(bot["id"])
		}
		return nil
	})
	return secret
}

// DefineAttribute defines a custom attribute of conversations or contacts ("conversation_attribute", "contact_attribute"): without it
// no filter finds it.
func (s *Server) DefineAttribute(model, key string) {
	_ = s.act(func() error {
		s.w.definitions = append(s.w.definitions, object{"id": s.w.next(), "attribute_display_name": key, "attribute_display_type": "text",
			"attribute_description": "", "attribute_key": key, "attribute_model": model, "attribute_values": []string{}})
		return nil
	})
}
