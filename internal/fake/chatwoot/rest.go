package chatwoot

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds what the server takes: a few files.
const maxBody = 128 << 20

// maxRequests bounds the log, and maxKept what it keeps of one body.
const (
	maxRequests = 1000
	maxKept     = 256 << 10
)

// Request is one that reached the API.
type Request struct {
	Method, Path, Query string
	Header              http.Header
	Body                []byte
	At                  time.Time
}

// Requests are the last requests, oldest first. Path is below the prefix.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ClearRequests empties the log.
func (s *Server) ClearRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// call is one request to the API. The world is locked while it is handled.
type call struct {
	*http.Request
	s    *Server
	body []byte
	in   object
	user object // the agent whose token it is; nil for the bot
	bot  bool
}

// by is the name of who asks.
func (c *call) by() string {
	if name, isText := c.user["name"].(string); isText {
		return name
	}
	return "bot"
}

// who is who asks, as a sender of messages.
func (c *call) who() object {
	if c.bot {
		return object{"id": int64(1), "name": "bot", "type": "agent_bot"}
	}
	return c.user
}

// answer is what a handler gives.
type answer struct {
	status int
	body   any
}

func ok(body any) answer { return answer{http.StatusOK, body} }

func refuse(status int, words string) answer { return answer{status, object{"error": words}} }

func invalid(words string) answer {
	return answer{http.StatusUnprocessableEntity, object{"message": words, "attributes": []string{}}}
}

func notFound() answer { return refuse(http.StatusNotFound, "Resource could not be found") }

// broken is what comes of a word that one of Chatwoot's lists does not have: nobody catches the error.
func broken() answer {
	return answer{http.StatusInternalServerError, object{"status": 500, "error": "Internal Server Error"}}
}

// record keeps a request for Requests.
func (s *Server) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, "Request Entity Too Large", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.mu.Lock()
		s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), bytes.Clone(body[:min(len(body), maxKept)]), s.o.Now()})
		s.requests = s.requests[max(0, len(s.requests)-maxRequests):]
		s.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// refused says why somebody may not ask this; a bot may only do what is marked.
func (s *Server) refused(c *call, who rights) string {
	token := c.Header.Get("Api_access_token")
	s.mu.Lock()
	switch token {
	case s.o.Token:
		c.user = byID(s.w.agents, Agent)
	case s.o.AgentToken:
		c.user = byID(s.w.agents, Agent2)
	case s.o.BotToken:
		c.bot = true
	}
	s.mu.Unlock()
	switch account := c.PathValue("account"); {
	case c.user == nil && !c.bot:
		return "Invalid Access Token"
	case c.bot && who != bots:
		return "Access to this endpoint is not authorized for bots"
	case account != "" && account != strconv.FormatInt(s.o.Account, 10):
		return "You are not authorized to access this account"
	case who == administrators && c.user["role"] != "administrator":
		return "You are not authorized to do this action"
	}
	return ""
}

// handle makes a handler: it asks for the token, reads the body, and locks the world.
func (s *Server) handle(who rights, do func(*call) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{Request: r, s: s}
		if words := s.refused(c, who); words != "" {
			write(w, refuse(http.StatusUnauthorized, words))
			return
		}
		var err error
		if c.body, err = io.ReadAll(r.Body); err != nil {
			return
		}
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") && len(c.body) > 0 && json.Unmarshal(c.body, &c.in) != nil {
			write(w, refuse(http.StatusBadRequest, "There was a problem in the JSON you submitted"))
			return
		}
		s.mu.Lock()
		out := do(c).encoded() // while nobody changes what it shows
		pending := s.hooks.take()
		s.mu.Unlock()
		early, late := split(pending)
		s.hooks.deliver(early)
		write(w, out)
		s.hooks.send(late)
	}
}

// encoded is the answer with its body as bytes.
func (a answer) encoded() answer {
	switch a.body.(type) {
	case empty, json.RawMessage:
		return a
	}
	raw, err := json.Marshal(a.body)
	if err != nil {
		return answer{http.StatusInternalServerError, empty{}}
	}
	a.body = json.RawMessage(raw)
	return a
}

func write(w http.ResponseWriter, a answer) {
	raw, some := a.encoded().body.(json.RawMessage)
	if !some || a.status == http.StatusNoContent {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(a.status)
	_, _ = w.Write(raw) // the client may be gone
}

// empty is an answer's body that is not there; nil is the word null.
type empty struct{}

const maxInt = 1 << 53 // of a JSON number that is whole

// id is the number in the path; -1 is none.
func (c *call) id() int64 {
	n, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// number reads a member that is a number, or a text of digits.
func (c *call) number(name string) int64 { return number(c.in[name]) }

func number(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case float64:
		if v > -maxInt && v < maxInt {
			return int64(v)
		}
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		if err == nil {
			return n
		}
	}
	return 0
}

func (c *call) text(name string) string {
	v, _ := c.in[name].(string)
	return v
}

func (c *call) object(name string) object {
	v, _ := c.in[name].(object)
	if v == nil {
		v = object{}
	}
	return v
}
