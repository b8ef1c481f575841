package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"kefu/internal/api"
	"kefu/internal/storetest"
)

// step drives one operation with a request that is good. {name} in target, body and headers stands for what an earlier step kept.
type step struct {
	op      string // operation id
	query   string // "limit=1"
	path    string // values of the path's parameters, in order, separated by spaces: "{label}"
	body    string
	headers []string // name and value by turns
	keep    string   // "label=id": keeps a member of the answer; more are separated by spaces, "a=b.c" looks inside
	status  int      // 0 is the success that the document names
}

// TestEveryOperationIsWhatTheDocumentSays drives each operation over a real server and store, and holds what is sent and what comes back
// against the document. An operation without a step fails.
func TestEveryOperationIsWhatTheDocumentSays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		c := newContract(t, url)
		for i, s := range steps() {
			if !c.drive(s) {
				t.Fatalf("step %d (%s) failed; those behind it need it", i+1, s.op)
			}
		}
		for id := range c.ops {
			if !c.driven[id] {
				t.Errorf("no step drives %s: add one", id)
			}
		}
	})
}

// contract holds what goes through the API against its document.
type contract struct {
	t      *testing.T
	doc    *openapi3.T
	rig    *rig
	ops    map[string]place
	kept   map[string]string
	driven map[string]bool
}

// newContract has what the first steps need.
func newContract(t *testing.T, url string) *contract {
	t.Helper()
	c := &contract{t: t, doc: readDocument(t), rig: newRig(t, url, withAdmin(t)), driven: map[string]bool{}}
	c.kept = map[string]string{"me": c.rig.names.admin.ID, "email": c.rig.names.email, "password": c.rig.names.password, "alert": c.rig.raiseAlert()}
	c.index()
	return c
}

// place is where an operation is.
type place struct {
	method, path string
	*openapi3.Operation

	checks *checks
}

func (c *contract) index() {
	c.ops = map[string]place{}
	checks := newChecks(c.t)
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			c.ops[op.OperationID] = place{method, path, op, checks}
		}
	}
}

// checks holds JSON against the schemas of the document, with a validator that knows all of JSON Schema 2020-12.
type checks struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	made     map[string]*jsonschema.Schema
}

func newChecks(t *testing.T) *checks {
	t.Helper()
	raw, err := api.Document("", false)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	// Clients must bear members that they do not know; our answers must have none that are not described.
	components := doc.(map[string]any)["components"].(map[string]any)
	for _, s := range components["schemas"].(map[string]any) {
		if s := s.(map[string]any); s["properties"] != nil && s["additionalProperties"] == nil {
			s["additionalProperties"] = false
		}
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return &checks{compiler: c, made: map[string]*jsonschema.Schema{}}
}

// fits holds JSON against the schema at a place of the document.
func (c *checks) fits(raw []byte, at ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range at {
		at[i] = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(at[i])
	}
	where := "openapi.json#/" + strings.Join(at, "/")
	schema := c.made[where]
	if schema == nil {
		var err error
		if schema, err = c.compiler.Compile(where); err != nil {
			return err
		}
		c.made[where] = schema
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

func (c *contract) drive(s step) bool {
	c.t.Helper()
	at, ok := c.ops[s.op]
	if !ok {
		c.t.Errorf("the document has no operation %s", s.op)
		return false
	}
	c.driven[s.op] = true
	target := at.target(strings.Fields(c.fill(s.path)))
	if s.query != "" {
		target += "?" + c.fill(s.query)
	}
	body := c.fill(s.body)
	if err := at.sends(body, s.headers); err != nil {
		c.t.Errorf("%s: the request is not what the document says: %v", s.op, err)
	}
	headers := slices.Clone(s.headers)
	for i := range headers {
		headers[i] = c.fill(headers[i])
	}
	got := c.rig.ask(at.method, "/api/v1"+target, body, headers...)
	if want := cmpOr(s.status, at.success()); got.status != want {
		c.t.Errorf("%s %s: %d, want %d: %.2000s", at.method, target, got.status, want, got.raw)
		return false
	}
	if err := at.answers(got); err != nil {
		c.t.Errorf("%s %s: the answer is not what the document says: %v\n%.2000s", at.method, target, err, got.raw)
	}
	return c.keep(s.keep, got)
}

func cmpOr(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// fill puts what was kept into a text.
func (c *contract) fill(s string) string {
	for name, value := range c.kept {
		s = strings.ReplaceAll(s, "{"+name+"}", value)
	}
	return s
}

func (c *contract) keep(what string, a answer) bool {
	for pair := range strings.FieldsSeq(what) {
		name, path, _ := strings.Cut(pair, "=")
		var v any
		if err := json.Unmarshal(a.raw, &v); err != nil {
			c.t.Error(err)
			return false
		}
		for member := range strings.SplitSeq(path, ".") {
			switch in := v.(type) {
			case map[string]any:
				v = in[member]
			case []any:
				i, err := strconv.Atoi(member)
				if err != nil || i >= len(in) {
					c.t.Errorf("%s: no %s in %.2000s", pair, member, a.raw)
					return false
				}
				v = in[i]
			}
		}
		if v == nil {
			c.t.Errorf("%s: nothing there in %.2000s", pair, a.raw)
			return false
		}
		c.kept[name] = fmt.Sprint(v)
	}
	return true
}

// target is the path with its parameters.
func (p place) target(values []string) string {
	out := p.path
	for _, value := range values {
		begin, end := strings.Index(out, "{"), strings.Index(out, "}")
		if begin < 0 {
			break
		}
		out = out[:begin] + url.PathEscape(value) + out[end+1:]
	}
	return out
}

// success is the status of what was done; what was there already may have another one below it.
func (p place) success() int {
	best := 0
	for code := range p.Responses.Map() {
		if n, err := strconv.Atoi(code); err == nil && n < 300 {
			best = max(best, n)
		}
	}
	return best
}

// sends checks a request's body against the document. Bodies of other types than JSON are not looked into.
func (p place) sends(body string, headers []string) error {
	for i := 0; i+1 < len(headers); i += 2 {
		if strings.EqualFold(headers[i], "Content-Type") && headers[i+1] != "application/json" {
			return nil
		}
	}
	switch {
	case body == "" && p.RequestBody != nil && p.RequestBody.Value.Required:
		return fmt.Errorf("a body is required")
	case body == "":
		return nil
	case p.RequestBody == nil:
		return fmt.Errorf("no body is documented")
	}
	return p.checks.fits([]byte(body), "paths", p.path, strings.ToLower(p.method), "requestBody", "content", "application/json", "schema")
}

// answers checks an answer against the document: its status, type and body.
func (p place) answers(a answer) error {
	documented := p.Responses.Value(strconv.Itoa(a.status))
	if documented == nil {
		return fmt.Errorf("the status %d is not documented; %v are", a.status, slices.Sorted(maps.Keys(p.Responses.Map())))
	}
	content := documented.Value.Content
	if len(content) == 0 {
		if len(a.raw) > 0 {
			return fmt.Errorf("a body where none is documented")
		}
		return nil
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	media := content[kind]
	if media == nil {
		return fmt.Errorf("the type %s is not documented", kind)
	}
	if !strings.HasSuffix(kind, "json") {
		return nil
	}
	if ref := documented.Ref; ref != "" {
		return p.checks.fits(a.raw, "components", "responses", ref[strings.LastIndex(ref, "/")+1:], "content", kind, "schema")
	}
	return p.checks.fits(a.raw, "paths", p.path, strings.ToLower(p.method), "responses", strconv.Itoa(a.status), "content", kind, "schema")
}

// TestEveryOperationRefusesAsTheDocumentSays sends each operation what is wrong by any rule: nobody's credentials, a member and a parameter
// that nobody knows, an id that is nobody's.
func TestEveryOperationRefusesAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	c := &contract{t: t, doc: readDocument(t), rig: newRig(t, storetest.SQLite(t), withAdmin(t))}
	c.index()
	for id, at := range c.ops {
		target := "/api/v1" + at.target(slices.Repeat([]string{"nobody"}, strings.Count(at.path, "{")))
		refused := func(name string, want int, a answer) {
			t.Helper()
			if a.status != want {
				t.Errorf("%s, %s: %d, want %d: %.500s", id, name, a.status, want, a.raw)
			}
			if err := at.answers(a); err != nil {
				t.Errorf("%s, %s: %v: %.500s", id, name, err, a.raw)
			}
			a.problem(t)
		}
		if at.scope() != "" {
			refused("no credentials", http.StatusUnauthorized, c.rig.ask(at.method, target, "", "Authorization", ""))
		}
		if strings.Contains(at.scope(), ":") {
			refused("no scope", http.StatusForbidden, c.rig.ask(at.method, target, "", "Authorization", "Bearer scope nothing:read"))
		}
		refused("unknown parameter", http.StatusUnprocessableEntity, c.rig.ask(at.method, target+"?nobody_knows=1", ""))
		if at.RequestBody != nil && at.RequestBody.Value.Content.Get("application/json") != nil {
			refused("unknown member", http.StatusUnprocessableEntity, c.rig.ask(at.method, target, `{"nobody_knows":1}`))
		}
		if strings.Contains(at.path, "{") && at.RequestBody == nil {
			refused("nobody's id", http.StatusNotFound, c.rig.ask(at.method, target, ""))
		}
	}
}

// scope is what an operation needs: "" is nothing.
func (p place) scope() string {
	scope, _ := p.Extensions["x-scope"].(string)
	return scope
}

// TestTheChecksCanFail breaks a good answer in every way that the contract test is there to find.
func TestTheChecksCanFail(t *testing.T) {
	t.Parallel()
	c := &contract{t: t, doc: readDocument(t)}
	c.index()
	at := c.ops["getLabel"]
	good := `{"id":"lbl_1","name":"a","color":"","description":"","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}`
	json := http.Header{"Content-Type": {"application/json"}}
	if err := at.answers(answer{http.StatusOK, json, []byte(good)}); err != nil {
		t.Errorf("a good answer: %v", err)
	}
	for name, a := range map[string]answer{
		"a member too few":    {http.StatusOK, json, []byte(strings.Replace(good, `"name":"a",`, "", 1))},
		"a member too many":   {http.StatusOK, json, []byte(strings.Replace(good, `{`, `{"x":1,`, 1))},
		"another type":        {http.StatusOK, json, []byte(strings.Replace(good, `"a"`, "null", 1))},
		"no time":             {http.StatusOK, json, []byte(strings.Replace(good, "2026-01-01T00:00:00Z", "today", 1))},
		"another status":      {http.StatusTeapot, json, []byte(good)},
		"another media type":  {http.StatusOK, http.Header{"Content-Type": {"text/plain"}}, []byte(good)},
		"a problem of no use": {http.StatusNotFound, http.Header{"Content-Type": {"application/problem+json"}}, []byte(`{"title":"x"}`)},
	} {
		if at.answers(a) == nil {
			t.Errorf("%s was not found", name)
		}
	}
	if c.ops["updateLabel"].sends(`{"color":5}`, nil) == nil {
		t.Error("a wrong request was not found")
	}
}
