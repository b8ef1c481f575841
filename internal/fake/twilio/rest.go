package twilio

import (
	"crypto/subtle"
	"net/http"
	"regexp"
	"strings"
)

// handler answers one route. Its effect is complete when it returns.
type handler func(*call) (status int, body any, err error)

// route is one line of the route table.
type route struct {
	pattern string
	serve   handler
}

// sidPattern is what an id looks like; unique names are taken for conversations only.
var sidPattern = regexp.MustCompile(`^[A-Z]{2}[0-9a-fA-F]{32}$`)

// routes is the whole REST surface.
func (s *Server) routes() []route {
	const talk = "/v1/Conversations/{conversation}"
	return []route{
		{"POST /v1/Conversations", s.createConversation},
		{"GET /v1/Conversations", s.listConversations},
		{"GET " + talk, s.readConversation},
		{"POST " + talk, s.updateConversation},
		{"POST " + talk + "/Participants", s.addParticipant},
		{"GET " + talk + "/Participants", s.listParticipants},
		{"DELETE " + talk + "/Participants/{participant}", s.removeParticipant},
		{"POST " + talk + "/Messages", s.createMessage},
		{"GET " + talk + "/Messages", s.listMessages},
		{"GET " + talk + "/Messages/{message}", s.readMessage},
		{"POST " + talk + "/Messages/{message}", s.updateMessage},
		{"DELETE " + talk + "/Messages/{message}", s.deleteMessage},
		{"POST " + talk + "/Webhooks", s.createScopedHook},
		{"GET " + talk + "/Webhooks", s.listScopedHooks},
		{"DELETE " + talk + "/Webhooks/{hook}", s.deleteScopedHook},
		{"GET " + talk + "/Messages/{message}/Receipts", s.listReceipts},
		{"GET /v1/ParticipantConversations", s.listMemberships},
		{"GET /v1/Configuration/Webhooks", s.readHooks},
		{"GET /v1/Services/{service}/Configuration/Webhooks", s.readHooks},
		{"GET /v1/Workspaces/{workspace}/Tasks", s.listTasks},
		{"GET /v2/Flows/{flow}", s.readFlow},
		{"POST /v1/Interactions", s.createInteraction},
		{"GET /v1/Interactions/{interaction}/Channels", s.listChannels},
		{"POST /v1/Interactions/{interaction}/Channels/{channel}", s.updateChannel},
		{"POST /v1/Services/{service}/Media", s.uploadMedia},
		{"GET /v1/Services/{service}/Media/{media}", s.readMedia},
		{"GET /v1/Workspaces/{workspace}", s.readWorkspace},
		{"GET /v1/Workspaces/{workspace}/Workflows/{workflow}", s.readWorkflow},
		{"GET /2010-04-01/Accounts/{account}", s.readAccount},
		{"/", s.noRoute},
	}
}

// mux joins the services, the files and the control calls.
func (s *Server) mux() http.Handler {
	m := http.NewServeMux()
	for _, r := range s.routes() {
		m.HandleFunc(r.pattern, s.api(r.serve))
	}
	m.HandleFunc("GET /media/{media}", s.serveFile)
	s.addControl(m)
	return m
}

// noRoute refuses, and remembers who still calls what Twilio has ended.
func (s *Server) noRoute(c *call) (int, any, error) {
	p := c.r.URL.Path
	for _, dead := range []string{"/v2/", "/v1/Channels", "/v1/FlexFlows", "/v1/WebChannels"} {
		if strings.HasPrefix(p, dead) {
			s.violate(c.r.Method + " " + p + " belongs to a product that Twilio has ended")
		}
	}
	return 0, nil, notFound(p)
}

// api is the way of every REST request: read, fault, serve, record, answer.
func (s *Server) api(serve handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c, readErr := readCall(r, s.opt.MaxMedia+1)
		f, hit := s.faults.rest(r.Method, r.URL.Path)
		q := Request{At: s.opt.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: c.raw}
		if hit {
			q.Fault = f.Kind
		}
		if hit && f.Kind == FaultSlow && s.pause(r.Context(), f.Delay) != nil {
			s.rec.request(q)
			cut(w)
			return
		}
		if hit && f.Kind == FaultReset {
			s.rec.request(q)
			cut(w)
			return
		}
		var a answer
		switch {
		case hit && f.instead():
			a = f.answer()
		case readErr != nil:
			a = failed(readErr)
		default:
			a = s.serve(c, serve)
		}
		s.settle(c)
		if hit && (f.Kind == FaultCut || f.Kind == FaultHold && s.pause(r.Context(), f.Delay) != nil) {
			s.rec.request(q)
			cut(w)
			return
		}
		q.Status = a.status
		s.rec.request(q) // before the answer, so that whoever has the answer finds the record
		a.send(w)
	}
}

// serve checks who calls and lets the route answer.
func (s *Server) serve(c *call, serve handler) answer {
	if !s.admits(c.r) {
		return (&refusal{status: http.StatusUnauthorized, code: 20003, message: "Authenticate"}).answer()
	}
	status, body, err := serve(c)
	if err != nil {
		return failed(err)
	}
	return jsonAnswer(status, body)
}

// admits takes the account with its token, or the key with its secret.
func (s *Server) admits(r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	return same(user, s.opt.Account) && same(password, s.opt.AuthToken) || same(user, s.opt.Key) && same(password, s.opt.KeySecret)
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close() // that is the point
}
