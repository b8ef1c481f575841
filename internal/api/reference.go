package api

import "net/http"

// serveDocument serves the API's document and the page that shows it.
func (s *server) serveDocument(mux *http.ServeMux) {
	serve := func(path, kind string, asYAML bool) {
		mux.HandleFunc("GET "+base+path, func(w http.ResponseWriter, r *http.Request) {
			raw, err := Document(s.PublicURL, asYAML)
			if err != nil {
				s.problem(w, r, err)
				return
			}
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(raw)
		})
	}
	serve("/openapi.json", "application/openapi+json", false)
	serve("/openapi.yaml", "application/openapi+yaml", true)
}
