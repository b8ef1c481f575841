package chatwoot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"time"
)

const maxControl = 1 << 20

// order is what a control call can carry; each takes what it needs.
type order struct {
	Conversation int64             `json:"conversation_id"`
	Contact      int64             `json:"contact_id"`
	Inbox        int64             `json:"inbox_id"`
	Agent        int64             `json:"agent_id"`
	Name         string            `json:"name"`
	Identifier   string            `json:"identifier"`
	Text         string            `json:"text"`
	Private      bool              `json:"private"`
	Status       string            `json:"status"`
	Labels       []string          `json:"labels"`
	Message      int64             `json:"message_id"`
	Priority     string            `json:"priority"`
	Until        int64             `json:"snoozed_until"`
	URL          string            `json:"url"`
	Secret       string            `json:"secret"`
	Value        string            `json:"value"`
	Values       map[string]string `json:"values"`
	Items        []map[string]any  `json:"items"`

	Kind      string `json:"kind"` // of a fault, or of a form's content
	Method    string `json:"method"`
	Path      string `json:"path"`
	Skip      int    `json:"skip"`
	Count     int    `json:"count"`
	HTTP      int    `json:"http_status"`
	RetryS    int    `json:"retry_after_s"`
	DelayMS   int    `json:"delay_ms"`
	Event     string `json:"event"`
	Drop      bool   `json:"drop"`
	Duplicate bool   `json:"duplicate"`
	Hold      bool   `json:"hold"`
	Early     bool   `json:"early"`
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
	return ok(object{"conversations": conversations, "contacts": contacts, "inboxes": s.w.inboxes, "agents": s.w.agents, "teams": s.w.teams,
		"webhooks": s.w.webhooks, "definitions": s.w.definitions}).encoded()
}

// orders are what can be done by hand. An agent who is not named is Agent.
func (s *Server) orders() map[string]func(order) (int64, error) {
	all := s.peopleOrders()
	maps.Copy(all, map[string]func(order) (int64, error){
		"reinstall": func(order) (int64, error) { s.Reinstall(); return 0, nil },
		"webhook":   func(o order) (int64, error) { s.AddWebhook(o.URL, o.Secret); return 0, nil },
		"attribute": func(o order) (int64, error) { s.DefineAttribute("conversation_attribute", o.Name); return 0, nil },
		"fault":     s.orderFault,
		"hook-fault": func(o order) (int64, error) {
			s.InjectHook(HookFault{Event: o.Event, Skip: o.Skip, Count: o.Count, Drop: o.Drop, Duplicate: o.Duplicate, Hold: o.Hold, Early: o.Early,
				Delay: time.Duration(o.DelayMS) * time.Millisecond})
			return 0, nil
		},
		"release-hooks": func(order) (int64, error) { s.ReleaseHooks(); return 0, nil },
		"clear-faults":  func(order) (int64, error) { s.ClearFaults(); return 0, nil },
	})
	return all
}

func (s *Server) peopleOrders() map[string]func(order) (int64, error) {
	by := func(o order) int64 { return cmp.Or(o.Agent, Agent) }
	done := func(do func(o order) error) func(order) (int64, error) {
		return func(o order) (int64, error) { return o.Conversation, do(o) }
	}
	return map[string]func(order) (int64, error){
		"contact":      func(o order) (int64, error) { return s.AddContact(o.Name, o.Identifier), nil },
		"conversation": func(o order) (int64, error) { return s.StartConversation(o.Contact, o.Inbox) },
		"customer":     func(o order) (int64, error) { return s.CustomerWrites(o.Conversation, o.Text) },
		"agent":        func(o order) (int64, error) { return s.AgentWrites(o.Conversation, by(o), o.Text, o.Private) },
		"form": func(o order) (int64, error) {
			return s.SendForm(o.Conversation, by(o), o.Text, cmp.Or(o.Kind, "form"), o.Items...)
		},
		"submit":   done(func(o order) error { return s.CustomerSubmits(o.Conversation, o.Message, o.Values) }),
		"pick":     done(func(o order) error { return s.CustomerPicks(o.Conversation, o.Message, o.Value) }),
		"delete":   done(func(o order) error { return s.DeleteMessage(o.Conversation, o.Message) }),
		"status":   done(func(o order) error { return s.AgentSetsStatus(o.Conversation, o.Status) }),
		"snooze":   done(func(o order) error { return s.Snooze(o.Conversation, by(o), until(o.Until)) }),
		"priority": done(func(o order) error { return s.Priority(o.Conversation, by(o), o.Priority) }),
		"assign":   done(func(o order) error { return s.Assign(o.Conversation, Agent, o.Agent) }),
		"labels":   done(func(o order) error { return s.AgentSetsLabels(o.Conversation, o.Labels...) }),
	}
}

func until(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

func (s *Server) orderFault(o order) (int64, error) {
	path, err := regexp.Compile(o.Path)
	if err != nil {
		return 0, fmt.Errorf("path: %w", err)
	}
	switch FaultKind(o.Kind) {
	case FaultLimit, FaultError, FaultHTML, FaultSlow, FaultCut, FaultLate, FaultCutOff, FaultHuge, FaultRaw:
	default:
		return 0, fmt.Errorf("kind: %q is none", o.Kind)
	}
	s.Inject(Fault{Kind: FaultKind(o.Kind), Method: o.Method, Path: path, Skip: o.Skip, Count: o.Count, Status: o.HTTP, Body: o.Text,
		RetryAfter: time.Duration(o.RetryS) * time.Second, Delay: time.Duration(o.DelayMS) * time.Millisecond})
	return 0, nil
}
