package webhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"kefu"
	"kefu/internal/plainjson"
	"kefu/internal/vault"
	"kefu/internal/webhook"
)

func occurred() time.Time { return time.Date(2024, 1, 1, 10, 0, 0, 123_456_000, time.UTC) }

func event(kind, data string) kefu.Event {
	return kefu.Event{ID: "evt_1", Type: kind, Data: json.RawMessage(data), OccurredAt: occurred()}
}

func payload(t testing.TB, e kefu.Event, f kefu.TimestampFormat) string {
	t.Helper()
	p, err := (&webhook.Webhooks{}).Payload(e, f, occurred())
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

func TestPayload(t *testing.T) {
	for _, test := range []struct {
		name, kind, data string
		format           kefu.TimestampFormat
		want             string // of data
	}{
		{"a message: the desk of its author is ours alone", "message.received",
			`{"message_id":"m","conversation_id":"c","seq":3,"content":"\u003cb\u003e \u2028","content_type":"text","attachments":[],` +
				`"sender":{"type":"agent","id":"a","name":"Lin","via":"Discord"},"private":true,"created_at":"2024-01-01T09:59:59.999999Z"}`, kefu.TimestampISO,
			`{"message_id":"m","conversation_id":"c","seq":3,"content":"<b> ` + "\u2028" + `","content_type":"text","attachments":[],` +
				`"sender":{"type":"agent","id":"a","name":"Lin"},"private":true,"created_at":"2024-01-01T09:59:59Z"}`},
		{"a message without anything", "message.failed", `{}`, kefu.TimestampISO,
			`{"message_id":"","conversation_id":"","seq":0,"content":"","content_type":"","attachments":[],"sender":{"type":"system","id":null,"name":""},` +
				`"private":false,"created_at":null,"target":"","reason":""}`},
		{"the system has no id", "message.sent", `{"sender":{"type":"system","name":"Kefu"},"attachments":null}`, kefu.TimestampUnix,
			`{"message_id":"","conversation_id":"","seq":0,"content":"","content_type":"","attachments":[],"sender":{"type":"system","id":null,"name":"Kefu"},` +
				`"private":false,"created_at":null}`},
		{"in source 003's seconds, in the catalogue's order, nothing else", "conversation.closed",
			`{"closed_at":"2024-01-01T18:00:00+08:00","closed_by":"Lin","status":"closed","secret":"x","labels":["a","b"],"created_at":"0001-01-01T00:00:00Z",
			"updated_at":"2024-01-01T10:00:01.5Z","conversation_id":"c","visitor_id":"v","contact_id":"v","agent_id":null,"team_id":"t","inbox_id":"i",` +
				`"channel":"api","subject":"s","priority":"low"}`, kefu.TimestampUnix,
			`{"conversation_id":"c","visitor_id":"v","contact_id":"v","agent_id":null,"team_id":"t","inbox_id":"i","channel":"api","subject":"s","status":"closed",` +
				`"priority":"low","labels":["a","b"],"created_at":null,"updated_at":1704103201,"closed_by":"Lin","closed_at":1704103200}`},
		{"an agent's status: unix always", "agent.status_changed", `{"agent_id":"a","status":"away","previous_status":"online","timestamp":1704103200}`,
			kefu.TimestampISO, `{"agent_id":"a","status":"away","previous_status":"online","timestamp":1704103200}`},
		{"what the organisation keeps: decimals are strings, indexes come first", "user.created",
			`{"user_id":"u","role":"contact","name":"王","email":"","phone":"","level":"","tags":[],"custom_attributes":{"b":9.90,"10":1,"2":12345678901234567890,"a":{"x":1,"x":2}}}`,
			kefu.TimestampISO,
			`{"user_id":"u","role":"contact","name":"王","email":"","phone":"","level":"","tags":[],"custom_attributes":{"2":"12345678901234567890","10":1,"b":"9.90","a":{"x":2}}}`},
		{"an open alert", "alert.raised", `{"alert_id":"alr","cleared_at":null,"detail":{"age":3},"kind":"queue_age","raised_at":"2024-01-01T10:00:00.5Z","severity":"warning","subject":"shop","summary":"s"}`,
			kefu.TimestampISO,
			`{"alert_id":"alr","kind":"queue_age","subject":"shop","severity":"warning","summary":"s","detail":{"age":3},"raised_at":"2024-01-01T10:00:00Z","cleared_at":null}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			stamp := map[kefu.TimestampFormat]string{kefu.TimestampISO: `"2024-01-01T10:00:00Z"`, kefu.TimestampUnix: "1704103200"}[test.format]
			want := `{"id":"evt_1","event":"` + test.kind + `","timestamp":` + stamp + `,"data":` + test.want + `}`
			if diff := cmp.Diff(want, payload(t, event(test.kind, test.data), test.format)); diff != "" {
				t.Errorf("the payload (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPayloadRefuses(t *testing.T) {
	for _, e := range []kefu.Event{event("message.sent", ""), event("message.sent", "[]"), event("message.sent", `{"a":`), event("message.updated", "{}"), event("", "{}")} {
		if p, err := (&webhook.Webhooks{}).Payload(e, kefu.TimestampISO, occurred()); err == nil || p != nil {
			t.Errorf("Payload of %q %q = %s, %v, want an error", e.Type, e.Data, p, err)
		}
	}
}

// A retry in the evening sends the bytes of the morning: links are of the day, and good for a week.
func TestLinksToFiles(t *testing.T) {
	files, err := vault.New(t.TempDir(), make([]byte, 32), "https://kefu.example", 0)
	if err != nil {
		t.Fatal(err)
	}
	w := webhook.New(webhook.Options{Files: files})
	defer w.Close()
	sha := strings.Repeat("ab", 32)
	e := event("message.received", `{"attachments":[{"url":"","name":"發票 \u0026 1.pdf","type":"application/pdf","size":12,"sha256":"`+sha+`"},{"url":"https://shop.example/a.png","name":"a.png","type":"image/png","size":0}]}`)
	at := func(made time.Time) string {
		p, err := w.Payload(e, kefu.TimestampISO, made)
		if err != nil {
			t.Fatal(err)
		}
		return string(p)
	}
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	link := files.Link(vault.File{SHA256: sha, Name: "發票 & 1.pdf"}, 8*24*time.Hour, day)
	want := `"attachments":[{"url":"` + link + `","name":"發票 & 1.pdf","type":"application/pdf","size":12},{"url":"https://shop.example/a.png","name":"a.png","type":"image/png","size":0}]`
	if got := at(day.Add(time.Second)); !strings.Contains(got, want) {
		t.Errorf("the payload is %s, want in it %s", got, want)
	}
	if at(day) != at(day.Add(24*time.Hour-1)) {
		t.Error("the link changes within the day")
	}
	if at(day) == at(day.Add(24*time.Hour)) {
		t.Error("the link of the next day is the same: it ends too early")
	}
}

func TestLargeEvents(t *testing.T) {
	many := func(n int, one string) string { return strings.TrimPrefix(strings.Repeat(","+one, n), ",") }
	names := make([]string, 50_000)
	for i := range names {
		names[i] = fmt.Sprintf(`,"k%d":%d`, i, i)
	}
	for _, test := range []struct {
		name, kind, data string
		keeps            []string
	}{
		{"a long text", "message.sent", `{"message_id":"m","content":"` + strings.Repeat("客服", 100_000) + `","sender":{"type":"agent","id":"a","name":"Lin"}}`,
			[]string{`"message_id":"m"`, `…","content_type"`, `"name":"Lin"`}},
		{"a text of escapes", "message.sent", `{"content":"` + strings.Repeat(`\u0001`, 60_000) + `"}`, []string{`\u0001…","content_type"`}},
		{"two long texts: the longer one is cut", "ticket.created", `{"title":"` + strings.Repeat("t", 100_000) + `","description":"` + strings.Repeat("d", 300_000) + `"}`,
			[]string{`"title":"` + strings.Repeat("t", 100_000) + `"`, `d…","priority"`}},
		{"many files", "message.received", `{"content":"text","attachments":[` + many(5000, `{"url":"https://shop.example/`+strings.Repeat("p", 100)+`","name":"p"}`) + `]}`,
			[]string{`"content":"text"`, `"attachments":[{"url":"https://shop.example/` + strings.Repeat("p", 100) + `","name":"p","type":"","size":0},`, `}],"sender"`}},
		{"one address that is too long", "message.received", `{"content":"text","attachments":[{"url":"https://` + strings.Repeat("a", 300_000) + `"}]}`,
			[]string{`"content":"text"`, `"attachments":[]`}},
		{"attributes: texts first", "user.updated", `{"name":"n","custom_attributes":{"a":"` + strings.Repeat("x", 300_000) + `","b":[1,2,3]}}`,
			[]string{`x…","b":[1,2,3]}`}},
		{"attributes: many", "user.updated", `{"tags":["vip"],"custom_attributes":{"first":1` + strings.Join(names, "") + `}}`, []string{`"tags":["vip"],"custom_attributes":{"first":1,`, `"k100":100`}},
		{"one attribute that nothing can be cut of", "user.updated", `{"tags":["vip"],"custom_attributes":{"a":1,"b":[` + many(200_000, "1") + `]}}`,
			[]string{`"tags":["vip"],"custom_attributes":{"a":1}`}},
		{"a number without end", "user.updated", `{"custom_attributes":{"n":` + strings.Repeat("9", 300_000) + `}}`, []string{`"n":"999`, `9…"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := payload(t, event(test.kind, test.data), kefu.TimestampISO)
			body := fits(t, test.kind, got)
			if len(body) < webhook.MaxBody/2 && test.name != "one address that is too long" && !strings.HasPrefix(test.name, "one attribute") {
				t.Errorf("only %d bytes are left", len(body))
			}
			for _, part := range test.keeps {
				if !strings.Contains(got, part) {
					t.Errorf("the payload has no %.80q; it begins %.300q and ends %q", part, got, got[max(0, len(got)-300):])
				}
			}
			if !strings.HasSuffix(got, `,"truncated":true}}`) {
				t.Errorf("it ends %q and does not say that it was cut", got[len(got)-80:])
			}
		})
	}
	whole := payload(t, event("message.sent", `{"content":"`+strings.Repeat("a", kefu.MaxText)+`"}`), kefu.TimestampISO)
	if strings.Contains(whole, "truncated") || len(whole) < kefu.MaxText {
		t.Error("a text that fits is cut")
	}
}

// fits wants a payload that is signed, small enough, in plain form and by its schema.
func fits(t testing.TB, kind, payload string) []byte {
	t.Helper()
	body, err := webhook.Target{Secrets: webhook.Secrets{Signing: webhook.ExampleSecret}}.Body([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	if len(body) > webhook.MaxBody {
		t.Fatalf("the body of %s has %d bytes, want at most %d", kind, len(body), webhook.MaxBody)
	}
	again, err := plainjson.Append(nil, body)
	if err != nil || !bytes.Equal(again, body) || !utf8.Valid(body) {
		t.Fatalf("the body of %s is not in plain form: %v\n%.500q", kind, err, body)
	}
	return body
}

// The border between whole and cut, byte by byte.
func TestBorderOfSize(t *testing.T) {
	of := func(n int) string {
		return payload(t, event("webhook.test", `{"message":"`+strings.Repeat("a", n)+`","endpoint_id":"e"}`), kefu.TimestampISO)
	}
	frame := len(fits(t, "webhook.test", of(0)))
	for n := webhook.MaxBody - frame - 30; n < webhook.MaxBody-frame+30; n++ {
		got := of(n)
		body := fits(t, "webhook.test", got)
		if cut := strings.Contains(got, "truncated"); cut != (n > webhook.MaxBody-frame) {
			t.Fatalf("with %d bytes it is cut: %v, body %d", n, cut, len(body))
		}
	}
}

func TestPayloadOfAnything(t *testing.T) {
	i := slices.IndexFunc(webhook.EventTypes(), func(one webhook.EventType) bool { return one.Event == "user.updated" })
	one := webhook.EventTypes()[i]
	schema := schemaOf(t, one)
	rapid.Check(t, func(rt *rapid.T) {
		text := func(name string) string {
			return strings.Repeat(rapid.String().Draw(rt, name), rapid.SampledFrom([]int{1, 1, 1000, 50_000}).Draw(rt, name+" times"))
		}
		data, err := json.Marshal(map[string]any{"user_id": text("id"), "role": "contact", "name": text("name"), "email": text("email"),
			"tags":              rapid.SliceOfN(rapid.String(), 0, 3).Draw(rt, "tags"),
			"custom_attributes": map[string]any{text("key"): text("value"), text("other"): []any{text("a"), 1.5, map[string]any{text("inner"): nil}}}})
		if err != nil {
			rt.Fatal(err)
		}
		p, err := (&webhook.Webhooks{}).Payload(event(one.Event, string(data)), kefu.TimestampUnix, occurred())
		if err != nil {
			rt.Fatal(err)
		}
		body := fits(t, one.Event, string(p))
		validate(t, schema, body)
	})
}

func schemaOf(t testing.TB, one webhook.EventType) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(one.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("https://kefu.example/"+one.Event, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://kefu.example/" + one.Event)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t testing.TB, s *jsonschema.Schema, body []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = s.Validate(doc)
	}
	if err != nil {
		t.Fatalf("%.500s\nis not by its schema: %v", body, err)
	}
}

func TestExamplesAreByTheirSchemas(t *testing.T) {
	for _, one := range webhook.EventTypes() {
		body := one.Example()
		schema := schemaOf(t, one)
		validate(t, schema, body)
		if bytes.Contains(body, []byte("sha256=")) && !bytes.Contains(body, []byte(one.Event)) {
			t.Errorf("the example of %s is of another event: %s", one.Event, body)
		}
		for _, wrong := range []string{strings.Replace(string(body), `"data":{`, `"data":{},"x":{`, 1), strings.Replace(string(body), `"signature":"sha256=`, `"signature":"`, 1),
			strings.Replace(string(body), `"event":"`, `"event":"no`, 1)} {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(wrong))
			if err != nil || schema.Validate(doc) == nil {
				t.Errorf("the schema of %s takes %s", one.Event, wrong)
			}
		}
	}
}

// FuzzPayload: whatever is stored, what is sent is small enough and in plain form.
func FuzzPayload(f *testing.F) {
	for i, one := range webhook.EventTypes() {
		f.Add(uint8(i), []byte(one.Example()), 1)
	}
	f.Add(uint8(12), []byte(`{"name":"x","tags":["a"],"custom_attributes":{"a":"\u0000"}}`), 300_000)
	f.Fuzz(func(t *testing.T, kind uint8, data []byte, times int) {
		types := webhook.EventTypes()
		one := types[int(kind)%len(types)]
		// What is in the first quotes is made as long as that.
		if from := bytes.IndexByte(data, '"'); from >= 0 && times > 1 && times <= 1<<20 {
			if to := bytes.IndexByte(data[from+1:], '"'); to > 0 && to*times < 1<<21 {
				text := bytes.Repeat(data[from+1:from+1+to], times)
				data = append(append(bytes.Clone(data[:from+1]), text...), data[from+1+to:]...)
			}
		}
		p, err := (&webhook.Webhooks{}).Payload(event(one.Event, string(data)), kefu.TimestampISO, occurred())
		if err == nil {
			fits(t, one.Event, string(p))
		}
	})
}

func BenchmarkPayload(b *testing.B) {
	e := event("message.received", `{"message_id":"msg_06c0000000000000000000000g","conversation_id":"cnv_06c0000000000000000000000g","seq":12,"content":"您好，我想了解一下這個產品的價格\n\u003cb\u003e謝謝\u003c/b\u003e",`+
		`"content_type":"text","attachments":[],"sender":{"type":"contact","id":"con_06c0000000000000000000000g","name":"王小明"},"private":false,"created_at":"2024-01-01T10:00:00.123456Z"}`)
	b.ReportAllocs()
	w := &webhook.Webhooks{}
	for b.Loop() {
		if _, err := w.Payload(e, kefu.TimestampISO, occurred()); err != nil {
			b.Fatal(err)
		}
	}
}
