package discord

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"
)

//go:embed control.html
var controlPage []byte

// maxControlBody bounds what the control page takes.
const maxControlBody = 1 << 20

// addControl serves the page at / and its JSON calls below /control/.
func (s *Server) addControl(m *http.ServeMux) {
	m.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(controlPage)
	})
	m.HandleFunc("GET /control/state", func(w http.ResponseWriter, _ *http.Request) { writeControl(w, s.state(), nil) })
	m.HandleFunc("GET /control/requests", func(w http.ResponseWriter, _ *http.Request) { writeControl(w, s.Requests(), nil) })
	m.HandleFunc("GET /control/ledger", func(w http.ResponseWriter, _ *http.Request) { writeControl(w, s.Ledger(), nil) })
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
}

func writeControl(w http.ResponseWriter, out any, err error) {
	status := http.StatusOK
	if err != nil {
		status, out = http.StatusBadRequest, map[string]string{"error": err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(out)) // the reader may be gone
}

// state is everything the page shows.
func (s *Server) state() map[string]any {
	messages := map[string][]Message{}
	for _, c := range s.Channels() {
		messages[c.ID] = s.Messages(c.ID)
	}
	return map[string]any{
		"guild_id": s.GuildID(), "application_id": s.ApplicationID(), "api_url": s.APIURL(),
		"channels": s.Channels(), "messages": messages, "members": s.Members(), "commands": s.Commands(),
		"connections": s.Connections(), "violations": s.Violations(), "interactions": s.answers(),
		"faults": faultNames, "gateway_faults": gatewayFaultNames,
	}
}

// shownInteraction is an interaction with its outcome.
type shownInteraction struct {
	*Interaction
	Outcome Outcome
}

func (s *Server) answers() []shownInteraction {
	list := s.Interactions()
	out := make([]shownInteraction, 0, len(list))
	for _, i := range list[max(0, len(list)-50):] {
		out = append(out, shownInteraction{i, i.Outcome()})
	}
	return out
}

// order is what a control call can carry; each takes what it needs.
type order struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Channel     string            `json:"channel_id"`
	Message     string            `json:"message_id"`
	Member      string            `json:"member_id"`
	Interaction string            `json:"interaction_id"`
	Text        string            `json:"text"`
	Roles       []string          `json:"roles"`
	Permissions Permissions       `json:"permissions"`
	Options     map[string]any    `json:"options"`
	Values      map[string]string `json:"values"`
	Choices     []string          `json:"choices"`
	Closed      bool              `json:"closed"`

	Method     string `json:"method"`
	Path       string `json:"path"`
	Skip       int    `json:"skip"`
	Count      int    `json:"count"`
	Status     int    `json:"status"`
	Code       int    `json:"code"`
	DelayMS    int    `json:"delay_ms"`
	RetryMS    int    `json:"retry_after_ms"`
	Resumable  bool   `json:"resumable"`
	EventType  string `json:"event"`
	ErrMessage string `json:"message"`
}

// orders are the control calls by name.
func (s *Server) orders() map[string]func(order) (any, error) {
	done := func(err error) (any, error) { return map[string]bool{"ok": err == nil}, err }
	return map[string]func(order) (any, error){
		"role":           func(o order) (any, error) { return s.AddRole(o.Name, o.Permissions), nil },
		"member":         func(o order) (any, error) { return s.joined(o), nil },
		"remove-member":  func(o order) (any, error) { return done(s.RemoveMember(o.Member)) },
		"dm":             func(o order) (any, error) { return s.DM(o.Member) },
		"dm-closed":      func(o order) (any, error) { return done(s.SetDMClosed(o.Member, o.Closed)) },
		"say":            func(o order) (any, error) { return s.Say(o.Channel, o.Member, o.Text) },
		"edit":           func(o order) (any, error) { return s.Edit(o.Message, o.Text) },
		"delete-message": func(o order) (any, error) { return done(s.DeleteMessage(o.Message)) },
		"delete-channel": func(o order) (any, error) { return done(s.DeleteChannel(o.Channel)) },
		"react":          func(o order) (any, error) { return done(s.React(o.Message, o.Member, o.Text)) },
		"press":          func(o order) (any, error) { return s.Press(o.Message, o.ID, o.Member) },
		"select":         func(o order) (any, error) { return s.Select(o.Message, o.ID, o.Member, o.Choices...) },
		"slash":          func(o order) (any, error) { return s.Slash(o.Channel, o.Member, o.Name, whole(o.Options)) },
		"modal":          s.orderModal,
		"fault":          func(o order) (any, error) { return done(s.orderFault(o)) },
		"gateway-fault":  func(o order) (any, error) { return done(s.orderGatewayFault(o)) },
		"clear-faults":   func(order) (any, error) { s.ClearFaults(); return done(nil) },
		"reconnect":      func(order) (any, error) { s.SendReconnect(); return done(nil) },
		"invalid":        func(o order) (any, error) { s.SendInvalidSession(o.Resumable); return done(nil) },
		"close-gateway":  func(o order) (any, error) { s.CloseGateway(o.Code); return done(nil) },
	}
}

// joined adds a member, whose id the wire form of a member only has inside.
func (s *Server) joined(o order) map[string]any {
	m := s.AddMember(o.Name, o.Roles...)
	return map[string]any{"id": m.ID, "member": m}
}

// whole turns JSON's floats without a fraction into the ints that Slash takes.
func whole(in map[string]any) map[string]any {
	for k, v := range in {
		if n, isNumber := v.(float64); isNumber && n == float64(int(n)) {
			in[k] = int(n)
		}
	}
	return in
}

func (s *Server) orderModal(o order) (any, error) {
	list := s.Interactions()
	at := slices.IndexFunc(list, func(i *Interaction) bool { return i.ID == o.Interaction })
	if at < 0 {
		return nil, errors.New("no such interaction; /control/state lists them")
	}
	return s.SubmitModal(list[at], o.Values)
}

func (s *Server) orderFault(o order) error {
	kind := slices.Index(faultNames, o.Name)
	if kind < 0 {
		return fmt.Errorf("name one of %v", faultNames)
	}
	path, err := regexp.Compile(o.Path)
	if err != nil {
		return fmt.Errorf("path: %w", err)
	}
	s.Inject(Fault{
		Kind: FaultKind(kind), Method: o.Method, Path: path, Skip: o.Skip, Count: o.Count, Status: o.Status, Code: o.Code,
		Message: o.ErrMessage, Delay: time.Duration(o.DelayMS) * time.Millisecond, RetryAfter: time.Duration(o.RetryMS) * time.Millisecond,
	})
	return nil
}

func (s *Server) orderGatewayFault(o order) error {
	kind := slices.Index(gatewayFaultNames, o.Name)
	if kind < 0 {
		return fmt.Errorf("name one of %v", gatewayFaultNames)
	}
	s.InjectGateway(GatewayFault{Kind: GatewayFaultKind(kind), Count: o.Count, Resumable: o.Resumable, Code: o.Code,
		Event: o.EventType, Delay: time.Duration(o.DelayMS) * time.Millisecond})
	return nil
}
