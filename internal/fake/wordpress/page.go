package wordpress

import (
	"embed"
	"html/template"
	"net/http"
	"strconv"
)

//go:embed page.html
var pageFiles embed.FS

// pages are for people: one page that shows the site and does what a customer does.
func (s *Server) pages(mux *http.ServeMux) {
	shown := template.Must(template.ParseFS(pageFiles, "page.html"))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		hook := s.conf.hookURL
		s.mu.Unlock()
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		_ = shown.Execute(w, map[string]any{"Tickets": s.Tickets(), "Hook": hook, "By": []string{ByCustomer, ByAdmin, BySystem}})
	})
	mux.HandleFunc("POST /customer/open", s.person(func(r *http.Request, _ int64) HookResult {
		_, res := s.CustomerOpens(r.Context(), Opening{Title: r.FormValue("title"), Text: r.FormValue("text"), ImageURL: r.FormValue("image_url")})
		return res
	}))
	mux.HandleFunc("POST /customer/write", s.person(func(r *http.Request, id int64) HookResult {
		return s.CustomerSends(r.Context(), id, Writing{Text: r.FormValue("text"), ImageURL: r.FormValue("image_url")})
	}))
	mux.HandleFunc("POST /customer/close", s.person(func(r *http.Request, id int64) HookResult {
		return s.CustomerCloses(r.Context(), id, r.FormValue("by"))
	}))
}

// person carries out a form and shows the site again. What Kefu said to the hook is in the log.
func (s *Server) person(fn func(*http.Request, int64) HookResult) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		id, _ := strconv.ParseInt(r.FormValue("ticket_id"), 10, 64)
		res := fn(r, id)
		s.opt.Log.Info("hook", "path", r.URL.Path, "status", res.Status, "answer", string(res.Body), "err", res.Err)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}
