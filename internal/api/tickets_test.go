package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kefu/internal/storetest"
)

func ticketSteps() []step {
	return []step{
		{op: "openTicket", body: `{"ticket_id":"T-1","title":"退款","content":"我要退款","priority":"high","category":"refund","contact":{"name":"王小明"},
"handler":"倉庫","due_at":"2020-01-01T00:00:00Z","custom_fields":{"order":"A-1001"}}`, headers: []string{"Idempotency-Key", "ticket"},
			keep: "ticket=id number=number"},
		{op: "openTicket", body: `{"ticket_id":"T-1","title":"else"}`, status: http.StatusOK},
		{op: "openTicket", body: `{"title":"second","contact_id":"{contact}","status":"processing"}`, keep: "repeat=id"},
		{op: "openTicket", body: `{"conversation_id":"{second}","ticket_id":"T-3","category":"bug"}`},
		{op: "openTicket", body: `{"conversation_id":"{second}","ticket_id":"T-4"}`, status: http.StatusConflict},
		{op: "getTicket", path: "{ticket}"},
		{op: "getTicket", path: "{number}"},
		{op: "listTickets", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listTickets", query: "limit=1&cursor={cursor}"},
		{op: "listTickets", query: "status=pending&priority=high&category=refund&assignee_id=none&team_id=none&inbox_id=api&external_id=T-1&number={number}" +
			"&updated_since=2020-01-01T00:00:00Z&due_before=2021-01-01T00:00:00Z&q=%E9%80%80%E6%AC%BE"},
		{op: "updateTicket", path: "{ticket}", body: `{"title":"Refund","description":null,"priority":"low","due_at":null,"custom_fields":null,"assignee_id":"{me}"}`},
		{op: "syncTicketStatus", path: "T-1", body: `{"ticket_id":"T-1","status":"processing","handler":"nobody@example.com","update_time":"2023-10-26 12:00:00"}`},
		{op: "syncTicketStatus", path: "{ticket}", body: `{"status":"resolved","update_time":1698321600}`},
		{op: "syncTicketStatus", path: "{ticket}", body: `{"status":"pending"}`, status: http.StatusConflict},
		{op: "listTicketHistory", path: "{ticket}", query: "limit=1", keep: "cursor=next_cursor"},
		{op: "listTicketHistory", path: "{ticket}", query: "limit=200&cursor={cursor}"},
		{op: "linkTicketDuplicate", path: "{repeat}", body: `{"of":"{number}"}`},
		{op: "unlinkTicketDuplicate", path: "{repeat}"},
	}
}

// TestATicketIsMadeOnce: an Idempotency-Key repeats the answer, a ticket_id gives the ticket, and what stands in the way is named.
func TestATicketIsMadeOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		r := newRig(t, url, withAdmin(t))
		body := `{"ticket_id":"7","title":"Broken"}`
		first := r.ask("POST", "/api/v1/tickets", body, "Idempotency-Key", "k")
		second := r.ask("POST", "/api/v1/tickets", body, "Idempotency-Key", "k")
		if first.status != http.StatusCreated || second.status != http.StatusCreated || string(first.raw) != string(second.raw) {
			t.Errorf("%d %s, again %d %s", first.status, first.raw, second.status, second.raw)
		}
		again := r.ask("POST", "/api/v1/tickets", `{"ticket_id":"7","title":"Other"}`)
		if again.status != http.StatusOK || again.member("id") != first.member("id") || again.member("title") != "Broken" {
			t.Errorf("%d %s", again.status, again.raw)
		}
		other := r.ask("POST", "/api/v1/tickets", body, "Authorization", "Bearer scope tickets:write")
		if other.status != http.StatusCreated || other.member("id") == first.member("id") {
			t.Errorf("another program: %d %s", other.status, other.raw)
		}
		read := r.ask("GET", "/api/v1/tickets/"+first.member("id"), "")
		if tag := first.header.Get("ETag"); tag == "" || tag != read.header.Get("ETag") {
			t.Errorf("made as %s, read as %s", tag, read.header.Get("ETag"))
		}
		target := "/api/v1/tickets/" + first.member("id")
		if got := r.ask("PUT", target, `{"category":"a"}`, "If-Match", read.header.Get("ETag")); got.status != http.StatusOK {
			t.Errorf("%d %s", got.status, got.raw)
		}
		if got := r.ask("PUT", target, `{"category":"b"}`, "If-Match", read.header.Get("ETag")); got.status != http.StatusPreconditionFailed {
			t.Errorf("a lost race: %d %s", got.status, got.raw)
		}
		for body, fields := range map[string]string{
			`{}`: "title",
			`{"title":"x","content":"a","description":"b","priority":"now","custom_fields":{"x":"` + strings.Repeat("y", 17<<10) + `"}}`: "content custom_fields priority",
			`{"title":"x","status":"open"}`:                                                              "status",
			`{"title":"x","assignee_id":"agt_no","team_id":"tea_no"}`:                                    "assignee_id team_id",
			`{"title":"x","conversation_id":"cnv_1","contact_id":"con_1"}`:                               "conversation_id",
			`{"title":"` + strings.Repeat("字", 501) + `","category":"` + strings.Repeat("x", 101) + `"}`: "category title",
		} {
			got := r.ask("POST", "/api/v1/tickets", body)
			var found []string
			for _, f := range got.problem(t).Errors {
				found = append(found, f.Field)
			}
			if got.status != http.StatusUnprocessableEntity || !sameSet(found, strings.Fields(fields)) {
				t.Errorf("%.80s: %d %v, want %s", body, got.status, found, fields)
			}
		}
	})
}

func sameSet(a, b []string) bool {
	have := map[string]int{}
	for _, s := range a {
		have[s]++
	}
	for _, s := range b {
		have[s]--
	}
	for _, n := range have {
		if n != 0 {
			return false
		}
	}
	return true
}

// TestAReportedStatus holds how times and words of outside systems are read.
func TestAReportedStatus(t *testing.T) {
	t.Parallel()
	r := newRig(t, storetest.SQLite(t), withAdmin(t))
	made := r.ask("POST", "/api/v1/tickets", `{"ticket_id":"T-1","title":"Broken"}`)
	for _, tt := range []struct {
		body    string
		status  int
		applied bool
	}{
		{`{"status":"processing","update_time":"2023-10-26 12:00:00"}`, 200, true},
		{`{"status":"resolved","update_time":"2023-10-26T11:59:59Z"}`, 200, false},
		{`{"status":"resolved","update_time":1698321599}`, 200, false},
		{`{"status":"resolved","update_time":"1698321600"}`, 200, true},
		{`{"status":"resolved","update_time":1698321700}`, 200, false},
		{`{"status":"closed","update_time":1698321650}`, 200, false},
		{`{"status":"pending","update_time":"2023-10-27T00:00:00+08:00"}`, 409, false},
		{`{"status":"done"}`, 422, false},
		{`{"status":"closed","update_time":"yesterday"}`, 422, false},
		{`{"status":"closed","ticket_id":"T-2"}`, 422, false},
		{`{"status":"closed","ticket_id":"T-1","update_time":"2099-01-01T00:00:00Z"}`, 200, true},
		{`{"status":"processing"}`, 200, true},
	} {
		got := r.ask("PUT", "/api/v1/tickets/"+made.member("id")+"/status", tt.body)
		var out struct {
			Applied bool
			Reason  string
		}
		if err := json.Unmarshal(got.raw, &out); err != nil {
			t.Fatal(err)
		}
		if got.status != tt.status || out.Applied != tt.applied || got.status == 200 && (out.Reason == "") != tt.applied {
			t.Errorf("%s: %d %s", tt.body, got.status, got.raw)
		}
	}
}
