package wordpress

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kefu"
	"kefu/internal/connector"
	fake "kefu/internal/fake/wordpress"
)

// What the sweep reads has the fingerprints that hooks and replies have, so that it can count them off.
func TestSnapshotEqualsHooksAndReplies(t *testing.T) {
	c, site := pair(t, fake.Options{EscapeJSON: true})
	site.CustomerSends(t.Context(), 33, fake.Writing{Text: "看圖 & <b>", ImageURL: "https://i.imgur.com/a.png"})
	if _, err := c.Send(t.Context(), reply("您好\r\n再見 ")); err != nil {
		t.Fatal(err)
	}
	site.CustomerCloses(t.Context(), 33, fake.ByCustomer)
	snap, err := c.Snapshot(t.Context(), thread())
	if err != nil {
		t.Fatal(err)
	}
	if snap.Title != "關於訂單 #8806 商品運送問題" || snap.Status != kefu.StatusClosed || snap.Name != "#網站-客-0033" || len(snap.Messages) != 3 {
		t.Fatalf("snapshot: %+v", snap)
	}
	rec, err := c.Receive(t.Context(), hookRequest(pathUpdate,
		`{"ticket_id":33,"sender":"[顧客] DemoUser (demo@example.com)","message":"看圖 &amp; &lt;b&gt;","channel_name":"#網站-客-0033","image_url":"https://i.imgur.com/a.png"}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := snap.Messages[1].Fingerprint, rec.Inbound[0].Fingerprint; got != want {
		t.Errorf("the hook's fingerprint is %s, the history's %s", want, got)
	}
	if got, want := snap.Messages[2].FingerprintSent, c.Fingerprint(reply("您好\r\n再見 ").Message); got != want {
		t.Errorf("the reply's fingerprint is %s, the history's %s", want, got)
	}
	first := snap.Messages[0]
	if first.Kind != connector.InOpen || first.Title != snap.Title || !first.Recovered || first.ThreadID != "33" || first.ThreadName != snap.Name {
		t.Errorf("first message: %+v", first)
	}
	if m := snap.Messages[2]; m.Kind != connector.InMessage || m.Sender.Kind != kefu.AuthorAgent || m.Sender.Via != "Discord" {
		t.Errorf("reply: %+v", m)
	}
}

func TestSnapshotOfATicketThatIsGone(t *testing.T) {
	c, site := pair(t, fake.Options{})
	site.ForgetTicket(33)
	if _, err := c.Snapshot(t.Context(), thread()); connector.Failure(err).Class != connector.Gone {
		t.Errorf("got %v", err)
	}
	site.Inject(fake.Fault{Kind: fake.FaultErrorHTML, Status: 502})
	if _, err := c.Snapshot(t.Context(), thread()); connector.Failure(err).Class != connector.Retryable {
		t.Errorf("502: %v", err)
	}
}

func TestHistoryShapes(t *testing.T) {
	c := build(t, testDeps(t), nil)
	at := time.Date(2026, 1, 1, 4, 0, 0, 0, time.UTC)
	one := historyMessage{id: "1", sender: "s", text: "a", at: at}
	two := historyMessage{id: "2", sender: "s", text: "b", image: "https://x/a.png", at: at.Add(time.Minute)}
	const m1, m2 = `{"id":1,"sender":"s","message":"a","image_url":null,"created_at":"2026-01-01 12:00:00"}`, `{"id":"2","sender":"s","message":"b","image_url":"https://x/a.png","created_at":"2026-01-01T12:01:00+08:00"}`
	for name, w := range map[string]struct {
		raw  string
		want ticketHistory
	}{
		"ticket":            {`{"ticket_id":33,"title":"t","status":"open","channel_name":"#c","messages":[` + m1 + `,` + m2 + `]}`, ticketHistory{"t", "open", "#c", []historyMessage{one, two}}},
		"bare list":         {`[` + m1 + `,` + m2 + `]`, ticketHistory{messages: []historyMessage{one, two}}},
		"newest first":      {`[` + m2 + `,` + m1 + `]`, ticketHistory{messages: []historyMessage{one, two}}},
		"wrapped in data":   {`{"success":true,"data":{"ticket_id":33,"messages":[` + m1 + `]}}`, ticketHistory{messages: []historyMessage{one}}},
		"wrapped in ticket": {`{"ticket":{"title":"t","messages":[` + m1 + `]}}`, ticketHistory{title: "t", messages: []historyMessage{one}}},
		"list in data":      {`{"data":[` + m1 + `]}`, ticketHistory{messages: []historyMessage{one}}},
		"no messages":       {`{"ticket_id":33,"messages":null}`, ticketHistory{messages: []historyMessage{}}},
		"PHP's empty list":  {`{"ticket_id":33,"messages":{}}`, ticketHistory{messages: []historyMessage{}}},
		"empty list":        {`[]`, ticketHistory{messages: []historyMessage{}}},
		"by time without ids": {`[{"message":"b","created_at":1767240060},{"message":"a","created_at":"1767240000"}]`,
			ticketHistory{messages: []historyMessage{{text: "a", at: at}, {text: "b", at: at.Add(time.Minute)}}}},
		"in the site's order": {`[{"message":"b"},{"message":"a","created_at":"2026-01-01 12:00"},null]`, ticketHistory{messages: []historyMessage{{text: "b"}, {text: "a", at: at}}}},
		"wrong types":         {`{"ticket_id":33,"title":5,"messages":[{"id":{},"sender":null,"message":["x"],"created_at":true}]}`, ticketHistory{messages: []historyMessage{{}}}},
	} {
		got, err := c.parseHistory([]byte(w.raw))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(w.want, got, cmp.AllowUnexported(ticketHistory{}, historyMessage{})); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for _, raw := range []string{``, `null`, `7`, `"x"`, `{}`, `{"code":"x","message":"y"}`, `[1]`, `<html>`} {
		if h, err := c.parseHistory([]byte(raw)); err == nil {
			t.Errorf("%s: taken as %+v", raw, h)
		}
	}
}

// What a hook would refuse is taken from the history with a note: nobody can be asked to send it again.
func TestSnapshotTakesWhatItCan(t *testing.T) {
	c := build(t, testDeps(t), nil)
	in, ok := c.inboundOf(historyMessage{sender: "s", text: strings.Repeat("長", kefu.MaxText), image: "ftp://x"})
	if !ok || len(in.Content.Text) > kefu.MaxText || len(in.Notes) != 2 || !in.OccurredAt.Equal(testNow()) {
		t.Errorf("got %d bytes, notes %v, at %s", len(in.Content.Text), in.Notes, in.OccurredAt)
	}
	if in, ok := c.inboundOf(historyMessage{sender: "s", text: " "}); ok {
		t.Errorf("took an empty message: %+v", in)
	}
}

// serve is a site that answers each path with one body.
func serve(t *testing.T, answers map[string]string) *Connector {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[strings.TrimPrefix(r.URL.Path, namespace)]
		w.Header().Set("Content-Type", "application/json")
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = `{"code":"rest_no_route"}`
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(srv.Close)
	return build(t, testDeps(t), map[string]any{"site_url": srv.URL, "order_url": "https://shop.example/o?id={order_id}"})
}

func TestSnapshotAsksForTheName(t *testing.T) {
	for body, want := range map[string]string{`"#網站-客-0033"`: "#網站-客-0033", `{"channel_name":"#網站-客-0033"}`: "#網站-客-0033", `{}`: "", `null`: "", `[]`: "", `false`: ""} {
		snap, err := serve(t, map[string]string{routeGet: `[]`, routeChannelName: body}).Snapshot(t.Context(), thread())
		if err != nil || snap.Name != want {
			t.Errorf("%s: %q %v, want %q", body, snap.Name, err, want)
		}
	}
	if snap, err := serve(t, map[string]string{routeGet: `[]`}).Snapshot(t.Context(), thread()); err != nil || snap.Name != "" || snap.Status != "" {
		t.Errorf("without the route: %+v %v", snap, err)
	}
}

func TestStatusWords(t *testing.T) {
	for word, want := range map[string]kefu.Status{"closed": kefu.StatusClosed, "Closed": kefu.StatusClosed, "open": kefu.StatusOpen, "processing": kefu.StatusOpen, "": "", "spam": ""} {
		if got := statusOf(word); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestEnrich(t *testing.T) {
	c, site := pair(t, fake.Options{EscapeJSON: true})
	c.set.orderURL = "https://shop.example/o?id={order_id}"
	if orders, err := c.Enrich(t.Context(), thread()); err != nil || len(orders) != 0 {
		t.Errorf("404: %+v %v", orders, err)
	}
	site.SetOrder(33, map[string]any{"orders": []any{map[string]any{"order_id": "88 06", "status": "on-hold", "created_at": "2026-01-01 12:00", "total_amount": 599.5}, map[string]any{"order_id": 2, "url": "https://own.example"}}})
	orders, err := c.Enrich(t.Context(), thread())
	want := []kefu.Order{
		{ID: "88 06", Status: "pending", CreatedAt: time.Date(2026, 1, 1, 4, 0, 0, 0, time.UTC), TotalAmount: "599.5", Currency: "TWD", URL: "https://shop.example/o?id=88+06"},
		{ID: "2", Currency: "TWD", URL: "https://own.example"},
	}
	if d := cmp.Diff(want, orders); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
	for _, a := range []struct {
		status      int
		media, body string
		class       connector.Class
	}{
		{200, "application/json", `[]`, ""}, {200, "application/json", ``, ""}, {404, "application/json", `{"code":"rest_no_route"}`, ""},
		{500, "text/html", `<h1>`, connector.Retryable}, {200, "text/html", `<b>Fatal`, connector.Retryable}, {403, "application/json", `{}`, connector.Permanent},
		{200, "application/json", `{"total":5}`, connector.Permanent},
	} {
		site.SetOrderAnswer(33, a.status, a.media, a.body)
		orders, err := c.Enrich(t.Context(), thread())
		if len(orders) != 0 || (err == nil) != (a.class == "") || err != nil && connector.Failure(err).Class != a.class {
			t.Errorf("%+v: %+v %v", a, orders, err)
		}
	}
}

// Whatever a site answers to ticket/get: no panic, and messages that can be stored.
func FuzzHistory(f *testing.F) {
	f.Add(`{"ticket_id":33,"messages":[{"id":1,"sender":"s","message":"a","created_at":"2026-01-01 12:00:00"}]}`)
	f.Add(`{"data":{"ticket":[{"message":"\u0000"}]}}`)
	made, err := Factory{}.New(connector.Inbox{ID: "shop"}, connector.Deps{Now: testNow})
	if err != nil {
		f.Fatal(err)
	}
	c := made.(*Connector)
	f.Fuzz(func(t *testing.T, raw string) {
		h, err := c.parseHistory([]byte(raw))
		if err != nil {
			return
		}
		for _, m := range h.messages {
			in, ok := c.inboundOf(m)
			if _, dirty := kefu.CleanText(in.Content.Text + in.Sender.Raw + in.ExternalID); dirty || ok && in.Content.Empty() {
				t.Errorf("%q gives %+v", raw, in)
			}
		}
	})
}
