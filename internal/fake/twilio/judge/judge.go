package judge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"kefu/internal/fake/twilio"
)

// specEnv names the folder of the documents when it is not beside the repository.
const specEnv = "KEFU_TWILIO_OPENAPI"

// besideRepository is where the documents are looked for from the root.
const besideRepository = "../shared/specs/twilio"

// ErrNoSpec says that there are no documents to judge by.
var ErrNoSpec = errors.New("twilio's OpenAPI documents were not found; set " + specEnv + " to the folder of twilio_conversations_v1.json and its kind")

// errRetired says that a call belongs to what Twilio has ended.
var errRetired = errors.New("this belongs to a product that Twilio has ended")

// FindSpecs is the folder of the documents: KEFU_TWILIO_OPENAPI, or the known place beside the repository that the working directory is
// in; else ErrNoSpec.
func FindSpecs() (string, error) {
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

// Judge validates requests against the documents.
type Judge struct{ routers []routers.Router }

// Load reads the documents of a folder; it takes a second or two, so load once.
func Load(folder string) (*Judge, error) {
	j := &Judge{}
	for _, name := range []string{"conversations_v1", "flex_v1", "taskrouter_v1", "studio_v2", "api_v2010"} {
		doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, "twilio_"+name+".json"))
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", name, err)
		}
		doc.Servers = openapi3.Servers{{URL: "/"}}
		for _, item := range doc.Paths.Map() {
			item.Servers = nil
			typeUntyped(item.Post)
		}
		r, err := gorillamux.NewRouter(doc)
		if err != nil {
			return nil, fmt.Errorf("route %s: %w", name, err)
		}
		j.routers = append(j.routers, r)
	}
	return j, nil
}

// typeUntyped makes texts of a form's fields that have no type: they would be read as null.
func typeUntyped(op *openapi3.Operation) {
	if op == nil || op.RequestBody == nil {
		return
	}
	for _, media := range op.RequestBody.Value.Content {
		for _, p := range media.Schema.Value.Properties {
			if p.Value.Type == nil && p.Ref == "" {
				p.Value.Type = &openapi3.Types{"string"}
			}
		}
	}
}

// idPattern is what follows the name of a list in a path; a conversation may be called by a unique name.
var idPattern = regexp.MustCompile(`/(?:Participants|Messages|Webhooks|Interactions|Channels|Workspaces|Workflows|Accounts|Services|Media|Receipts|Flows)/([^/.]+)`)

var sidPattern = regexp.MustCompile(`^[A-Z]{2}[0-9a-fA-F]{32}$`)

// Check is nil for a request that the documents allow; ok says whether there is a document for it.
func (j *Judge) Check(q twilio.Request) (ok bool, err error) {
	for _, dead := range []string{"/v2/Services", "/v1/Channels", "/v1/FlexFlows", "/v1/WebChannels"} {
		if strings.HasPrefix(q.Path, dead) {
			return true, errRetired
		}
	}
	for _, id := range idPattern.FindAllStringSubmatch(q.Path, -1) {
		if !sidPattern.MatchString(id[1]) {
			return true, fmt.Errorf("%s is no id", id[1])
		}
	}
	if strings.HasPrefix(q.Path, "/v1/Services/") {
		return false, nil
	}
	r, err := http.NewRequestWithContext(context.Background(), q.Method, "http://twilio.test"+q.Path+"?"+q.Query, bytes.NewReader(q.Body))
	if err != nil {
		return true, err
	}
	r.Header = q.Header.Clone()
	err = j.validate(r, q.Body)
	return true, err
}

// validate asks the document that knows the route.
func (j *Judge) validate(r *http.Request, body []byte) error {
	r.URL.Scheme, r.URL.Host, r.Host = "", "", ""
	for _, router := range j.routers {
		route, params, err := router.FindRoute(r)
		if err != nil {
			continue
		}
		if err := known(route, r, body); err != nil {
			return err
		}
		return openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
			Request: r, PathParams: params, Route: route,
			Options: &openapi3filter.Options{MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		})
	}
	return fmt.Errorf("no document knows %s %s", r.Method, r.URL.Path)
}

// known refuses what the documents do not name: Twilio would ignore it, and we would never learn.
func known(route *routers.Route, r *http.Request, body []byte) error {
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("the query %s is not known", name)
		}
	}
	if route.Operation.RequestBody == nil {
		return nil
	}
	media := route.Operation.RequestBody.Value.Content.Get("application/x-www-form-urlencoded")
	form, err := url.ParseQuery(string(body))
	if media == nil || err != nil {
		return err
	}
	for name := range form {
		if media.Schema.Value.Properties[name] == nil {
			return fmt.Errorf("the field %s is not known", name)
		}
	}
	return nil
}
