package chatwoot

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
)

func (s *Server) profile(c *call) answer {
	me := c.user
	return ok(object{"id": me["id"], "name": me["name"], "email": me["email"], "access_token": c.Header.Get("Api_access_token"), "role": me["role"],
		"accounts": []object{{"id": s.o.Account, "name": "Fake", "role": me["role"], "status": "active"}}})
}

func (s *Server) listInboxes(*call) answer { return ok(object{"payload": s.w.inboxes}) }

func (s *Server) showInbox(c *call) answer {
	if in := s.w.inboxOf(c.id()); in != nil {
		return ok(in)
	}
	return notFound()
}

func (s *Server) listAgents(*call) answer { return ok(s.w.agents) }

func (s *Server) listTeams(*call) answer { return ok(s.w.teams) }

func newSecret() string { return rand.Text() }

// signsForBots tells a server since 4.13.
func (s *Server) signsForBots() bool { return !s.o.Unsigned && !s.o.OnlyAccountSigned }

func (s *Server) showAgentBot(c *call) answer {
	if s.w.inboxOf(c.id()) == nil {
		return notFound()
	}
	bot := byID(s.w.bots, s.w.inboxBot[c.id()])
	if bot == nil {
		bot = object{}
	}
	return ok(object{"agent_bot": bot})
}

func (s *Server) setAgentBot(c *call) answer {
	inbox, bot := c.id(), c.number("agent_bot")
	if s.w.inboxOf(inbox) == nil || c.in["agent_bot"] != nil && byID(s.w.bots, bot) == nil { // 0 is a bot that is not there
		return notFound()
	}
	s.w.inboxBot[inbox] = bot
	return answer{http.StatusNoContent, nil}
}

// subscribable are the events that a webhook can have.
var subscribable = []string{"conversation_created", "conversation_status_changed", "conversation_updated", "message_created", "message_updated",
	"contact_created", "contact_updated", "inbox_created", "inbox_updated", "webwidget_triggered", "conversation_typing_on", "conversation_typing_off"}

func (s *Server) listWebhooks(*call) answer {
	return ok(object{"payload": object{"webhooks": append([]object{}, s.w.webhooks...)}})
}

func (s *Server) createWebhook(c *call) answer {
	hook := object{"id": s.w.next(), "account_id": s.o.Account, "url": "", "name": nil, "subscriptions": []string{}}
	if !s.o.Unsigned {
		hook["secret"] = newSecret()
	}
	if words := s.fillWebhook(c, hook); words != "" {
		return invalid(words)
	}
	s.w.webhooks = append(s.w.webhooks, hook)
	return ok(object{"payload": object{"webhook": hook}})
}

func (s *Server) updateWebhook(c *call) answer {
	hook := byID(s.w.webhooks, c.id())
	if hook == nil {
		return notFound()
	}
	if words := s.fillWebhook(c, hook); words != "" {
		return invalid(words)
	}
	return ok(object{"payload": object{"webhook": hook}})
}

func (s *Server) fillWebhook(c *call, hook object) string {
	if address, given := c.in["url"]; given {
		u, err := url.Parse(text(address))
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return "Url is invalid"
		}
		if slices.ContainsFunc(s.w.webhooks, func(o object) bool { return o["id"] != hook["id"] && o["url"] == address }) {
			return "Url has already been taken"
		}
		hook["url"] = text(address)
	}
	if hook["url"] == "" {
		return "Url is invalid"
	}
	if name, given := c.in["name"]; given {
		hook["name"] = name
	}
	list, given := c.in["subscriptions"].([]any)
	if have, _ := hook["subscriptions"].([]string); !given && len(have) > 0 {
		return ""
	}
	if len(list) == 0 {
		return "Subscriptions Invalid events"
	}
	events := []string{}
	for _, x := range list {
		if !slices.Contains(subscribable, text(x)) {
			return "Subscriptions Invalid events"
		}
		events = append(events, text(x))
	}
	hook["subscriptions"] = events
	return ""
}

func (s *Server) deleteWebhook(c *call) answer {
	n := len(s.w.webhooks)
	s.w.webhooks = slices.DeleteFunc(s.w.webhooks, func(o object) bool { return o["id"] == c.id() })
	if len(s.w.webhooks) == n {
		return notFound()
	}
	return answer{http.StatusOK, empty{}}
}

func (s *Server) listBots(*call) answer { return ok(append([]object{}, s.w.bots...)) }

func (s *Server) createBot(c *call) answer {
	if c.text("name") == "" {
		return invalid("Name can't be blank")
	}
	bot := object{"id": s.w.next(), "account_id": s.o.Account, "bot_type": "webhook", "bot_config": object{}, "access_token": s.o.BotToken, "system_bot": false}
	if s.signsForBots() {
		bot["secret"] = newSecret()
	}
	fillBot(c, bot)
	s.w.bots = append(s.w.bots, bot)
	return ok(bot)
}

func fillBot(c *call, bot object) {
	for _, name := range []string{"name", "description", "outgoing_url"} {
		if v, given := c.in[name]; given {
			bot[name] = v
		}
	}
}

func (s *Server) updateBot(c *call) answer {
	bot := byID(s.w.bots, c.id())
	if bot == nil {
		return notFound()
	}
	fillBot(c, bot)
	return ok(bot)
}

func (s *Server) deleteBot(c *call) answer {
	n := len(s.w.bots)
	s.w.bots = slices.DeleteFunc(s.w.bots, func(o object) bool { return o["id"] == c.id() })
	if len(s.w.bots) == n {
		return notFound()
	}
	return answer{http.StatusOK, empty{}}
}
