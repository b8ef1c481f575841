package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"kefu/internal/api"
	"kefu/internal/storetest"
)

var update = flag.Bool("update", false, "write docs/openapi.json anew")

const golden = "../../docs/openapi.json"

// TestTheDocumentIsTheOneInDocs fails when the API has changed and docs/openapi.json has not: what clients are made from must be seen to change.
func TestTheDocumentIsTheOneInDocs(t *testing.T) {
	t.Parallel()
	now, err := api.Document("", false)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	then, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(then), "\n"), strings.Split(string(now), "\n")); diff != "" {
		t.Errorf("the API is not what docs/openapi.json says; `go test ./internal/api -update` writes it anew, then read the difference:\n%s", diff)
	}
}

func TestTheDocumentIsValid(t *testing.T) {
	t.Parallel()
	doc := readDocument(t)
	if err := doc.Validate(t.Context(), openapi3.EnableSchemaPatternValidation()); err != nil {
		t.Error(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Summary == "" || len(op.Tags) != 1 || op.OperationID == "" || op.Security == nil {
				t.Errorf("%s %s lacks a summary, one tag, an id or its security", method, path)
			}
			if scope, _ := op.Extensions["x-scope"].(string); (scope == "") != (len(*op.Security) == 0) {
				t.Errorf("%s %s: scope %q and security %v", method, path, scope, *op.Security)
			}
		}
	}
}

// readDocument loads the document as a stranger would, but is stricter than one about members that are not described.
func readDocument(t *testing.T) *openapi3.T {
	t.Helper()
	raw, err := api.Document("https://kefu.example", false)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, schema := range doc.Components.Schemas {
		if schema.Value.AdditionalProperties.Schema == nil && len(schema.Value.Properties) > 0 {
			schema.Value.AdditionalProperties.Has = new(bool) // clients must bear new members; our answers must not have any that are not described
		}
	}
	return doc
}

func TestTheDocumentAndItsPageAreServed(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
	}
	got := r.ask("GET", "/api/v1/openapi.json", "", "Authorization", "")
	if err := json.Unmarshal(got.raw, &doc); err != nil || doc.OpenAPI != "3.1.0" || doc.Servers[0].URL != "https://kefu.example/api/v1" {
		t.Errorf("%v %+v", err, doc)
	}
	if got := r.ask("GET", "/api/v1/openapi.yaml", ""); !bytes.Contains(got.raw, []byte("openapi: 3.1.0")) {
		t.Errorf("%d %.200s", got.status, got.raw)
	}
	page := r.ask("GET", "/api/v1/docs", "", "Authorization", "")
	policy := page.header.Get("Content-Security-Policy")
	if page.status != http.StatusOK || !strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("%d %s", page.status, policy)
	}
	for _, name := range []string{"page.css", "page.js", "redoc.js"} {
		if !bytes.Contains(page.raw, []byte(`"docs/`+name+`"`)) {
			t.Errorf("the page does not use %s", name)
		}
		if got := r.ask("GET", "/api/v1/docs/"+name, ""); got.status != http.StatusOK || len(got.raw) < 50 {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if bytes.Contains(page.raw, []byte("http")) {
		t.Error("the page names another place")
	}
}
