package plainjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kefu/internal/plainjson"
)

func TestAppend(t *testing.T) {
	for _, test := range []struct{ doc, want string }{
		{`{"a" : [ 1 , true ,null, {} , [] ] }`, `{"a":[1,true,null,{},[]]}`},
		{`"\u003cb\u003e \u0026 \/"`, `"<b> & /"`},
		{`"\u2028\u2029"`, "\"\u2028\u2029\""},
		{`"\u0008\u000c\u000a\u000d\u0009\u0000\u001F\u007f"`, `"\b\f\n\r\t\u0000\u001f` + "\x7f" + `"`},
		{`"back\\u2028slash \\ \" "`, `"back\\u2028slash \\ \" "`},
		{`"\ud83d\ude00 \ud83d \ude00 \ud83d\ud83d\ude00 \ud83dx"`, "\"😀 \uFFFD \uFFFD \uFFFD😀 \uFFFDx\""},
		{"\"a\xffb\xe5\xae\"", "\"a\uFFFDb\uFFFD\uFFFD\""},
		{"\"\uFFFD\"", "\"\uFFFD\""},
		{`[0, -0, 7, -12, 9007199254740992, -9007199254740992]`, `[0,0,7,-12,9007199254740992,-9007199254740992]`},
		{`[9007199254740993, 1.0, 9.90, -0.5, 1e3, 1E+2, -0e-1, 123456789012345678901]`,
			`["9007199254740993","1.0","9.90","-0.5","1e3","1E+2","-0e-1","123456789012345678901"]`},
		{`{"b":1,"10":2,"2":3,"a":4,"02":5,"4294967294":6,"4294967295":7,"-1":8,"":9}`,
			`{"2":3,"10":2,"4294967294":6,"b":1,"a":4,"02":5,"4294967295":7,"-1":8,"":9}`},
		{`{"a":1,"b":2,"\u0061":{"x":1,"x":2}}`, `{"a":{"x":2},"b":2}`},
		{`{"1":{"3":1,"2":1},"0":[{"b":1,"b":2}]}`, `{"0":[{"b":2}],"1":{"2":1,"3":1}}`},
		{`{"__proto__":1,"constructor":2}`, `{"__proto__":1,"constructor":2}`},
	} {
		got, err := plainjson.Append([]byte("x"), []byte(test.doc))
		if err != nil || string(got) != "x"+test.want {
			t.Errorf("Append(%s) = %s, %v, want x%s", test.doc, got, err, test.want)
		}
	}
}

func TestAppendManyMembers(t *testing.T) {
	var doc strings.Builder
	for range 2 {
		for i := range 40 {
			doc.WriteString(`,"k` + strings.Repeat("y", i) + `":1`)
		}
	}
	got, err := plainjson.Append(nil, []byte("{"+doc.String()[1:]+"}"))
	if want := strings.Count(doc.String(), ":") / 2; err != nil || bytes.Count(got, []byte(":")) != want {
		t.Errorf("Append kept %d members, want %d: %v", bytes.Count(got, []byte(":")), want, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	for _, doc := range []string{"", " ", "{", "[", `"`, `"\`, `"\u12`, `"\u12g4"`, `"\x"`, "\"\n\"", "\"\x00\"", "01", "-", "1.", ".5", "1e", "+1", "tru", "nulll",
		"[1,]", "{,}", `{"a"}`, `{"a":}`, `{a:1}`, `{"a":1,}`, "1 2", "[1}", "NaN", strings.Repeat("[", 300) + strings.Repeat("]", 300), strings.Repeat("[", 1<<20)} {
		got, err := plainjson.Append([]byte("x"), []byte(doc))
		if !errors.Is(err, plainjson.ErrSyntax) || string(got) != "x" {
			t.Errorf("Append(%.40q) = %.40q, %v, want ErrSyntax and nothing written", doc, got, err)
		}
	}
}

// FuzzAppend holds Append against the standard library: both know the same documents, and what is plain stays.
func FuzzAppend(f *testing.F) {
	for _, seed := range []string{`{"a":[1,-2.5e3,"\u2028\ud800",true,null]}`, "\"\xff\"", `{"2":1,"1":1,"a":1,"a":2}`, `["", {}, []]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		once, err := plainjson.Append(nil, doc)
		if err != nil {
			if json.Valid(doc) && bytes.Count(doc, []byte("["))+bytes.Count(doc, []byte("{")) <= plainjson.MaxDepth {
				t.Fatalf("Append(%q) = %v, but it is JSON", doc, err)
			}
			return
		}
		if !json.Valid(doc) || !json.Valid(once) {
			t.Fatalf("Append(%q) = %q, one of which is no JSON", doc, once)
		}
		twice, err := plainjson.Append(nil, once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("Append(%q) = %q, %v, want it as it is", once, twice, err)
		}
		if diff := cmp.Diff(meaning(t, doc), meaning(t, once)); diff != "" {
			t.Fatalf("Append(%q) means something else (-before +after):\n%s", doc, diff)
		}
		parts(t, once)
	})
}

// meaning reads a document as the standard library does; numbers and strings count as the same, as in plain form.
func meaning(t *testing.T, doc []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return texts(v)
}

func texts(v any) any {
	switch v := v.(type) {
	case json.Number:
		if v == "-0" {
			return "0"
		}
		return v.String()
	case []any:
		for i := range v {
			v[i] = texts(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = texts(v[k])
		}
	}
	return v
}

// parts puts every list and object together again from what Members and Elements give.
func parts(t *testing.T, plain []byte) {
	t.Helper()
	var out []byte
	switch plain[0] {
	case '{':
		for name, value := range plainjson.Members(plain) {
			out = append(append(append(append(out, ',', '"'), name...), '"', ':'), value...)
			parts(t, value)
		}
		out = append(append([]byte("{"), bytes.TrimPrefix(out, []byte(","))...), '}')
	case '[':
		for value := range plainjson.Elements(plain) {
			out = append(append(out, ','), value...)
			parts(t, value)
		}
		out = append(append([]byte("["), bytes.TrimPrefix(out, []byte(","))...), ']')
	case '"':
		out = plain[:plainjson.Quoted(plain)]
	default:
		return
	}
	if !bytes.Equal(out, plain) {
		t.Fatalf("the parts of %q are %q", plain, out)
	}
}

func TestAppendString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		once := plainjson.AppendString(nil, s)
		twice, err := plainjson.Append(nil, once)
		var back string
		if err != nil || !bytes.Equal(once, twice) || json.Unmarshal(once, &back) != nil {
			t.Fatalf("AppendString(%q) = %q, which Append writes as %q, %v", s, once, twice, err)
		}
		want := string([]rune(s)) // one U+FFFD for each byte that is no UTF-8
		if back != want {
			t.Fatalf("AppendString(%q) means %q, want %q", s, back, want)
		}
	})
}

// Whatever a place that expects plain form gets, it ends and stays within its bytes.
func FuzzParts(f *testing.F) {
	for _, seed := range []string{`{"a":1`, `{"`, `[`, `["\"`, `{:}`, `}`, "", `[[[`, `{"a"`, `{"a":"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, doc []byte) {
		for range plainjson.Members(doc) {
		}
		for range plainjson.Elements(doc) {
		}
		plainjson.Quoted(doc)
	})
}

func BenchmarkAppend(b *testing.B) {
	doc := []byte(`{"message_id":"msg_06c0000000000000000000000g","conversation_id":"cnv_06c0000000000000000000000g","seq":12,"content":"您好，我想了解一下這個產品的價格\n\u003cb\u003e謝謝\u003c/b\u003e",` +
		`"content_type":"text","attachments":[],"sender":{"type":"contact","id":"con_06c0000000000000000000000g","name":"王小明"},"private":false,"created_at":"2024-01-01T10:00:00.123456Z"}`)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	buf := make([]byte, 0, 1024)
	for b.Loop() {
		if _, err := plainjson.Append(buf, doc); err != nil {
			b.Fatal(err)
		}
	}
}
