package chatwoot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"
)

const maxControl = 1 << 20

// order is what a control call can carry; each takes what it needs.
type order struct {
	Conversation int64    `json:"conversation_id"`
	Contact      int64    `json:"contact_id"`
	Inbox        int64    `json:"inbox_id"`
	Agent        int64    `json:"agent_id"`
	Name         string   `json:"name"`
	Identifier   string   `json:"identifier"`
	Text         string   `json:"text"`
	Private      bool     `json:"private"`
	Status       string   `json:"status"`
	Labels       []string `json:"labels"`

	Kind      FaultKind `json:"kind"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Skip      int       `json:"skip"`
	Count     int       `json:"count"`
	HTTP      int       `json:"http_status"`
	RetryS    int       `json:"retry_after_s"`
	DelayMS   int       `json:"delay_ms"`
	Event     string    `json:"event"`
	Drop      bool      `json:"drop"`
	Duplicate bool      `json:"duplicate"`
	Hold      bool      `json:"hold"`
	Early     bool      `json:"early"`
}

// addControl serves the state and the orders below /control/.
func (s *Server) addControl(m *http.ServeMux) {
	m.HandleFunc("GET /control/state", func(w http.ResponseWriter, _ *http.Request) { write(w, s.state()) })
	m.HandleFunc("GET /control/requests", func(w http.ResponseWriter, _ *http.Request) { write(w, ok(s.Requests())) })
	for name, do := range s.orders() {
		m.HandleFunc("POST /control/"+name, func(w http.ResponseWriter, r *http.Request) {
			var in order
			if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl)).Decode(&in); err != nil {
				write(w, refuse(http.StatusBadRequest, "send a JSON object: "+err.Error()))
				return
			}
			id, err := do(in)
			if err != nil {
				write(w, refuse(http.StatusBadRequest, err.Error()))
				return
			}
			write(w, ok(object{"id": id}))
		})
	}
}

// state is all that the account holds.
func (s *Server) state() answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	conversations := []object{}
	for _, v := range s.w.conversations {
		one, messages := v.json(&s.w, s.o.Account), []object{}
		for _, m := range v.messages {
			messages = append(messages, m.json(v))
		}
		one["messages"] = messages
		conversations = append(conversations, one)
	}
	contacts := []object{}
	for _, k := range s.w.contacts {
		contacts = append(contacts, k.json(&s.w))
	}
	return ok(object{"conversations": conversations, "contacts": contacts, "inboxes": s.w.inboxes, "agents": s.w.agents, "teams": s.w.teams}).encoded()
}

func (s *Server) orders() map[string]func(order) (int64, error) {
	return map[string]func(order) (int64, error){
		"contact":      func(o order) (int64, error) { return s.AddContact(o.Name, o.Identifier), nil },
		"conversation": func(o order) (int64, error) { return s.StartConversation(o.Contact, o.Inbox) },
		"customer":     func(o order) (int64, error) { return s.CustomerWrites(o.Conversation, o.Text) },
		"agent":        func(o order) (int64, error) { return s.AgentWrites(o.Conversation, o.Agent, o.Text, o.Private) },
		"status":       func(o order) (int64, error) { return o.Conversation, s.AgentSetsStatus(o.Conversation, o.Status) },
		"labels":       func(o order) (int64, error) { return o.Conversation, s.AgentSetsLabels(o.Conversation, o.Labels...) },
		"fault":        s.orderFault,
		"hook-fault": func(o order) (int64, error) {
			s.InjectHook(HookFault{Event: o.Event, Skip: o.Skip, Count: o.Count, Drop: o.Drop, Duplicate: o.Duplicate, Hold: o.Hold, Early: o.Early,
				Delay: time.Duration(o.DelayMS) * time.Millisecond})
			return 0, nil
		},
		"clear-faults": func(order) (int64, error) { s.ClearFaults(); return 0, nil },
	}
}

func (s *Server) orderFault(o order) (int64, error) {
	path, err := regexp.Compile(o.Path)
	if err != nil {
		return 0, fmt.Errorf("path: %w", err)
	}
	switch o.Kind {
	case FaultLimit, FaultError, FaultHTML, FaultSlow, FaultCut, FaultCutOff, FaultHuge, FaultRaw:
	default:
		return 0, fmt.Errorf("kind: %q is none", o.Kind)
	}
	s.Inject(Fault{Kind: o.Kind, Method: o.Method, Path: path, Skip: o.Skip, Count: o.Count, Status: o.HTTP, Body: o.Text,
		RetryAfter: time.Duration(o.RetryS) * time.Second, Delay: time.Duration(o.DelayMS) * time.Millisecond})
	return 0, nil
}
