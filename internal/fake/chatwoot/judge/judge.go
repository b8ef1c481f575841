package judge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"kefu/internal/fake/chatwoot"
)

// specEnv names the document when it is not beside the repository.
const specEnv = "KEFU_CHATWOOT_OPENAPI"

// besideRepository is where the document is looked for from the root, and from above it.
const besideRepository = "../shared/specs/chatwoot/swagger.json"

// ErrNoSpec says that there is no document to judge by.
var ErrNoSpec = errors.New("chatwoot's OpenAPI document was not found; set " + specEnv + " to the path of swagger.json")

// FindSpec is the document's path: KEFU_CHATWOOT_OPENAPI, or the known place beside the repository; else ErrNoSpec.
func FindSpec() (string, error) {
	if p := os.Getenv(specEnv); p != "" {
		return p, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
			continue
		}
		if p := filepath.Join(dir, besideRepository); exists(p) {
			return p, nil
		}
		return "", ErrNoSpec
	}
	return "", ErrNoSpec
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Judge validates requests against one document.
type Judge struct{ router routers.Router }

// Load reads the document; it takes a fraction of a second, so load once.
func Load(path string) (*Judge, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", filepath.Base(path), err)
	}
	doc.Servers = openapi3.Servers{{URL: "/"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route %s: %w", filepath.Base(path), err)
	}
	return &Judge{router: router}, nil
}

// undocumented are requests that Chatwoot's server takes and its document does not have: files, the server's version, what became of a
// message, a message's id and its attributes beside its files, and null for no bot and for no priority. (For the last the document has
// "none", which the server answers with 500.)
func undocumented(q chatwoot.Request) bool {
	switch {
	case strings.HasPrefix(q.Path, "/rails/"), q.Path == "/api", q.Method == http.MethodPatch && strings.Contains(q.Path, "/messages/"):
		return true
	case strings.HasPrefix(q.Header.Get("Content-Type"), "multipart/"):
		return bytes.Contains(q.Body, []byte(`name="source_id"`)) || bytes.Contains(q.Body, []byte(`name="content_attributes"`))
	case strings.HasSuffix(q.Path, "/set_agent_bot"):
		return string(q.Body) == `{"agent_bot":null}`
	case strings.HasSuffix(q.Path, "/toggle_priority"):
		return string(q.Body) == `{"priority":null}`
	}
	return false
}

// Check is nil for a request that the document allows, or of which it does not speak although Chatwoot does.
func (j *Judge) Check(q chatwoot.Request) error {
	if undocumented(q) {
		return nil
	}
	r, err := http.NewRequestWithContext(context.Background(), q.Method, q.Path, bytes.NewReader(q.Body))
	if err != nil {
		return err
	}
	r.URL.RawQuery = q.Query
	if len(q.Body) > 0 {
		r.Header.Set("Content-Type", q.Header.Get("Content-Type"))
	}
	route, params, err := j.router.FindRoute(r)
	if err != nil {
		return fmt.Errorf("%s %s: %w", q.Method, q.Path, err)
	}
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", q.Method, q.Path, err)
	}
	return nil
}
