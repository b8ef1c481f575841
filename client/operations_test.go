package client

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// uncalled are the operations that have no method, and why.
var uncalled = map[string]string{
	"login":   "WithLogin does it when the first call needs it",
	"refresh": "WithLogin does it before a token ends",
}

// unasked are the parameters that a method has no use for, and why.
var unasked = map[string]string{
	"createAttachment name": "the form names the file",
}

// TestEveryOperationIsCalled holds each method against its operation of the served document: it asks what is described there, and reads
// everything that is answered.
func TestEveryOperationIsCalled(t *testing.T) {
	t.Parallel()
	doc, calls := readDocument(t), operationCalls()
	known := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			known[op.ID] = true
			call := calls[op.ID]
			if (call == nil) != (uncalled[op.ID] != "") {
				t.Errorf("%s %s: a method is there: %t; an excuse: %q", method, path, call != nil, uncalled[op.ID])
			}
			if call != nil {
				t.Run(op.ID, func(t *testing.T) { t.Parallel(); doc.hold(t, strings.ToUpper(method), path, op, call) })
			}
		}
	}
	for _, id := range slices.Concat(slices.Collect(maps.Keys(calls)), slices.Collect(maps.Keys(uncalled))) {
		if !known[id] {
			t.Errorf("the document has no operation %s", id)
		}
	}
}

// hold makes one call.
func (d *apiDocument) hold(t *testing.T, method, path string, op apiOperation, call operationCall) {
	status, answer := d.success(t, op)
	s := serve(t, func(_ int, w http.ResponseWriter, _ seen) {
		if answer == nil {
			w.WriteHeader(status)
			return
		}
		answerJSON(w, status, answer)
	})
	got, err := call(t.Context(), s.client(t))
	if err != nil || len(s.requests()) != 1 {
		t.Fatalf("%d requests, %v", len(s.requests()), err)
	}
	asked := s.requests()[0]
	target, err := url.Parse(asked.Target)
	if err != nil {
		t.Fatal(err)
	}
	place := apiPath + regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x")
	if asked.Method != method || target.Path != place {
		t.Errorf("it asks %s %s for %s %s", asked.Method, target.Path, method, path)
	}
	op.holdParameters(t, target.Query(), asked.Header)
	d.holdBody(t, op, asked)
	d.holdAnswer(t, answer, got)
}

// success is the status and the body of what is answered when all is well.
func (d *apiDocument) success(t *testing.T, op apiOperation) (int, any) {
	t.Helper()
	for _, code := range slices.Sorted(maps.Keys(op.Responses)) {
		if status, err := strconv.Atoi(code); err == nil && status < 300 {
			if body, ok := op.Responses[code].Content["application/json"]; ok {
				return status, d.sample(body.Schema)
			}
			return status, nil
		}
	}
	t.Fatal("no answer is described")
	return 0, nil
}

func (o apiOperation) holdParameters(t *testing.T, query url.Values, header http.Header) {
	t.Helper()
	var want []string
	for _, p := range o.Parameters {
		switch {
		case p.In == "header" && p.Name == "Idempotency-Key" && header.Get(p.Name) == "":
			t.Error("it has no Idempotency-Key")
		case p.In == "query" && p.Name != "cursor" && unasked[o.ID+" "+p.Name] == "":
			want = append(want, p.Name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(query))); diff != "" {
		t.Errorf("query (-document +client)\n%s", diff)
	}
}

// holdBody wants no member that the document has not, and each that it needs.
func (d *apiDocument) holdBody(t *testing.T, op apiOperation, asked seen) {
	t.Helper()
	if strings.HasPrefix(asked.Header.Get("Content-Type"), "multipart/") {
		return
	}
	if op.RequestBody == nil || asked.Body == "" {
		if asked.Body != "" || op.RequestBody != nil && op.RequestBody.Required {
			t.Errorf("it sends %q", asked.Body)
		}
		return
	}
	sent := map[string]any{}
	if err := json.Unmarshal([]byte(asked.Body), &sent); err != nil {
		t.Fatal(err)
	}
	schema := d.resolve(op.RequestBody.Content["application/json"].Schema)
	for name := range sent {
		if _, ok := schema.Properties[name]; !ok {
			t.Errorf("it sends %s, which the document has not", name)
		}
	}
	for _, name := range schema.Required {
		if _, ok := sent[name]; !ok {
			t.Errorf("it does not send %s", name)
		}
	}
}

// holdAnswer wants everything back that was answered.
func (d *apiDocument) holdAnswer(t *testing.T, answer, got any) {
	t.Helper()
	if item, ok := got.(firstOf); ok {
		answer, got = answer.(map[string]any)["items"].([]any)[0], item.value
	}
	raw, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answer, back); diff != "" {
		t.Errorf("answer (-document +client)\n%s", diff)
	}
}

// operationCall calls one operation, with everything that it takes, for the thing x.
type operationCall func(context.Context, *Client) (any, error)

// firstOf is the first item of a list.
type firstOf struct{ value any }

func first[T any](list iter.Seq2[T, error]) (any, error) {
	for v, err := range list {
		return firstOf{v}, err
	}
	return nil, io.ErrUnexpectedEOF
}

func none(err error) (any, error) { return nil, err }

// both is what a method gives, as any.
func both[T any](v T, err error) (any, error) { return v, err }
