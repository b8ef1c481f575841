package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// hookSecret is 24 bytes in base64, as Standard Webhooks want it.
const hookSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

func TestRefusalsOfTheContract(t *testing.T) {
	eachRig(t, options{shop: settings{"hook_secret": hookSecret}}, func(r *rig) {
		body := createBody(7)
		old, ahead := time.Now().Add(-6*time.Minute), time.Now().Add(6*time.Minute)
		for name, row := range map[string]struct {
			path, body string
			edit       func(*http.Request)
			status     int
			words      []string // of the detail
		}{
			"not JSON":           {"/ticket/create", `{"ticket_id": 7,`, nil, 400, nil},
			"a list":             {"/ticket/create", `[1]`, nil, 400, nil},
			"null":               {"/ticket/create", `null`, nil, 400, nil},
			"nothing":            {"/ticket/create", ``, nil, 400, nil},
			"wrongly signed":     {"/ticket/create", body, signed("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "m1", body, time.Now()), 401, []string{"hook_secret", "allow_unsigned_from"}},
			"another body":       {"/ticket/create", body, signed(hookSecret, "m2", body+" ", time.Now()), 401, []string{"hook_secret"}},
			"signature expired":  {"/ticket/create", body, signed(hookSecret, "m3", body, old), 401, []string{"clocks"}},
			"from the future":    {"/ticket/create", body, signed(hookSecret, "m4", body, ahead), 401, []string{"clocks"}},
			"half a signature":   {"/ticket/create", body, header("webhook-signature", "v1,AAAA"), 401, []string{"webhook-timestamp"}},
			"unknown inbox":      {"/hooks/nobody/ticket/create", body, nil, 404, nil},
			"inbox without hook": {"/hooks/guild/ticket/create", body, nil, 404, nil},
			"unknown hook":       {"/ticket/reopen", body, nil, 404, nil},
			"method":             {"/ticket/create", body, func(q *http.Request) { q.Method = http.MethodPut }, 405, []string{"POST"}},
			"read":               {"/ticket/create", ``, func(q *http.Request) { q.Method = http.MethodGet; q.Body = nil; q.ContentLength = 0 }, 405, nil},
			"too large":          {"/ticket/create", `{"ticket_message":"` + strings.Repeat("x", 1<<20) + `"}`, nil, 413, []string{"1 MiB"}},
			"a form":             {"/ticket/create", `ticket_id=7`, header("Content-Type", "application/x-www-form-urlencoded"), 415, []string{"application/json"}},
			"no type":            {"/ticket/create", body, func(q *http.Request) { q.Header.Del("Content-Type") }, 415, nil},
		} {
			r.t.Run(name, func(t *testing.T) {
				var edits []func(*http.Request)
				if row.edit != nil {
					edits = append(edits, row.edit)
				}
				p := r.in(t).refuse(r.send(row.path, row.body, edits...), row.status)
				for _, w := range row.words {
					if !strings.Contains(p.Detail, w) {
						t.Errorf("%q does not say %q", p.Detail, w)
					}
				}
			})
		}
		r.nothingStored()
	})
}

// nothingStored wants no channel to have come of what was refused: a ticket that is taken after it is the first one.
func (r *rig) nothingStored() {
	r.t.Helper()
	tk := r.open(1)
	if !shows(r.bot(tk.channel)[0], "#1 (1)") {
		r.t.Errorf("not the first ticket:\n%s", visible(r.bot(tk.channel)[0]))
	}
	for _, ch := range r.guild.Channels() {
		if ch.Name == channelName(7) {
			r.t.Error("a refused ticket has a channel")
		}
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		long := strings.Repeat("字", 501)
		for path, row := range map[string]struct {
			body string
			want []string
		}{
			"/ticket/create": {`{"ticket_id":0,"ticket_title":"` + long + `","ticket_message":"","channel_name":5,"sender":null}`,
				[]string{"channel_name", "sender", "ticket_id", "ticket_message", "ticket_title"}},
			"/ticket/update":            {`{"ticket_id":"x","image_url":7}`, []string{"channel_name", "image_url", "message", "sender", "ticket_id"}},
			"/ticket/close":             {`{"force_close":"yes"}`, []string{"channel_name", "closed_by", "force_close", "ticket_id"}},
			"/hooks/shop/ticket/create": {`{}`, []string{"channel_name", "sender", "ticket_id", "ticket_message", "ticket_title"}},
		} {
			p := r.refuse(r.send(path, row.body), http.StatusUnprocessableEntity)
			var named []string
			for _, f := range p.Errors {
				named = append(named, f.Field)
				if f.Detail == "" {
					r.t.Errorf("%s: %s is named without words", path, f.Field)
				}
			}
			slices.Sort(named)
			// An empty text may be right beside a picture, so that it is judged only when the rest can be read.
			want := slices.DeleteFunc(slices.Clone(row.want), func(f string) bool {
				return f == "ticket_message" && !slices.Contains(named, f) && strings.Contains(row.body, f)
			})
			if !slices.Equal(named, want) {
				r.t.Errorf("%s names %q, want %q", path, named, row.want)
			}
		}
		r.nothingStored()
	})
}

func TestUnsignedIsTakenOnlyFromListedAddresses(t *testing.T) {
	eachRig(t, options{shop: settings{"hook_secret": hookSecret, "allow_unsigned_from": []string{"192.0.2.0/24"}}}, func(r *rig) {
		p := r.refuse(r.send("/ticket/create", createBody(7)), http.StatusUnauthorized)
		if !strings.Contains(p.Detail, "hook_secret") || !strings.Contains(p.Detail, "allow_unsigned_from") || !strings.Contains(p.Detail, "127.0.0.1") {
			r.t.Errorf("%q does not name both ways out and the address", p.Detail)
		}
		body := createBody(7)
		r.talk.wrote(7, firstText(7))
		first := r.accept(r.send("/ticket/create", body, signed(hookSecret, "msg_7", body, time.Now())))
		r.opened(7)

		// A known id is answered with the first answer, however often, and leads to nothing new.
		for range 3 {
			again := r.accept(r.send("/ticket/create", body, signed(hookSecret, "msg_7", body, time.Now())))
			if !again.Duplicate || again.MessageID != first.MessageID || again.ConversationID != first.ConversationID {
				r.t.Errorf("repeated: %+v, first %+v", again, first)
			}
		}
		update := updateBody(7, "已簽章的訊息")
		r.talk.wrote(7, "已簽章的訊息")
		one := r.accept(r.send("/ticket/update", update, signed(hookSecret, "msg_8", update, time.Now())))
		two := r.accept(r.send("/ticket/update", update, signed(hookSecret, "msg_8", update, time.Now())))
		if one.Duplicate || !two.Duplicate || one.MessageID != two.MessageID {
			r.t.Errorf("update %+v, repeated %+v", one, two)
		}
		r.site.SetHookSecret(hookSecret) // the simulated site signs as the plugin does
		r.create(9)
		r.opened(9)
	})
}

func TestAnIdempotencyKeySettlesARepetition(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		body := updateBody(1, "好")
		r.talk.wrote(1, "好")
		one := r.accept(r.send("/ticket/update", body, header("Idempotency-Key", "k1")))
		for range 3 {
			if again := r.accept(r.send("/ticket/update", body, header("Idempotency-Key", "k1"))); !again.Duplicate || again.MessageID != one.MessageID {
				r.t.Errorf("repeated %+v, first %+v", again, one)
			}
		}
		r.posted(tk.channel, "好")
	})
}

// TestTwoRealOkStayTwo sends the same words twice without a key: a doubled message is better than a lost one.
func TestTwoRealOkStayTwo(t *testing.T) {
	eachRig(t, options{}, func(r *rig) {
		tk := r.open(1)
		for range 2 {
			if res := r.site.CustomerWrites(r.ctx, 1, "ok"); res.Status != http.StatusOK {
				r.t.Fatalf("answered %d", res.Status)
			}
		}
		r.until("both are there", func() bool { return r.count(tk.channel, "ok") == 2 })
		r.restart() // the comparison with the site finds both, and adds none
		r.until("the site was asked", func() bool { return r.site.Requests("ticket/get") > 0 })
		r.write(1, "第三句")
		r.posted(tk.channel, "第三句")
		if n := r.count(tk.channel, "ok"); n != 2 {
			r.t.Errorf("%d times, want 2", n)
		}
	})
}

// count is how often the bot posted exactly this text in a channel.
func (r *rig) count(channel, text string) int {
	n := 0
	for _, m := range r.guild.Messages(channel) {
		for _, e := range m.Embeds {
			if m.Author.ID == r.guild.BotID() && unescaped(e.Description) == text {
				n++
			}
		}
	}
	return n
}

// TestNginxInFrontOpensNothing puts a proxy on the same machine before the doors, and a stranger before the proxy who forges headers.
func TestNginxInFrontOpensNothing(t *testing.T) {
	for name, row := range map[string]struct {
		trusted []string
		forged  string
		status  int
	}{
		"untrusted proxy":                        {nil, "", 401},
		"untrusted proxy, forged":                {nil, "127.0.0.1", 401},
		"trusted proxy, stranger":                {[]string{"127.0.0.1/32"}, "", 401},
		"trusted proxy, stranger forges listed":  {[]string{"127.0.0.1/32"}, "192.0.2.7", 401},
		"trusted proxy, client is a listed site": {[]string{"127.0.0.1/32", "203.0.113.9/32"}, "192.0.2.7", 200},
	} {
		t.Run(name, func(t *testing.T) {
			o := options{shop: settings{"allow_unsigned_from": []string{"127.0.0.1/32", "192.0.2.0/24"}}, config: settings{"trusted_proxies": row.trusted}}
			eachRig(t, o, func(r *rig) {
				front := nginx(r)
				var edits []func(*http.Request)
				if row.forged != "" {
					edits = append(edits, header("X-Forwarded-For", row.forged), header("X-Real-IP", row.forged))
				}
				if row.status == 200 {
					r.talk.wrote(7, firstText(7))
					r.accept(send(r, front+"/ticket/create", createBody(7), edits...))
					return
				}
				p := r.refuse(send(r, front+"/ticket/create", createBody(7), edits...), row.status)
				if row.trusted == nil && !strings.Contains(p.Detail, "trusted_proxies") {
					r.t.Errorf("%q does not say how to mend it", p.Detail)
				}
				r.site.SetHook(r.base())
				r.nothingStored()
			})
		})
	}
}

// nginx is a reverse proxy as usually configured: it appends its peer's address, here always 203.0.113.9, to X-Forwarded-For, and leaves
// other headers as they came.
func nginx(r *rig) string {
	target, err := url.Parse(r.base())
	if err != nil {
		r.t.Fatal(err)
	}
	srv := httptest.NewServer(&httputil.ReverseProxy{Transport: &http.Transport{DisableKeepAlives: true}, Rewrite: func(q *httputil.ProxyRequest) {
		q.SetURL(target)
		came := strings.Join(append(q.In.Header.Values("X-Forwarded-For"), "203.0.113.9"), ", ")
		q.Out.Header.Set("X-Forwarded-For", came)
	}})
	r.t.Cleanup(srv.Close)
	return srv.URL
}
