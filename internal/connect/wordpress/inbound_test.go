package wordpress

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"kefu"
	"kefu/internal/connector"
	"kefu/internal/websig"
)

// TestReceiveGolden plays each testdata/in-*.txtar: the file "hook" has the path, headers and, after a blank line, the body; "want" has
// the Inbound and the answer as JSON, or the refusal.
func TestReceiveGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/in-*.txtar")
	if err != nil || len(files) < 8 {
		t.Fatalf("golden files: %d, %v", len(files), err)
	}
	c := build(t, testDeps(t), nil)
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			head, body, _ := strings.Cut(string(archive.Files[0].Data), "\n\n")
			lines := strings.Split(head, "\n")
			got := received(t, c, hookRequest(lines[0], strings.TrimSuffix(body, "\n"), lines[1:]...))
			golden(t, name, archive, got)
		})
	}
}

func received(t *testing.T, c *Connector, r *connector.Request) string {
	t.Helper()
	rec, err := c.Receive(t.Context(), r)
	if err != nil {
		return string(kefu.KindOf(err)) + "\n" + strings.ReplaceAll(err.Error(), "; ", "\n") + "\n"
	}
	var out []byte
	for _, v := range []any{rec.Inbound[0], rec.Respond([]connector.Result{{ConversationID: "cnv_1", MessageID: "msg_1"}})} {
		b, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(out, b...), '\n')
	}
	return string(out)
}

const (
	goodCreate = `{"ticket_id":33,"ticket_title":"t","ticket_message":"m","channel_name":"#c","sender":"s"}`
	goodUpdate = `{"ticket_id":33,"message":"m","channel_name":"#c","sender":"s"}`
	goodClose  = `{"ticket_id":33,"channel_name":"#c","force_close":true,"closed_by":"網站/客戶端"}`
)

func with(body, member, value string) string {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		panic(err)
	}
	if value == "" {
		delete(m, member)
	} else {
		m[member] = json.RawMessage(value)
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Every row of the contract's tables, refused: what is wrong, and the members that are named.
func TestReceiveRefuses(t *testing.T) {
	long := func(n int, s string) string { return strconv.Quote(strings.Repeat(s, n)) }
	for _, c := range []struct {
		name, path, body string
		kind             kefu.ErrKind
		fields           []string
	}{
		{"not JSON", pathUpdate, `ticket_id=33`, kefu.KindMalformed, nil},
		{"empty", pathUpdate, ``, kefu.KindMalformed, nil},
		{"trailing", pathUpdate, goodUpdate + `x`, kefu.KindMalformed, nil},
		{"two", pathUpdate, goodUpdate + goodUpdate, kefu.KindMalformed, nil},
		{"list", pathUpdate, `[` + goodUpdate + `]`, kefu.KindMalformed, nil},
		{"null", pathUpdate, `null`, kefu.KindMalformed, nil},
		{"everything missing, create", pathCreate, `{}`, kefu.KindInvalid, []string{"channel_name", "sender", "ticket_id", "ticket_message", "ticket_title"}},
		{"everything missing, update", pathUpdate, `{}`, kefu.KindInvalid, []string{"channel_name", "message", "sender", "ticket_id"}},
		{"everything missing, close", pathClose, `{}`, kefu.KindInvalid, []string{"channel_name", "closed_by", "force_close", "ticket_id"}},
		{"everything of the wrong type", pathCreate, `{"ticket_id":{},"ticket_title":1,"ticket_message":[],"channel_name":true,"sender":{},"image_url":7}`, kefu.KindInvalid,
			[]string{"channel_name", "image_url", "sender", "ticket_id", "ticket_message", "ticket_title"}},
		{"null is missing", pathUpdate, with(goodUpdate, "message", "null"), kefu.KindInvalid, []string{"message"}},
		{"id 0", pathUpdate, with(goodUpdate, "ticket_id", "0"), kefu.KindInvalid, []string{"ticket_id"}},
		{"id negative", pathUpdate, with(goodUpdate, "ticket_id", "-1"), kefu.KindInvalid, []string{"ticket_id"}},
		{"id signed text", pathUpdate, with(goodUpdate, "ticket_id", `"+33"`), kefu.KindInvalid, []string{"ticket_id"}},
		{"id broken", pathUpdate, with(goodUpdate, "ticket_id", "33.5"), kefu.KindInvalid, []string{"ticket_id"}},
		{"id with exponent", pathUpdate, with(goodUpdate, "ticket_id", "3e1"), kefu.KindInvalid, []string{"ticket_id"}},
		{"id as words", pathUpdate, with(goodUpdate, "ticket_id", `"33a"`), kefu.KindInvalid, []string{"ticket_id"}},
		{"id beyond 64 bits", pathUpdate, with(goodUpdate, "ticket_id", "9223372036854775808"), kefu.KindInvalid, []string{"ticket_id"}},
		{"title over 500 characters", pathCreate, with(goodCreate, "ticket_title", long(501, "題")), kefu.KindInvalid, []string{"ticket_title"}},
		{"message over 64 KiB", pathUpdate, with(goodUpdate, "message", long(64<<10+1, "a")), kefu.KindInvalid, []string{"message"}},
		{"message empty", pathUpdate, with(goodUpdate, "message", `" "`), kefu.KindInvalid, []string{"message"}},
		{"message empty, image null", pathUpdate, with(with(goodUpdate, "message", `""`), "image_url", "null"), kefu.KindInvalid, []string{"message"}},
		{"message empty, image empty", pathCreate, with(with(goodCreate, "ticket_message", `""`), "image_url", `""`), kefu.KindInvalid, []string{"ticket_message"}},
		{"two faults of one message", pathUpdate, with(with(goodUpdate, "message", long(64<<10+1, "a")), "image_url", "1"), kefu.KindInvalid, []string{"image_url", "message"}},
		{"image of the wrong type", pathUpdate, with(goodUpdate, "image_url", "{}"), kefu.KindInvalid, []string{"image_url"}},
		{"force_close as text", pathClose, with(goodClose, "force_close", `"true"`), kefu.KindInvalid, []string{"force_close"}},
		{"unknown hook", "/ticket/delete", goodUpdate, kefu.KindNotFound, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := build(t, testDeps(t), nil).Receive(t.Context(), hookRequest(c.path, c.body))
			if kefu.KindOf(err) != c.kind {
				t.Fatalf("got %v, want kind %s", err, c.kind)
			}
			if d := cmp.Diff(c.fields, faultFields(err)); d != "" {
				t.Error(d)
			}
		})
	}
}

func faultFields(err error) []string {
	var e *kefu.Error
	if !errors.As(err, &e) {
		return nil
	}
	var names []string
	for _, f := range e.Faults {
		names = append(names, f.Field)
	}
	slices.Sort(names)
	return names
}

// What lies just inside the limits is taken.
func TestReceiveTakes(t *testing.T) {
	for _, c := range []struct{ name, path, body string }{
		{"500 characters", pathCreate, with(goodCreate, "ticket_title", strconv.Quote(strings.Repeat("題", 500)))},
		{"64 KiB", pathUpdate, with(goodUpdate, "message", strconv.Quote(strings.Repeat("a", 64<<10)))},
		{"id as text", pathUpdate, with(goodUpdate, "ticket_id", `" 033 "`)},
		{"last of two members counts", pathUpdate, `{"ticket_id":1,` + goodUpdate[1:]},
		{"empty title, name and sender", pathCreate, `{"ticket_id":33,"ticket_title":"","ticket_message":"m","channel_name":"","sender":""}`},
		{"unknown members", pathUpdate, with(goodUpdate, "more", `{"a":1}`)},
		{"byte order mark", pathUpdate, bom + goodUpdate},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec, err := build(t, testDeps(t), nil).Receive(t.Context(), hookRequest(c.path, c.body))
			if err != nil {
				t.Fatal(err)
			}
			if in := rec.Inbound[0]; in.ThreadID != "33" {
				t.Errorf("ticket %q, want 33", in.ThreadID)
			}
		})
	}
}

func TestReceiveMethodAndType(t *testing.T) {
	c := build(t, testDeps(t), nil)
	for media, kind := range map[string]kefu.ErrKind{
		"application/json": "", "application/json; charset=utf-8": "", "Application/JSON": "", "": kefu.KindUnsupported, "text/plain": kefu.KindUnsupported,
		"application/x-www-form-urlencoded": kefu.KindUnsupported, "application/json; =": kefu.KindUnsupported,
	} {
		if _, err := c.Receive(t.Context(), hookRequest(pathUpdate, goodUpdate, "Content-Type: "+media)); kefu.KindOf(err) != kind {
			t.Errorf("%q: %v, want kind %q", media, err, kind)
		}
	}
	r := hookRequest(pathUpdate, goodUpdate)
	r.Method = http.MethodGet
	if _, err := c.Receive(t.Context(), r); kefu.KindOf(err) != kefu.KindNotAllowed {
		t.Errorf("GET: %v", err)
	}
}

func signed(t *testing.T, r *connector.Request, secret string, at time.Time) *connector.Request {
	t.Helper()
	sig, err := websig.Sign(secret, "msg_abc", at, r.Body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set(websig.HeaderID, "msg_abc")
	r.Header.Set(websig.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	r.Header.Set(websig.HeaderSignature, sig)
	return r
}

func TestReceiveAuthentication(t *testing.T) {
	far := netip.MustParseAddr("203.0.113.9")
	for _, c := range []struct {
		name    string
		set     map[string]any
		request func(*connector.Request) *connector.Request
		words   []string // of the refusal; nil: taken
	}{
		{"plain from loopback", nil, func(r *connector.Request) *connector.Request { return r }, nil},
		{"plain from mapped loopback", nil, func(r *connector.Request) *connector.Request {
			r.Client = netip.MustParseAddr("::ffff:127.0.0.1")
			return r
		}, nil},
		{"plain from elsewhere", nil, func(r *connector.Request) *connector.Request { r.Client = far; return r }, []string{"203.0.113.9", "hook_secret", "allow_unsigned_from"}},
		{"plain from a listed address", map[string]any{"allow_unsigned_from": []string{"203.0.113.9"}}, func(r *connector.Request) *connector.Request { r.Client = far; return r }, nil},
		{"plain from a listed network", map[string]any{"allow_unsigned_from": "10.0.0.0/8, 203.0.113.0/24"}, func(r *connector.Request) *connector.Request { r.Client = far; return r }, nil},
		{"plain from loopback, nobody listed", map[string]any{"allow_unsigned_from": []string{}}, func(r *connector.Request) *connector.Request { return r }, []string{"allow_unsigned_from"}},
		{"plain, no address", nil, func(r *connector.Request) *connector.Request { r.Client = netip.Addr{}; return r }, []string{"allow_unsigned_from"}},
		{"plain through an unknown proxy", nil, func(r *connector.Request) *connector.Request { r.Forwarded = true; return r }, []string{"trusted_proxies", "hook_secret", "allow_unsigned_from"}},
		{"plain beside a secret", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request { return r }, nil},
		{"signed from elsewhere through a proxy", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request {
			r.Client, r.Forwarded = far, true
			return signed(t, r, testSecret, r.Now)
		}, nil},
		{"signed 5 min ago", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request {
			return signed(t, r, testSecret, r.Now.Add(-5*time.Minute))
		}, nil},
		{"expired", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request {
			return signed(t, r, testSecret, r.Now.Add(-6*time.Minute))
		}, []string{"expired"}},
		{"from the future", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request {
			return signed(t, r, testSecret, r.Now.Add(6*time.Minute))
		}, []string{"future"}},
		{"wrongly signed, from loopback", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request {
			return signed(t, r, websig.NewSecret(), r.Now)
		}, []string{"wrongly signed", "hook_secret"}},
		{"changed after signing", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request {
			r = signed(t, r, testSecret, r.Now)
			r.Body = []byte(strings.Replace(string(r.Body), "33", "34", 1))
			return r
		}, []string{"wrongly signed"}},
		{"half signed", map[string]any{"hook_secret": testSecret}, func(r *connector.Request) *connector.Request {
			r = signed(t, r, testSecret, r.Now)
			r.Header.Del(websig.HeaderTimestamp)
			return r
		}, []string{"incomplete"}},
		{"signed, no secret here", nil, func(r *connector.Request) *connector.Request { r.Client = far; return signed(t, r, testSecret, r.Now) }, []string{"hook_secret", "allow_unsigned_from"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := build(t, testDeps(t), c.set).Receive(t.Context(), c.request(hookRequest(pathUpdate, goodUpdate)))
			if c.words == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if kefu.KindOf(err) != kefu.KindUnauthorized {
				t.Fatalf("got %v, want unauthorized", err)
			}
			var e *kefu.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			for _, w := range c.words {
				if !strings.Contains(e.Msg, w) { // what the sender sees
					t.Errorf("%q does not name %q", err, w)
				}
			}
			if strings.Contains(err.Error(), testSecret[6:]) {
				t.Error("the secret is in the error")
			}
		})
	}
}

func TestReceiveKeys(t *testing.T) {
	c := build(t, testDeps(t), map[string]any{"hook_secret": testSecret})
	key := func(r *connector.Request) string {
		rec, err := c.Receive(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return rec.Inbound[0].Key
	}
	long := strings.Repeat("k", 500)
	for _, k := range []struct{ header, want string }{
		{"X-Other: 1", ""}, {"Idempotency-Key: abc", "ik:abc"}, {"webhook-id: abc", "wh:abc"}, {"Idempotency-Key: " + long, "ik:sha256:" + digest(long)},
		{"Idempotency-Key: 鍵", "ik:sha256:" + digest("鍵")},
	} {
		if got := key(hookRequest(pathCreate, goodCreate, k.header)); got != k.want {
			t.Errorf("%s: key %q, want %q", k.header, got, k.want)
		}
	}
	if got := key(signed(t, hookRequest(pathUpdate, goodUpdate, "Idempotency-Key: abc"), testSecret, testNow())); got != "wh:msg_abc" {
		t.Errorf("signed: key %q", got)
	}
}

func TestRespondWithoutResult(t *testing.T) {
	rec, err := build(t, testDeps(t), nil).Receive(t.Context(), hookRequest(pathUpdate, goodUpdate))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(rec.Respond([]connector.Result{{ConversationID: "cnv_1", MessageID: "msg_2", Duplicate: true}}))
	const want = `{"status":"accepted","ticket_id":33,"conversation_id":"cnv_1","message_id":"msg_2","duplicate":true}`
	if err != nil || string(b) != want {
		t.Errorf("got %s %v, want %s", b, err, want)
	}
	if a := rec.Respond(nil).(accepted); a.TicketID != 33 {
		t.Errorf("without a result: %+v", a)
	}
}

func TestParseSender(t *testing.T) {
	type want struct{ kind, label, name, email, via string }
	for raw, w := range map[string]want{
		"[顧客] DemoUser (demo@example.com)":        {"contact", "顧客", "DemoUser", "demo@example.com", ""},
		"[顧客 - 初始訊息] DemoUser (demo@example.com)": {"contact", "顧客 - 初始訊息", "DemoUser", "demo@example.com", ""},
		"［顧客］王小明（ming@example.com）":               {"contact", "顧客", "王小明", "ming@example.com", ""},
		"【顧客】 王小明 (ming@example.com)":             {"contact", "顧客", "王小明", "ming@example.com", ""},
		"[顧客] 王 (小明) (ming@example.com)":          {"contact", "顧客", "王 (小明)", "ming@example.com", ""},
		"[顧客] 王小明":                                {"contact", "顧客", "王小明", "", ""},
		"[顧客] 王 (小明)":                             {"contact", "顧客", "王 (小明)", "", ""},
		"王小明 (ming@example.com)":                  {"contact", "", "王小明", "ming@example.com", ""},
		"DemoUser":                                {"contact", "", "DemoUser", "", ""},
		"[顧客 DemoUser":                            {"contact", "", "[顧客 DemoUser", "", ""},
		"(a@b.example)":                           {"contact", "", "(a@b.example)", "", ""},
		"[顧客]":                                    {"contact", "顧客", "[顧客]", "", ""},
		"[顧客] A\nB (a b@c)":                       {"contact", "顧客", "A B (a b@c)", "", ""},
		"":                                        {"contact", "", "", "", ""},
		"[客服] 小美 (Discord)":                       {"agent", "客服", "小美", "", "Discord"},
		"[網站管理員] 店長 (boss@example.com)":           {"agent", "網站管理員", "店長", "boss@example.com", ""},
		"[Admin] Bob":                             {"agent", "Admin", "Bob", "", ""},
		"[顧客] [客服] 假 (Discord)":                   {"contact", "顧客", "[客服] 假 (Discord)", "", ""},
	} {
		s := parseSender(raw)
		if got := (want{string(s.Kind), s.Label, s.Name, s.Email, s.Via}); got != w || s.Raw != raw {
			t.Errorf("%q: got %+v, want %+v", raw, got, w)
		}
	}
}

func FuzzParseSender(f *testing.F) {
	f.Add("[顧客 - 初始訊息] DemoUser (demo@example.com)")
	f.Add("［客服］（）")
	f.Add("\xff[](\x00)")
	f.Fuzz(func(t *testing.T, raw string) {
		s := parseSender(raw)
		if s.Raw != raw || utf8.RuneCountInString(s.Name) > maxName || s.Name == "" && strings.TrimSpace(raw) != "" {
			t.Errorf("%q: %+v", raw, s)
		}
		if s.Email != "" && !strings.Contains(raw, s.Email) {
			t.Errorf("%q: e-mail %q comes from nowhere", raw, s.Email)
		}
	})
}

// Whatever is posted: no panic, an error of a kind that a door knows, or something storable.
func FuzzReceive(f *testing.F) {
	for _, body := range []string{goodCreate, goodUpdate, goodClose, `{"ticket_id":"1","message":"\u0000\ud800","sender":"\xff","image_url":"ftp://x","channel_name":""}`} {
		f.Add(body)
	}
	c, err := Factory{}.New(connector.Inbox{ID: "shop"}, connector.Deps{Now: testNow})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{pathCreate, pathUpdate, pathClose} {
			rec, err := c.(*Connector).Receive(t.Context(), hookRequest(path, body))
			if err != nil {
				if k := kefu.KindOf(err); k != kefu.KindMalformed && k != kefu.KindInvalid {
					t.Errorf("%s: kind %q: %v", path, k, err)
				}
				continue
			}
			in := rec.Inbound[0]
			for _, s := range []string{in.ThreadID, in.ThreadName, in.Title, in.Content.Text, in.Sender.Raw, in.Sender.Name, in.ClosedBy, in.ExternalID} {
				if _, changed := kefu.CleanText(s); changed {
					t.Errorf("%s: %q cannot be stored", path, s)
				}
			}
			if _, ok := ticketNumber(in.ThreadID); !ok || path != pathClose && in.Content.Empty() {
				t.Errorf("%s: took %+v", path, in)
			}
		}
	})
}
