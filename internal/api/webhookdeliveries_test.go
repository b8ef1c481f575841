package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"kefu"
	"kefu/internal/ident"
	"kefu/internal/store"
	"kefu/internal/storetest"
	"kefu/internal/webhook"
)

// TestTheLogOfWebhooksByREST is a person's way through it: a test, what failed, sent again alone, by selection and by replay.
func TestTheLogOfWebhooksByREST(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		r := newRig(t, url, withAdmin(t))
		const hooks, log = "/api/v1/webhooks", "/api/v1/webhook-deliveries"
		endpoint := r.ask("POST", hooks, `{"name":"shop","url":"http://127.0.0.1:1/","events":["ticket.*"]}`).member("id")

		tested := r.ask("POST", hooks+"/"+endpoint+"/test", "", "Idempotency-Key", "t")
		if tested.status != http.StatusOK || tested.member("state") != "failed" || tested.member("error") != "connect" {
			t.Fatalf("test: %d %s", tested.status, tested.raw)
		}
		if again := r.ask("POST", hooks+"/"+endpoint+"/test", "", "Idempotency-Key", "t"); again.member("id") != tested.member("id") {
			t.Errorf("the same key: %s", again.raw)
		}

		failed := failedWebhook(t, r)
		list := r.ask("GET", log+"?state=failed&cause=event&endpoint_id="+endpoint, "")
		if list.status != http.StatusOK || !strings.HasPrefix(string(list.raw), `{"items":[{"id":"`+failed+`"`) || strings.Contains(string(list.raw), "next_cursor") {
			t.Errorf("%d %s", list.status, list.raw)
		}
		var one struct {
			Payload struct{ Event string }
		}
		if err := json.Unmarshal(r.ask("GET", log+"/"+failed, "").raw, &one); err != nil || one.Payload.Event != "ticket.created" {
			t.Errorf("%+v, %v", one, err)
		}

		made := r.ask("POST", log+"/"+failed+"/retry", "")
		if made.status != http.StatusCreated || made.member("state") != "queued" || made.member("cause") != "retry" {
			t.Errorf("retry: %d %s", made.status, made.raw)
		}
		twice := r.ask("POST", log+"/"+failed+"/retry", "")
		if p := twice.problem(t); twice.status != http.StatusConflict || !strings.Contains(p.Detail, made.member("id")) {
			t.Errorf("twice: %d %s", twice.status, twice.raw)
		}
		many := r.ask("POST", log+"/retry", `{"ids":["`+failed+`","`+tested.member("id")+`"]}`)
		if many.status != http.StatusOK || strings.Count(string(many.raw), `"delivery_id":null`) != 2 {
			t.Errorf("many: %d %s", many.status, many.raw)
		}

		replay := r.ask("POST", hooks+"/"+endpoint+"/replay", "")
		if replay.status != http.StatusCreated || replay.member("status") != "failed" || replay.member("state") != "running" {
			t.Errorf("replay: %d %s", replay.status, replay.raw)
		}
		second := r.ask("POST", hooks+"/"+endpoint+"/replay", `{"status":"any"}`)
		if p := second.problem(t); second.status != http.StatusConflict || !strings.Contains(p.Detail, replay.member("id")) {
			t.Errorf("a second one: %d %s", second.status, second.raw)
		}
		if gone := r.ask("DELETE", "/api/v1/webhook-replays/"+replay.member("id"), ""); gone.status != http.StatusNoContent {
			t.Errorf("%d %s", gone.status, gone.raw)
		}
		for target, body := range map[string]string{hooks + "/" + endpoint + "/replay": `{"status":"lost","per_second":0,"events":["tiket.created"]}`, log + "/retry": `{"ids":[]}`} {
			if got := r.ask("POST", target, body); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", target, got.status, got.raw)
			}
		}
		if got := r.ask("GET", log+"?state=lost", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%d %s", got.status, got.raw)
		}
	})
}

// failedWebhook has something happen whose delivery fails.
func failedWebhook(t *testing.T, r *rig) (id string) {
	t.Helper()
	event := kefu.EventID(ident.New("evt"))
	if err := r.store.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.AppendEvent(kefu.Event{ID: event, Type: "ticket.created", Data: json.RawMessage(`{"ticket_id":"tkt_1"}`)}); err != nil {
			return err
		}
		if _, _, err := tx.PlaceEvents(1000); err != nil {
			return err
		}
		all, err := tx.WebhookDeliveries(store.WebhookFilter{EventID: event, Limit: 1})
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		d := all[0]
		id = webhook.DeliveryID(d.N)
		d.State, d.Attempts, d.Error, d.Status = kefu.DeliveryFailed, 4, "status", 500
		b := tx.Batch()
		b.FinishWebhook(d, 0, "")
		_, err = b.Run()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return id
}
