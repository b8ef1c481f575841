package judge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"kefu/internal/fake/discord"
)

// specEnv names the document when it is not beside the repository.
const specEnv = "KEFU_DISCORD_OPENAPI"

// besideRepository is where the document is looked for from the root.
const besideRepository = "../shared/specs/discord/openapi.json"

// base is the server that requests are judged against.
const base = "/api/v10"

// ErrNoSpec says that there is no document to judge by.
var ErrNoSpec = errors.New("discord's OpenAPI document was not found; set " + specEnv + " to the path of openapi.json")

// FindSpec is the document's path: KEFU_DISCORD_OPENAPI, or the known place
// beside the repository that the working directory is in; else ErrNoSpec.
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
		p := filepath.Join(dir, besideRepository)
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
		return "", ErrNoSpec
	}
	return "", ErrNoSpec
}

// Judge validates requests against one document.
type Judge struct{ router routers.Router }

// Finding is a request that the document does not allow.
type Finding struct {
	Request discord.Request
	Err     error
}

func (f Finding) String() string {
	return fmt.Sprintf("%s %s: %v", f.Request.Method, f.Request.Path, f.Err)
}

// Load reads the document; it takes a fraction of a second, so load once.
func Load(path string) (*Judge, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", filepath.Base(path), err)
	}
	doc.Servers = openapi3.Servers{{URL: base}}
	allowBitStrings(doc)
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route %s: %w", filepath.Base(path), err)
	}
	return &Judge{router: router}, nil
}

// allowBitStrings lets permission bits be the strings that Discord documents.
func allowBitStrings(doc *openapi3.T) {
	either := &openapi3.Types{"string", "integer", "null"}
	soften := func(ref *openapi3.SchemaRef) {
		for _, name := range []string{"allow", "deny"} {
			if p := ref.Value.Properties[name]; p != nil {
				p.Value.Type = either
			}
		}
	}
	if ref := doc.Components.Schemas["ChannelPermissionOverwriteRequest"]; ref != nil {
		soften(ref)
	}
	item := doc.Paths.Value("/channels/{channel_id}/permissions/{overwrite_id}")
	if item != nil && item.Put != nil && item.Put.RequestBody != nil {
		if media := item.Put.RequestBody.Value.Content.Get("application/json"); media != nil {
			soften(media.Schema)
		}
	}
}

// Check is nil for a request that the document allows.
func (j *Judge) Check(q discord.Request) error {
	body := q.Body
	if q.PayloadJSON != nil {
		body = q.PayloadJSON
	}
	r, err := http.NewRequestWithContext(context.Background(), q.Method, base+q.Path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.URL.RawQuery = q.Query
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	route, params, err := j.router.FindRoute(r)
	if err != nil {
		return err
	}
	return openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
}

// CheckAll returns a finding for every request that Check refuses.
func (j *Judge) CheckAll(list []discord.Request) []Finding {
	var out []Finding
	for _, q := range list {
		if err := j.Check(q); err != nil {
			out = append(out, Finding{q, err})
		}
	}
	return out
}
