package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kefu/internal/storetest"
)

// TestFaultsOfSchemaAndRulesAreNamedTogether: whoever sends a body with faults of both kinds mends all of them at once, and nothing of it is kept.
func TestFaultsOfSchemaAndRulesAreNamedTogether(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, method, target, body, fields string }{
		{"agent", "POST", "/agents", `{"role":"boss","email":"nobody"}`, "email name role"},
		{"agent, password", "POST", "/agents", `{"password":"short","email":"nobody","name":" "}`, "email name password"},
		{"agent, types", "POST", "/agents", `{"name":5,"email":"nobody","active":"yes"}`, "active email name"},
		{"agent, change", "PUT", "/agents/{me}", `{"role":"boss","name":"","team_ids":["tea_1"]}`, "name role"},
		{"agent, no such team", "PUT", "/agents/{me}", `{"role":"boss","team_ids":["tea_1"]}`, "role team_ids"},
		{"agent, status", "PUT", "/agents/{me}/status", `{"status":"asleep"}`, "status"},
		{"label", "POST", "/labels", `{"colour":"x","color":"x"}`, "color colour name"},
		{"label, name in another case", "POST", "/labels", `{"NAME":"a","color":"x"}`, "NAME color name"},
		{"label, change", "PUT", "/labels/{label}", `{"name":"","description":5}`, "description name"},
		{"label of nobody", "PUT", "/labels/nobody", `{"name":"","description":5}`, "description"},
		{"conversation", "POST", "/conversations", `{"contact":{"name":"A","nick":"x","email":"bad"},"priority":"now"}`, "contact.email contact.nick priority"},
		{"conversation, what follows from a fault is none", "POST", "/conversations", `{"contact":5,"priority":"now"}`, "contact priority"},
		{"conversation, looked up", "POST", "/conversations", `{"contact":{"name":"A"},"priority":"now","team_id":"tea_1","labels":["none"]}`, "labels priority team_id"},
		{"conversation, lists", "POST", "/conversations", `{"labels":[1,2]}`, "contact_id labels[0] labels[1]"},
		{"message", "POST", "/messages", `{"private":5,"content_type":"text","sender_type":"agent"}`, "content conversation_id private sender_type"},
		{"message, cards", "POST", "/messages", `{"conversation_id":"c","content_type":"form","order":5,"articles":["art_none"],"form":{"fields":[{"name":"a","label":"","type":"date"}]}}`,
			"articles articles form.fields[0].type order order"},
		{"message, answers", "POST", "/messages", `{"answer":{"message_id":"msg_none","values":{"a":"5"}},"content":"x"}`, "answer answer answer.message_id"},
		{"message, what follows from a fault is none", "POST", "/messages", `{"attachments":5,"conversation_id":5}`, "attachments conversation_id"},
		{"API key", "POST", "/api-keys", `{"bound":"yes","scopes":["all"],"expires_at":"2001-01-01T00:00:00Z"}`, "bound expires_at name scopes"},
		{"inbox", "POST", "/inboxes", `{"id":"A B","channel":5,"name":"` + strings.Repeat("x", 101) + `"}`, "channel id name"},
		{"a body that is none", "POST", "/labels", `[]`, "body"},
	}
	storetest.Each(t, func(t *testing.T, url string) {
		r := newRig(t, url, withAdmin(t))
		made := r.ask("POST", "/api/v1/labels", `{"name":"退貨"}`)
		paths := strings.NewReplacer("{me}", r.names.admin.ID, "{label}", made.member("id"))
		before := storetest.Dump(t, r.store.DB())
		for _, tt := range tests {
			got := r.ask(tt.method, "/api/v1"+paths.Replace(tt.target), tt.body, "Idempotency-Key", "k")
			fields := []string{}
			for _, f := range got.problem(t).Errors {
				fields = append(fields, f.Field)
			}
			slices.Sort(fields)
			if got.status != http.StatusUnprocessableEntity || strings.Join(fields, " ") != tt.fields {
				t.Errorf("%s: %d %s, want %s: %s", tt.name, got.status, fields, tt.fields, got.raw)
			}
			if diff := cmp.Diff(before, storetest.Dump(t, r.store.DB())); diff != "" {
				t.Errorf("%s was kept: %s", tt.name, diff)
			}
		}
		if good := r.ask("POST", "/api/v1/labels", `{"name":"a"}`, "Idempotency-Key", "k"); good.status != http.StatusCreated {
			t.Errorf("the key of what was refused: %d %s", good.status, good.raw)
		}
	})
}

// TestARehearsalKeepsNothing gives every operation that changes something a request that is good but for a member that nobody knows, so that its
// rules find nothing to refuse.
func TestARehearsalKeepsNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		c := newContract(t, url)
		rehearsed := map[string]bool{}
		for i, s := range steps() {
			if c.rehearses(s.op) && s.body != "" && s.status == 0 {
				rehearsed[s.op] = true
				c.rehearse(s)
			}
			if !c.drive(s) {
				t.Fatalf("step %d (%s) failed; those behind it need it", i+1, s.op)
			}
		}
		for id := range maps.Keys(c.ops) {
			if c.rehearses(id) && !rehearsed[id] {
				t.Errorf("%s was not rehearsed", id)
			}
		}
	})
}

// rehearses tells whether an operation changes something by a body of JSON and with credentials.
func (c *contract) rehearses(id string) bool {
	at := c.ops[id]
	return at.RequestBody != nil && at.RequestBody.Value.Content.Get("application/json") != nil && at.scope() != ""
}

func (c *contract) rehearse(s step) {
	c.t.Helper()
	before := storetest.Dump(c.t, c.rig.store.DB())
	body := strings.Replace(strings.Replace(s.body, "{", `{"nobody_knows":1,`, 1), ",}", "}", 1)
	headers := append([]string{"Idempotency-Key", "rehearsal"}, s.headers...)
	for i := range headers {
		headers[i] = c.fill(headers[i])
	}
	got := c.rig.ask(c.ops[s.op].method, "/api/v1"+c.ops[s.op].target(strings.Fields(c.fill(s.path))), c.fill(body), headers...)
	if p := got.problem(c.t); got.status != http.StatusUnprocessableEntity || len(p.Errors) != 1 || p.Errors[0].Field != "nobody_knows" {
		c.t.Errorf("%s: %d %s", s.op, got.status, got.raw)
	}
	if diff := cmp.Diff(before, storetest.Dump(c.t, c.rig.store.DB())); diff != "" {
		c.t.Errorf("%s was kept: %.3000s", s.op, diff)
	}
}

// TestAGreatManyFaultsTakeNoTime: a body of nothing but faults costs what reading it does.
func TestAGreatManyFaultsTakeNoTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	var b strings.Builder
	for i := range 50_000 {
		_, _ = fmt.Fprintf(&b, `"m%d":[0],`, i)
	}
	if got := r.ask("POST", "/api/v1/labels", `{`+b.String()+`"name":"a"}`); got.status != http.StatusUnprocessableEntity || len(got.problem(t).Errors) != 50_000 {
		t.Errorf("%d, %d bytes", got.status, len(got.raw))
	}
}
