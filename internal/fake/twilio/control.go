package twilio

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// maxControlBody bounds what a control call takes.
const maxControlBody = 1 << 20

// addControl serves what there is at /, and the calls below /control/.
func (s *Server) addControl(m *http.ServeMux) {
	look := map[string]func() any{
		"state":    func() any { return s.state() },
		"requests": func() any { return s.Requests() },
		"hooks":    func() any { return s.SentHooks() },
	}
	for name, show := range look {
		m.HandleFunc("GET /control/"+name, func(w http.ResponseWriter, _ *http.Request) { writeControl(w, show(), nil) })
	}
	for name, do := range s.orders() {
		m.HandleFunc("POST /control/"+name, func(w http.ResponseWriter, r *http.Request) {
			var in order
			if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControlBody)).Decode(&in); err != nil {
				writeControl(w, nil, fmt.Errorf("send a JSON object: %w", err))
				return
			}
			out, err := do(in)
			writeControl(w, out, err)
		})
	}
	m.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		writeControl(w, obj{"GET /control/": sortedNames(look), "POST /control/": sortedNames(s.orders()), "faults": faultKinds()}, nil)
	})
}

func sortedNames[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func writeControl(w http.ResponseWriter, out any, err error) {
	status := http.StatusOK
	if err != nil {
		status, out = http.StatusBadRequest, obj{"error": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(out)) // the reader may be gone
}

func (s *Server) state() any {
	return obj{"conversations": s.Conversations(), "interactions": s.Interactions(), "violations": s.Violations(), "idle": s.Idle()}
}

// order is what a control call can carry; each takes what it needs.
type order struct {
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
	Identity     string `json:"identity"`
	Address      string `json:"address"`
	Proxy        string `json:"proxy"`
	Text         string `json:"text"`

	Kind    FaultKind `json:"kind"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Event   string    `json:"event"`
	Skip    int       `json:"skip"`
	Count   int       `json:"count"`
	Status  int       `json:"status"`
	Code    int       `json:"code"`
	DelayMS int       `json:"delay_ms"`
	RetryMS int       `json:"retry_after_ms"`
}

// orders are the control calls by name.
func (s *Server) orders() map[string]func(order) (any, error) {
	done := func(err error) (any, error) { return obj{"ok": err == nil}, err }
	return map[string]func(order) (any, error){
		"join": func(o order) (any, error) { return done(s.AgentJoins(o.Conversation, o.Identity)) },
		"say": func(o order) (any, error) {
			id, err := s.AgentSays(o.Conversation, o.Identity, o.Text)
			return obj{"message": id}, err
		},
		"edit":  func(o order) (any, error) { return done(s.AgentEdits(o.Conversation, o.Message, o.Text)) },
		"close": func(o order) (any, error) { return done(s.AgentCloses(o.Conversation)) },
		"text": func(o order) (any, error) {
			n, m := s.CustomerTexts(o.Address, o.Proxy, o.Text)
			return obj{"conversation": n, "message": m}, nil
		},
		"fault":        func(o order) (any, error) { return done(s.orderFault(o)) },
		"clear-faults": func(order) (any, error) { s.ClearFaults(); return done(nil) },
	}
}

func (s *Server) orderFault(o order) error {
	if !slices.Contains(faultKinds(), o.Kind) {
		return fmt.Errorf("kind is one of %v", faultKinds())
	}
	path, err := regexp.Compile(o.Path)
	if err != nil {
		return fmt.Errorf("path: %w", err)
	}
	s.Inject(Fault{
		Kind: o.Kind, Method: o.Method, Path: path, Event: o.Event, Skip: o.Skip, Count: o.Count, Status: o.Status, Code: o.Code,
		Delay: time.Duration(o.DelayMS) * time.Millisecond, RetryAfter: time.Duration(o.RetryMS) * time.Millisecond,
	})
	return nil
}
