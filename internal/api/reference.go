package api

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// reference is the page that shows the document, with all that it needs.
//
//go:embed docs
var reference embed.FS

// pagePolicy allows the page what is on this server, and nothing else. Its script writes styles into the page and searches in a worker.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; " +
	"worker-src blob:; child-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// serveDocument serves the API's document and the page that shows it.
func (s *server) serveDocument(mux *http.ServeMux, doc *huma.OpenAPI) {
	s.serveFile(mux, "/openapi.json", "application/openapi+json", doc.MarshalJSON)
	s.serveFile(mux, "/openapi.yaml", "application/openapi+yaml", doc.YAML)
	page := func(name, kind string) {
		s.serveFile(mux, strings.TrimSuffix("/docs/"+name, "/index.html"), kind, func() ([]byte, error) { return fs.ReadFile(reference, "docs/"+name) })
	}
	page("index.html", "text/html; charset=utf-8")
	page("page.css", "text/css; charset=utf-8")
	page("page.js", "text/javascript; charset=utf-8")
	page("redoc.js", "text/javascript; charset=utf-8")
	page("redoc.js.LICENSE.txt", "text/plain; charset=utf-8")
}

// serveFile serves bytes that are made when they are asked for first.
func (s *server) serveFile(mux *http.ServeMux, path, kind string, load func() ([]byte, error)) {
	once := sync.OnceValues(load)
	mux.HandleFunc("GET "+base+path, func(w http.ResponseWriter, r *http.Request) {
		raw, err := once()
		if err != nil {
			s.problem(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("Content-Security-Policy", pagePolicy)
		_, _ = w.Write(raw)
	})
}
