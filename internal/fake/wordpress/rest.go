package wordpress

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	namespace = "/wp-json/dragonshop/v1"
	maxBody   = 1 << 20
)

// answer is what a route answers.
type answer struct {
	status int
	body   any
	order  *order // answered as it is
	echo   *push  // pushed once the answer is given
}

// call is a request that passed authentication.
type call struct {
	r    *http.Request
	body []byte
	lost bool // the answer will not reach the caller
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/wp-json/", s.rest("", http.MethodGet, true, s.noRoute))
	mux.HandleFunc("/wp-json/{$}", s.rest(RouteIndex, http.MethodGet, true, s.root))
	mux.HandleFunc(namespace, s.rest(RouteIndex, http.MethodGet, true, s.index))
	mux.HandleFunc(namespace+"/"+RouteUpdate, s.rest(RouteUpdate, http.MethodPost, false, s.update))
	mux.HandleFunc(namespace+"/"+RouteClose, s.rest(RouteClose, http.MethodPost, false, s.close))
	mux.HandleFunc(namespace+"/"+RouteGet, s.rest(RouteGet, http.MethodGet, false, s.get))
	mux.HandleFunc(namespace+"/"+RouteChannelName, s.rest(RouteChannelName, http.MethodGet, false, s.channelName))
	mux.HandleFunc(namespace+"/"+RouteOrder, s.rest(RouteOrder, http.MethodGet, false, s.order))
	mux.HandleFunc("/wp-json/wp/v2/users/me", s.rest(RouteMe, http.MethodGet, false, s.me))
	s.pages(mux)
	return mux
}

// rest wraps a route in what every REST request of WordPress goes through: faults, the password, the method.
func (s *Server) rest(route, method string, public bool, fn func(call) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			writeJSON(w, http.StatusRequestEntityTooLarge, wpError("rest_too_large", "The body is too large.", http.StatusRequestEntityTooLarge), false)
			return
		}
		s.mu.Lock()
		s.site.requests[route]++
		f := next(&s.faults, route)
		c := s.conf
		s.mu.Unlock()
		wait := s.waiter(r)
		if f != nil && (f.Kind != FaultDelayAfter && !wait(f.Delay) || f.before(w)) {
			return
		}
		a := s.authorised(c, r, method, public, func() answer { return fn(call{r: r, body: body, lost: f != nil && f.Kind > FaultDelayAfter}) })
		if f == nil || !f.after(w, wait) {
			a.write(w, c.escape)
		}
		if a.echo != nil {
			s.spawn(func() { s.deliver(s.ctx, *a.echo) })
		}
	}
}

func (s *Server) authorised(c conf, r *http.Request, method string, public bool, fn func() answer) answer {
	user, password, given := r.BasicAuth()
	switch {
	case given && !c.admits(user, password):
		return refused("incorrect_password", "The provided password is an invalid application password.", http.StatusUnauthorized)
	case r.Method != method && !(method == http.MethodGet && r.Method == http.MethodHead):
		return s.noRoute(call{})
	case !given && !public && strings.HasSuffix(r.URL.Path, RouteMe):
		return refused("rest_not_logged_in", "You are not currently logged in.", http.StatusUnauthorized)
	case !given && !public:
		return refused("rest_forbidden", "Sorry, you are not allowed to do that.", http.StatusUnauthorized)
	}
	return fn()
}

// admits compares as WordPress does: only letters and digits of an application password count.
func (c conf) admits(user, password string) bool {
	return user == c.user && bare(password) == bare(c.password)
}

func bare(password string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, password)
}

func (a answer) write(w http.ResponseWriter, escape bool) {
	if o := a.order; o != nil && o.raw {
		w.Header().Set("Content-Type", o.contentType)
		w.WriteHeader(o.status)
		_, _ = io.WriteString(w, o.body)
		return
	}
	writeJSON(w, a.status, a.body, escape)
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func refused(code, message string, status int) answer {
	return answer{status: status, body: wpError(code, message, status)}
}

func (s *Server) noRoute(call) answer {
	return refused("rest_no_route", "No route was found matching the URL and request method.", http.StatusNotFound)
}

func (s *Server) root(call) answer {
	return ok(map[string]any{"name": "Dragon Shop", "url": s.URL(), "namespaces": []string{"oembed/1.0", "dragonshop/v1", "wp/v2"}})
}

func (s *Server) index(call) answer {
	routes := map[string]any{}
	for route, method := range map[string]string{RouteUpdate: "POST", RouteClose: "POST", RouteGet: "GET", RouteChannelName: "GET", RouteOrder: "GET"} {
		routes["/dragonshop/v1/"+route] = map[string]any{"namespace": "dragonshop/v1", "methods": []string{method}}
	}
	body := map[string]any{"namespace": "dragonshop/v1", "routes": routes}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conf.plugin {
		body["kefu"] = 1
	}
	return ok(body)
}

func (s *Server) me(call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ok(map[string]any{"id": 7, "name": s.conf.user, "slug": s.conf.user})
}

// posted are the members of a POST that the routes know.
type posted struct {
	TicketID json.RawMessage `json:"ticket_id"`
	Sender   *string         `json:"sender"`
	Message  *string         `json:"message"`
	ImageURL string          `json:"image_url"`
	ClosedBy string          `json:"closed_by"`
}

func (c call) posted(need ...string) (posted, int64, *answer) {
	var p posted
	if err := json.Unmarshal(c.body, &p); err != nil {
		a := refused("rest_invalid_json", "Invalid JSON body passed.", http.StatusBadRequest)
		return p, 0, &a
	}
	given := map[string]bool{"ticket_id": len(p.TicketID) > 0, "sender": p.Sender != nil, "message": p.Message != nil}
	var absent []string
	for _, name := range need {
		if !given[name] {
			absent = append(absent, name)
		}
	}
	if len(absent) > 0 {
		return p, 0, &answer{status: http.StatusBadRequest, body: missing(absent)}
	}
	id, err := strconv.ParseInt(strings.Trim(string(p.TicketID), `"`), 10, 64)
	if err != nil {
		a := refused("rest_invalid_param", "Invalid parameter(s): ticket_id", http.StatusBadRequest)
		return p, 0, &a
	}
	return p, id, nil
}

func notFound() answer { return refused("ticket_not_found", "Ticket not found.", http.StatusNotFound) }

func (s *Server) update(c call) answer {
	p, id, bad := c.posted("ticket_id", "sender", "message")
	if bad != nil {
		return *bad
	}
	a := notFound()
	s.change(func() {
		t, found := s.site.tickets[id]
		if !found {
			return
		}
		if len(t.Messages) >= s.opt.MaxMessages {
			a = refused("ticket_full", "The ticket holds too many messages.", http.StatusInsufficientStorage)
			return
		}
		m := s.add(t, Message{Sender: *p.Sender, Text: *p.Message, ImageURL: p.ImageURL, Reply: true})
		s.record(Post{At: m.At, Route: RouteUpdate, TicketID: id, Sender: m.Sender, Message: m.Text, Body: c.body, Answered: !c.lost})
		a = ok(map[string]any{"success": true, "ticket_id": id, "message_id": m.ID})
		if s.conf.echo {
			a.echo = s.updateHook(t, m)
		}
	})
	return a
}

func (s *Server) close(c call) answer {
	p, id, bad := c.posted("ticket_id")
	if bad != nil {
		return *bad
	}
	a := notFound()
	s.change(func() {
		t, found := s.site.tickets[id]
		switch {
		case !found:
			return
		case t.Status == "closed":
			a = refused("ticket_already_closed", "Ticket is already closed.", http.StatusConflict)
			return
		}
		t.Status, t.ClosedBy = "closed", cmp.Or(p.ClosedBy, "網站/管理端")
		s.record(Post{At: s.opt.Now(), Route: RouteClose, TicketID: id, Body: c.body, Answered: !c.lost})
		a = ok(map[string]any{"success": true, "ticket_id": id, "status": "closed"})
		if s.conf.echo {
			a.echo = s.closeHook(t)
		}
	})
	return a
}

// queried finds the ticket that a GET asks for and reads it under the lock.
func (s *Server) queried(c call, read func(*Ticket) answer) answer {
	text := c.r.URL.Query().Get("ticket_id")
	if text == "" {
		return answer{status: http.StatusBadRequest, body: missing([]string{"ticket_id"})}
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return refused("rest_invalid_param", "Invalid parameter(s): ticket_id", http.StatusBadRequest)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, found := s.site.tickets[id]; found {
		return read(t)
	}
	return notFound()
}

// siteZone is the site's time zone: WordPress writes local time without one.
func siteZone() *time.Location { return time.FixedZone("CST", 8*60*60) }

func (s *Server) get(c call) answer {
	return s.queried(c, func(t *Ticket) answer {
		messages := make([]map[string]any, 0, len(t.Messages))
		for _, m := range t.Messages {
			messages = append(messages, map[string]any{
				"id": m.ID, "sender": m.Sender, "message": m.Text, "image_url": orNull(m.ImageURL),
				"created_at": m.At.In(siteZone()).Format(time.DateTime),
			})
		}
		return ok(map[string]any{"ticket_id": t.ID, "title": t.Title, "status": t.Status, "channel_name": t.ChannelName, "messages": messages})
	})
}

func (s *Server) channelName(c call) answer {
	return s.queried(c, func(t *Ticket) answer { return ok(map[string]string{"channel_name": t.ChannelName}) })
}

func (s *Server) order(c call) answer {
	return s.queried(c, func(t *Ticket) answer {
		o, found := s.site.orders[t.ID]
		if !found {
			return refused("order_not_found", "No order belongs to this ticket.", http.StatusNotFound)
		}
		return answer{status: http.StatusOK, body: o.value, order: &o}
	})
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
