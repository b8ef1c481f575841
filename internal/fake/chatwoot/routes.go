package chatwoot

import "net/http"

// routes are the API below the prefix, the files, and the control page.
func (s *Server) routes() http.Handler {
	api := http.NewServeMux()
	for _, r := range s.table() {
		api.HandleFunc(r.pattern, s.handle(r.bot, r.do))
	}
	api.HandleFunc("GET /rails/{name}", s.serveFile)
	m := http.NewServeMux()
	s.addControl(m)
	m.Handle(s.o.Prefix+"/", http.StripPrefix(s.o.Prefix, s.record(s.faulty(api))))
	return m
}

type route struct {
	pattern string
	bot     bool // a bot's token may
	do      func(*call) answer
}

func (s *Server) table() []route {
	const a, v = "/api/v1/accounts/{account}", "/conversations/{id}"
	return []route{
		{"GET /api/v1/profile", false, s.profile},
		{"GET " + a + "/inboxes", false, s.listInboxes},
		{"POST " + a + "/inboxes/{id}/set_agent_bot", false, s.setAgentBot},
		{"GET " + a + "/webhooks", false, s.listWebhooks},
		{"POST " + a + "/webhooks", false, s.createWebhook},
		{"PATCH " + a + "/webhooks/{id}", false, s.updateWebhook},
		{"DELETE " + a + "/webhooks/{id}", false, s.deleteWebhook},
		{"GET " + a + "/agent_bots", false, s.listBots},
		{"POST " + a + "/agent_bots", false, s.createBot},
		{"PATCH " + a + "/agent_bots/{id}", false, s.updateBot},
		{"DELETE " + a + "/agent_bots/{id}", false, s.deleteBot},

		{"POST " + a + "/contacts", false, s.createContact},
		{"GET " + a + "/contacts/search", false, s.searchContacts},
		{"GET " + a + "/contacts/{id}", false, s.showContact},
		{"PUT " + a + "/contacts/{id}", false, s.updateContact},
		{"PATCH " + a + "/contacts/{id}", false, s.updateContact},
		{"POST " + a + "/contacts/{id}/contact_inboxes", false, s.createContactInbox},
		{"GET " + a + "/contacts/{id}/contactable_inboxes", false, s.contactableInboxes},

		{"GET " + a + "/conversations", false, s.listConversations},
		{"POST " + a + "/conversations/filter", false, s.filterConversations},
		{"POST " + a + "/conversations", true, s.createConversation},
		{"GET " + a + v, true, s.showConversation},
		{"POST " + a + v + "/toggle_status", true, s.toggleStatus},
		{"POST " + a + v + "/toggle_priority", true, s.togglePriority},
		{"POST " + a + v + "/toggle_typing_status", true, s.toggleTyping},
		{"POST " + a + v + "/custom_attributes", true, s.setCustomAttributes},
		{"POST " + a + v + "/assignments", true, s.assign},
		{"GET " + a + v + "/labels", true, s.listLabels},
		{"POST " + a + v + "/labels", true, s.setLabels},
		{"GET " + a + v + "/messages", false, s.listMessages},
		{"POST " + a + v + "/messages", true, s.createMessage},
	}
}
