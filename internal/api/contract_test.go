package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

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
	urls := map[string]func() string{"sqlite": func() string { return storetest.SQLite(t) }}
	if os.Getenv("KEFU_TEST_CONTRACT_POSTGRES") != "" {
		urls["postgres"] = func() string { return storetest.Postgres(t) }
	}
	for name, open := range urls {
		c := &contract{t: t, doc: readDocument(t), rig: newRig(t, open(), withAdmin(t)), driven: map[string]bool{}}
		c.kept = map[string]string{"me": c.rig.names.admin.ID, "email": c.rig.names.email, "password": c.rig.names.password}
		c.index()
		for i, s := range steps() {
			if !c.drive(s) {
				t.Fatalf("%s: step %d (%s) failed; those behind it need it", name, i+1, s.op)
			}
		}
		for id := range c.ops {
			if !c.driven[id] {
				t.Errorf("no step drives %s: add one", id)
			}
		}
	}
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

// place is where an operation is.
type place struct {
	method, path string
	*openapi3.Operation
}

func (c *contract) index() {
	c.ops = map[string]place{}
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			c.ops[op.OperationID] = place{method, path, op}
		}
	}
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

func (p place) success() int {
	for code := range p.Responses.Map() {
		if n, err := strconv.Atoi(code); err == nil && n < 300 {
			return n
		}
	}
	return 0
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
	return fits(p.RequestBody.Value.Content.Get("application/json"), []byte(body), openapi3.VisitAsRequest())
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
	return fits(media, a.raw, openapi3.VisitAsResponse())
}

func fits(media *openapi3.MediaType, raw []byte, side openapi3.SchemaValidationOption) error {
	if media == nil {
		return fmt.Errorf("JSON is not documented")
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	return media.Schema.Value.VisitJSON(v, side, openapi3.MultiErrors(), openapi3.EnableJSONSchema2020(), openapi3.EnableFormatValidation())
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
