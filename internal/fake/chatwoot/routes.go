package chatwoot

import (
	"net/http"
	"slices"
	"time"
)

// routes are the API below the prefix, the files, and the control page.
func (s *Server) routes() http.Handler {
	api := http.NewServeMux()
	for _, r := range s.table() {
		api.HandleFunc(r.pattern, s.handle(r.who, r.do))
	}
	api.HandleFunc("GET /rails/{name}", s.serveFile)
	api.HandleFunc("GET /api", s.about)
	m := http.NewServeMux()
	s.addControl(m)
	m.Handle(s.o.Prefix+"/", http.StripPrefix(s.o.Prefix, s.record(s.faulty(api))))
	return m
}

// about tells what server it is to whoever asks.
func (s *Server) about(w http.ResponseWriter, _ *http.Request) {
	version := "4.14.2"
	switch {
	case s.o.Unsigned:
		version = "4.11.0"
	case s.o.OnlyAccountSigned:
		version = "4.12.0"
	}
	write(w, ok(object{"version": version, "timestamp": s.o.Now().UTC().Format(time.DateTime), "queue_services": "ok", "data_services": "ok"}))
}

// rights say whose token may ask.
type rights int

const (
	users          rights = iota // agents and administrators
	administrators               // administrators alone
	bots                         // everybody
)

type route struct {
	pattern string
	who     rights
	do      func(*call) answer
}

func (s *Server) table() []route {
	const a, v = "/api/v1/accounts/{account}", "/conversations/{id}"
	return slices.Concat(s.accountTable(a), []route{
		{"POST " + a + "/contacts", users, s.createContact},
		{"GET " + a + "/contacts/search", users, s.searchContacts},
		{"GET " + a + "/contacts/{id}", users, s.showContact},
		{"PUT " + a + "/contacts/{id}", users, s.updateContact},
		{"PATCH " + a + "/contacts/{id}", users, s.updateContact},
		{"GET " + a + "/contacts/{id}/conversations", users, s.listContactConversations},
		{"POST " + a + "/contacts/{id}/contact_inboxes", users, s.createContactInbox},
		{"GET " + a + "/contacts/{id}/contactable_inboxes", users, s.contactableInboxes},

		{"GET " + a + "/conversations", users, s.listConversations},
		{"POST " + a + "/conversations/filter", users, s.filterConversations},
		{"POST " + a + "/conversations", bots, s.createConversation},
		{"GET " + a + v, bots, s.showConversation},
		{"POST " + a + v + "/toggle_status", bots, s.toggleStatus},
		{"POST " + a + v + "/toggle_priority", bots, s.togglePriority},
		{"POST " + a + v + "/toggle_typing_status", bots, s.toggleTyping},
		{"POST " + a + v + "/custom_attributes", bots, s.setCustomAttributes},
		{"POST " + a + v + "/assignments", bots, s.assign},
		{"GET " + a + v + "/labels", bots, s.listLabels},
		{"POST " + a + v + "/labels", bots, s.setLabels},
		{"GET " + a + v + "/messages", users, s.listMessages},
		{"POST " + a + v + "/messages", bots, s.createMessage},
		{"PATCH " + a + v + "/messages/{message}", users, s.updateMessage},
		{"DELETE " + a + v + "/messages/{message}", users, s.deleteMessage},
	})
}

// accountTable is what belongs to the account and not to its customers.
func (s *Server) accountTable(a string) []route {
	return []route{
		{"GET /api/v1/profile", users, s.profile},
		{"GET " + a + "/agents", users, s.listAgents},
		{"GET " + a + "/teams", users, s.listTeams},
		{"GET " + a + "/inboxes", users, s.listInboxes},
		{"GET " + a + "/inboxes/{id}", users, s.showInbox},
		{"GET " + a + "/inboxes/{id}/agent_bot", users, s.showAgentBot},
		{"POST " + a + "/inboxes/{id}/set_agent_bot", administrators, s.setAgentBot},
		{"GET " + a + "/webhooks", administrators, s.listWebhooks},
		{"POST " + a + "/webhooks", administrators, s.createWebhook},
		{"PATCH " + a + "/webhooks/{id}", administrators, s.updateWebhook},
		{"DELETE " + a + "/webhooks/{id}", administrators, s.deleteWebhook},
		{"GET " + a + "/agent_bots", users, s.listBots},
		{"POST " + a + "/agent_bots", administrators, s.createBot},
		{"PATCH " + a + "/agent_bots/{id}", administrators, s.updateBot},
		{"DELETE " + a + "/agent_bots/{id}", administrators, s.deleteBot},
		{"GET " + a + "/custom_attribute_definitions", users, s.listDefinitions},
		{"POST " + a + "/custom_attribute_definitions", administrators, s.createDefinition},
		{"DELETE " + a + "/custom_attribute_definitions/{id}", administrators, s.deleteDefinition},
		{"GET " + a + "/labels", users, s.listTitles},
		{"POST " + a + "/labels", administrators, s.createTitle},
	}
}
