package discord

import (
	"errors"
	"net/http"
	"strings"
)

// handler answers one route. Its effect is complete when it returns.
type handler func(*call) (reply, error)

// route is one line of the route table.
type route struct {
	pattern string // "METHOD /path/{parameter}"
	open    bool   // takes no bot token: the path holds its own
	serve   handler
}

// mux joins the API, the gateway, the CDN and the control page.
func (s *Server) mux() http.Handler {
	api := http.NewServeMux()
	for _, r := range s.routes() {
		api.HandleFunc(r.pattern, s.api(r))
	}
	api.HandleFunc("/", s.api(route{open: true, serve: s.noRoute(api)}))
	m := http.NewServeMux()
	for _, prefix := range []string{"/api/v10", "/api/v9", "/api"} {
		m.Handle(prefix+"/", http.StripPrefix(prefix, api))
	}
	for _, p := range []string{gatewayPath, gatewayPath + "/{$}", resumePath, resumePath + "/{$}"} {
		m.HandleFunc(p, s.serveGateway)
	}
	m.HandleFunc("GET /cdn/", s.serveCDN)
	s.addControl(m)
	return m
}

// noRoute answers 405 for a path that exists with another method, else 404.
func (s *Server) noRoute(api *http.ServeMux) handler {
	return func(c *call) (reply, error) {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			other := c.r.Clone(c.r.Context())
			other.Method = method
			if _, pattern := api.Handler(other); pattern != "/" && pattern != "" {
				return reply{}, errMethod
			}
		}
		return reply{}, errNotFound
	}
}

// api is the way of every REST request: read, fault, judge, record, answer.
func (s *Server) api(rt route) http.HandlerFunc {
	_, template, _ := strings.Cut(rt.pattern, " ")
	return func(w http.ResponseWriter, r *http.Request) {
		c, raw, readErr := readCall(r, s.opt.MaxUpload)
		q := Request{At: s.opt.Now(), Version: version(r), Method: r.Method, Path: r.URL.Path, Route: template, Query: r.URL.RawQuery}
		fault, hit := s.faults.rest(r.Method, r.URL.Path)
		if hit {
			q.Fault = fault.Kind.String()
			if fault.Kind != FaultDelayAfter && s.pause(r.Context(), fault.Delay) != nil {
				s.record(q, c, raw)
				cut(w, false)
				return
			}
		}
		h := http.Header{}
		var a answer
		switch {
		case hit && fault.Kind == FaultResetBefore:
			s.record(q, c, raw)
			cut(w, true)
			return
		case hit && fault.before():
			a = fault.answer(h, r.Method, template)
		default:
			a = s.judge(rt, template, c, readErr, h)
		}
		if hit && fault.after() {
			s.record(q, c, raw)
			cut(w, fault.Kind == FaultResetAfter)
			return
		}
		q.Status = a.status
		s.rec.count(a)
		s.record(q, c, raw)
		if hit && fault.Kind == FaultDelayAfter && s.pause(r.Context(), fault.Delay) != nil {
			cut(w, false)
			return
		}
		a.send(w)
	}
}

// record keeps the request before it is answered, so that whoever has the
// answer finds the record.
func (s *Server) record(q Request, c *call, raw []byte) {
	s.rec.add(q, c, raw)
	s.mu.Lock()
	s.w.announce()
	s.mu.Unlock()
}

// judge checks ban, token and limits, then lets the route answer.
func (s *Server) judge(rt route, template string, c *call, readErr error, h http.Header) answer {
	if s.rec.invalidCount() >= s.opt.InvalidLimit {
		h.Set("Retry-After", "600")
		return htmlAnswer(http.StatusTooManyRequests, h, cloudflarePage)
	}
	if !rt.open && !strings.HasPrefix(c.r.UserAgent(), "DiscordBot (") {
		s.badAgent.Do(func() {
			s.violate("user-agent", "User-Agent "+c.r.UserAgent()+": Discord wants DiscordBot ($url, $version)")
		})
	}
	if !rt.open && c.r.Header.Get("Authorization") != "Bot "+s.opt.Token {
		return errorAnswer(errUnauthorized, h)
	}
	if e := s.limits.take(c.r, template, h); e != nil {
		return errorAnswer(e, h)
	}
	out, err := reply{}, readErr
	if err == nil {
		out, err = rt.serve(c)
	}
	if err == nil {
		return jsonAnswer(out.status, h, out.body)
	}
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		e = &apiError{status: 500, message: "500: " + err.Error()}
	}
	return errorAnswer(e, h)
}

// version is "v10" of /api/v10/…; the prefix is still in RequestURI.
func version(r *http.Request) string {
	rest, ok := strings.CutPrefix(r.RequestURI, "/api/v")
	if !ok {
		return ""
	}
	n, _, _ := strings.Cut(rest, "/")
	return "v" + n
}
