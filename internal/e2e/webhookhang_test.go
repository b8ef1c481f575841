package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kefu"
	"kefu/client"
	"kefu/internal/fake/receiver"
	"kefu/internal/ident"
	"kefu/internal/sqldb"
	"kefu/internal/store"
	"kefu/internal/websig"
)

// happen writes n events into the database, as if messages had been received; the relay places them.
func (r *rig) happen(n int) {
	r.t.Helper()
	r.update(func(tx *store.Tx) error {
		for i := range n {
			data := fmt.Sprintf(`{"message_id":"msg_%d","conversation_id":"cnv_1","seq":%d,"content":"第 %d 則","content_type":"text","attachments":[],`+
				`"sender":{"type":"contact","id":"con_1","name":"小明"},"private":false,"created_at":"2024-01-01T10:00:00Z"}`, i, i, i)
			if err := tx.AppendEvent(kefu.Event{ID: kefu.EventID(ident.New("evt")), Type: "message.received", Actor: kefu.System(),
				Data: json.RawMessage(data)}); err != nil {
				return err
			}
		}
		return nil
	})
}

// update changes the database beside the program.
func (r *rig) update(fn func(*store.Tx) error) {
	r.t.Helper()
	db, err := sqldb.Open(r.ctx, r.db, sqldb.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	if err := store.New(db).Update(r.ctx, fn); err != nil {
		r.t.Fatal(err)
	}
}

// tellAll writes messages into a conversation of their own.
func (r *rig) tellAll(n int) (all []client.Message) {
	r.t.Helper()
	c := r.program()
	conv := r.begin(c, client.NewConversation{Subject: "to be told of"}).ID
	for i := range n {
		all = append(all, *r.tell(c, conv, fmt.Sprint("text ", i)))
	}
	return all
}

// TestHangingEndpointDelaysNobody lets 2,000 wait for an endpoint that hangs, and then a hundred endpoints hang: whoever does not has all of
// theirs while the others still wait.
func TestHangingEndpointDelaysNobody(t *testing.T) {
	const waiting, hundred = 2000, 100
	eachRig(t, hooked(), func(r *rig) {
		c := r.callbacks()
		hangs := r.receiver(receiver.Options{MaxRequests: -1})
		hangs.Set("", receiver.Fault{Silence: true})
		slow := settings{"events": []string{"message.received"}, "timeout": 30}
		first := c.create(hangs.URL()+"/one", slow)
		healthy := c.consumer(nil)
		r.happen(waiting)
		r.until("all wait for the one that hangs, which has its share on their way", func() bool {
			return r.queued()[first.ID] == waiting && hangs.Count() >= 4
		})
		r.got(healthy.Server, "the other one has all of its own", func() bool { return healthy.Unique() == waiting })
		if left := r.queued()[first.ID]; left != waiting {
			r.t.Errorf("%d of %d wait for the one that hangs", left, waiting)
		}

		slow["events"] = []string{"message.sent"}
		before := hangs.Count()
		var hanging []endpoint
		for i := range hundred {
			hanging = append(hanging, c.create(fmt.Sprintf("%s/%d", hangs.URL(), i), slow))
		}
		said := r.tellAll(20)
		r.until("a hundred hang", func() bool { return hangs.Count() >= before+hundred })
		r.got(healthy.Server, "the one that does not has all of its own", func() bool { return healthy.hasAll(said) })
		left := r.queued()
		for _, e := range hanging {
			if left[e.ID] != len(said) {
				r.t.Errorf("%d of %d wait for %s, which hangs", left[e.ID], len(said), e.URL)
			}
		}
		if n := healthy.Count(); n != int64(waiting+len(said)) {
			r.t.Errorf("%d requests for %d events", n, waiting+len(said))
		}
	})
}

// TestFiveHundredEndpoints has one event go to 500 endpoints: once to each, signed with its own secret.
func TestFiveHundredEndpoints(t *testing.T) {
	const endpoints, makers = 500, 5
	eachRig(t, hooked(), func(r *rig) {
		s := r.receiver(receiver.Options{})
		made := make([][]endpoint, makers)
		var all sync.WaitGroup
		for i := range makers {
			c := r.callbacks()
			all.Go(func() {
				for n := range endpoints / makers {
					e := endpoint{URL: fmt.Sprintf("%s/%d", s.URL(), i*endpoints/makers+n)}
					if status, raw := c.ask(http.MethodPost, "/webhooks", settings{"name": e.URL, "url": e.URL, "events": []string{"message.sent"}}); status != 201 ||
						json.Unmarshal(raw, &e) != nil {
						r.t.Errorf("create was answered %d %s", status, raw)
					}
					made[i] = append(made[i], e)
				}
			})
		}
		all.Wait()
		r.tellAll(1)
		r.got(s, "everyone has it", func() bool { return s.Count() >= endpoints })
		r.quiet()
		var by []endpoint
		for _, some := range made {
			by = append(by, some...)
		}
		seen, secrets := map[string]bool{}, map[string]bool{}
		for _, req := range s.Requests() {
			n, err := strconv.Atoi(strings.TrimPrefix(req.Path, "/"))
			if err != nil || n >= len(by) || seen[req.Path] {
				r.t.Fatalf("%s was asked again, or nobody's: %v", req.Path, err)
			}
			seen[req.Path], secrets[by[n].Secret] = true, true
			r.signedBy(req, by[n].Secret)
		}
		if len(seen) != endpoints || len(secrets) != endpoints || s.Count() != endpoints {
			r.t.Errorf("%d requests to %d endpoints with %d secrets", s.Count(), len(seen), len(secrets))
		}
	})
}

// signedBy wants all three signatures of a request to be of one secret.
func (r *rig) signedBy(req receiver.Request, secret string) {
	r.t.Helper()
	if !signsMember(req, secret) || !signsHeader(req, secret) || !signsStandard(req, secret) {
		r.t.Errorf("%s %s is not signed with the secret that it should be", req.Path, req.Delivery)
	}
}

func signsMember(req receiver.Request, secret string) bool {
	b0, inner, err := websig.Strip(req.Body)
	return err == nil && websig.VerifyBody(secret, inner, b0) == nil
}

func signsHeader(req receiver.Request, secret string) bool {
	return websig.VerifyBody(secret, req.Header.Get("Signature"), req.Body) == nil
}

func signsStandard(req receiver.Request, secret string) bool {
	id, err := websig.Verify(secret, req.Header, req.Body, req.At, 0)
	return err == nil && id == req.ID
}
