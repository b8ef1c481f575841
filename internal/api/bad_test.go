package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"kefu/internal/storetest"
)

// bad are bodies that no operation can take; status 0 is any clear refusal.
func bad() []struct {
	name, body string
	status     int
} {
	return []struct {
		name, body string
		status     int
	}{
		{"2 MiB", `{"a":"` + strings.Repeat("x", 2<<20) + `"}`, http.StatusRequestEntityTooLarge},
		{"depth 10,000", strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000), http.StatusBadRequest},
		{"depth 10,000, cut", strings.Repeat("[", 10_000), http.StatusBadRequest},
		{"not UTF-8", "{\"a\":\"\xff\"}", http.StatusBadRequest},
		{"U+0000", "{\"a\":\"\x00\"}", http.StatusBadRequest},
		{"U+0000 escaped", `{"a":"\u0000"}`, http.StatusBadRequest},
		{"half a surrogate pair", `{"a":"\ud800"}`, http.StatusBadRequest},
		{"a name twice", `{"a":1,"a":1}`, http.StatusBadRequest},
		{"a name twice, deep", `{"a":[{"b":{"c":1,"c":2}}]}`, http.StatusBadRequest},
		{"two values", `{}{}`, http.StatusBadRequest},
		{"cut", `{"a":`, http.StatusBadRequest},
		{"not JSON", `<a/>`, http.StatusBadRequest},
		{"null", `null`, 0},
		{"list", `[]`, http.StatusUnprocessableEntity},
		{"text", `"a"`, http.StatusUnprocessableEntity},
		{"number", `-1e400`, 0},
	}
}

// wrong are values that members of each type cannot have, beside those of other types.
func wrong(s *openapi3.Schema) []any {
	huge := json.RawMessage("1e400")
	beyond := json.RawMessage("99999999999999999999999")
	switch {
	case s.Type == nil:
		return nil // anything goes
	case s.Type.Includes("string") && len(s.Enum) > 0:
		return []any{"nobody-knows", "", 5, []any{}, huge}
	case s.Type.Includes("string") && s.Format == "date-time":
		return []any{"yesterday", "2026-13-45T00:00:00Z", 5, map[string]any{}}
	case s.Type.Includes("string"):
		return []any{5, true, []any{"a"}, map[string]any{"a": "b"}, beyond}
	case s.Type.Includes("integer"):
		return []any{"5", 1.5, beyond, huge, true}
	case s.Type.Includes("number"):
		return []any{"5", huge, true}
	case s.Type.Includes("boolean"):
		return []any{"true", 1, []any{}}
	case s.Type.Includes("array"):
		return []any{"a", map[string]any{}, 5}
	case s.Type.Includes("object"):
		return []any{"a", []any{}, 5}
	}
	return nil
}

// odd are values that a member's type allows and its rules may not: what becomes of them is for the rules, but it is never a fault of ours.
func odd(s *openapi3.Schema) []any {
	switch {
	case s.Type == nil:
		return []any{"a", 5, []any{}, map[string]any{}, nil}
	case s.Type.Includes("string"):
		return []any{"", " ", strings.Repeat("x", 300) + "@example.com", strings.Repeat("字", 100_000), "\u202e\u0001\ufffe", "../../etc/passwd", "'; --", nil}
	case s.Type.Includes("integer"):
		return []any{0, -1, int64(-1) << 52, int64(1) << 52, nil}
	case s.Type.Includes("array"):
		return []any{[]any{}, slices.Repeat([]any{"x"}, 10_000), []any{nil}, []any{5}, nil}
	case s.Type.Includes("object"):
		return []any{map[string]any{}, map[string]any{"": ""}, map[string]any{strings.Repeat("k", 100_000): strings.Repeat("v", 100_000)}, nil}
	}
	return []any{nil}
}

// TestBadInputIsRefusedClearly sends every operation that takes a body all that is bad for any, and every wrong type in every member.
func TestBadInputIsRefusedClearly(t *testing.T) {
	t.Parallel()
	c := &contract{t: t, doc: readDocument(t), rig: newRig(t, storetest.SQLite(t), withAdmin(t))}
	c.index()
	for id, at := range c.ops {
		if at.RequestBody == nil || at.RequestBody.Value.Content.Get("application/json") == nil {
			continue
		}
		target := "/api/v1" + at.target(slices.Repeat([]string{"nobody"}, strings.Count(at.path, "{")))
		send := func(what, body string, want int) {
			t.Helper()
			a := c.rig.ask(at.method, target, body)
			if a.status < 400 || a.status >= 500 || want != 0 && a.status != want {
				t.Errorf("%s, %s: %d, want %d: %.300s", id, what, a.status, want, a.raw)
				return
			}
			a.problem(t)
			if err := at.answers(a); err != nil {
				t.Errorf("%s, %s: %v", id, what, err)
			}
		}
		for _, b := range bad() {
			send(b.name, b.body, b.status)
		}
		schema := at.RequestBody.Value.Content.Get("application/json").Schema.Value
		for name, member := range schema.Properties {
			for _, value := range wrong(member.Value) {
				raw, _ := json.Marshal(map[string]any{name: value})
				send(fmt.Sprintf("%.80s", raw), string(raw), 0)
			}
		}
	}
}

// TestOddInputIsNeverAFault sends values that fit their types and are strange; whatever the rules say, it is not 500.
func TestOddInputIsNeverAFault(t *testing.T) {
	t.Parallel()
	c := &contract{t: t, doc: readDocument(t), rig: newRig(t, storetest.SQLite(t), withAdmin(t))}
	c.index()
	for id, at := range c.ops {
		target := "/api/v1" + at.target(slices.Repeat([]string{"nobody"}, strings.Count(at.path, "{")))
		check := func(what string, a answer) {
			t.Helper()
			if a.status >= 500 {
				t.Errorf("%s, %s: %d %.300s", id, what, a.status, a.raw)
			}
			if err := at.answers(a); err != nil {
				t.Errorf("%s, %s: %v", id, what, err)
			}
		}
		for _, p := range at.Parameters {
			if p.Value.In != "query" || p.Value.Name == "wait" {
				continue
			}
			for _, value := range []string{"-1", "0", "1e9", "99999999999999999999", "nobody-knows", "%20", "%27", "%E5%AD%97", ",,,", strings.Repeat("x", 5000), "2026-13-01T00:00:00Z"} {
				check(p.Value.Name+"="+value, c.rig.ask(at.method, target+"?"+p.Value.Name+"="+value, ""))
			}
		}
		if at.RequestBody == nil || at.RequestBody.Value.Content.Get("application/json") == nil {
			continue
		}
		schema := at.RequestBody.Value.Content.Get("application/json").Schema.Value
		for name, member := range schema.Properties {
			for _, value := range odd(member.Value) {
				raw, _ := json.Marshal(map[string]any{name: value})
				check(fmt.Sprintf("%.80s", raw), c.rig.ask(at.method, target, string(raw)))
			}
		}
	}
}
